package org.copybay.copy.library;

import java.time.Instant;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;

/** A cartridge of the bay. Any thread may look; it is changed under the lock LIBRARY. */
public final class TapeCartridge {
  // volatile: replaced under LIBRARY, read without it
  private volatile TapeRecord row;
  private volatile @Nullable Cartridge opened;

  TapeCartridge(TapeRecord row) {
    this.row = row;
  }

  /** What the catalogue has of it. */
  public TapeRecord row() {
    return row;
  }

  void setRow(TapeRecord newRow) {
    row = newRow;
  }

  /** Its barcode. */
  public String barcode() {
    return row.barcode();
  }

  /** What it holds, open, or null where it is in no drive. */
  public @Nullable Cartridge opened() {
    return opened;
  }

  void setOpened(@Nullable Cartridge cartridge) {
    opened = cartridge;
  }

  /** What it holds now. */
  public Contents contents() {
    Cartridge now = opened;
    Contents recorded = row.contents();
    if (now == null) {
      return recorded;
    }
    TapeEnd end = now.end();
    return recorded.sameAs(end) ? recorded : Contents.of(end, recorded.written());
  }

  /** What it holds now, to be recorded: what differs was written at that time. */
  Contents contents(Instant now) {
    Cartridge cartridge = opened;
    Contents recorded = row.contents();
    return cartridge == null || recorded.sameAs(cartridge.end())
        ? recorded
        : Contents.of(cartridge.end(), now);
  }
}
