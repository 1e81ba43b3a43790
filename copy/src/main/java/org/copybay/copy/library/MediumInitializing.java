package org.copybay.copy.library;

import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.MediumHeader;

/**
 * Initializes cartridges: what one held goes, and it begins with a header that has its medium id,
 * barcode and label (Data Protector, "Formatting media"). Any thread may call.
 */
public final class MediumInitializing {
  private final Tapes tapes;

  MediumInitializing(Tapes tapes) {
    this.tapes = tapes;
  }

  private Bay bay() {
    return tapes.bay();
  }

  /**
   * Checks {@link #initialize}, changing nothing. BUSY, READ_ONLY, FORBIDDEN (it is protected, or
   * holds something that is not to be cleared), WRONG_MEDIUM.
   *
   * @param clear whether it may hold something, which goes
   */
  public void requireInitialize(TapeCartridge cartridge, boolean clear) throws StorageException {
    bay().requireChangeable();
    CartridgeMaking.requireIdle(cartridge, "initialize it");
    TapeRecord row = cartridge.row();
    String who = "cartridge " + row.barcode();
    if (row.tab()) {
      throw new StorageException(
          Fault.READ_ONLY,
          who + " is write-protected: its tab is set",
          "tape protect barcode=" + row.barcode() + " tab=off");
    }
    boolean blank = cartridge.shown().objects() == 0;
    if (row.kind() == MediumKind.CLEANING || (row.kind() == MediumKind.WORM && !blank)) {
      throw new StorageException(
          Fault.WRONG_MEDIUM, who + " is " + row.kind().word() + " and cannot be written anew");
    }
    if (row.medium().protection().holds(tapes.now())) {
      throw new StorageException(
          Fault.FORBIDDEN,
          who + " is protected: " + row.medium().protection().word(),
          "tape set barcode=" + row.barcode() + " protect=none");
    }
    if (!blank && !clear) {
      throw new StorageException(
          Fault.FORBIDDEN,
          who + " holds " + cartridge.shown().imageBytes() + " bytes",
          "tape initialize barcode=" + row.barcode() + " clear=yes");
    }
  }

  /**
   * Initializes a cartridge. Steps: its row says that it is blank, no copy, and in another life;
   * what it held goes; blank files are made; the header is written; the row says so. A crash leaves
   * it with what it held, blank, or with its header, and never blank as a copy of something.
   */
  public void initialize(
      TapeCartridge cartridge, String label, boolean clear, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
      requireInitialize(cartridge, clear);
      TapeRecord row = cartridge.row();
      giveUp(cartridge, clear);
      format(cartridge);
      Cartridge opened = tapes.use(cartridge);
      try {
        opened.compress(false);
        new MediumHeader(row.id(), row.barcode(), label).write(opened);
        opened.settle();
        MediumFacts medium = row.medium().labelled(label).with(null).damaged(null);
        Contents contents = Contents.of(opened.end(), tapes.now());
        tapes.record(cartridge, cartridge.row().with(medium, contents), also);
      } finally {
        cartridge.release(opened);
      }
    }
    bay().events().tell("tape_initialized", cartridge.barcode(), Event.fact("label", label));
  }

  /** It is blank then, and in another life, where it held something. */
  private void giveUp(TapeCartridge cartridge, boolean clear) throws StorageException {
    if (!cartridge.row().files().formatted()) {
      return;
    }
    Cartridge opened = tapes.use(cartridge); // its disk is there, and tells what it holds
    try {
      requireInitialize(cartridge, clear);
      boolean earlier = opened.end().lives() < cartridge.row().contents().lives();
      if (earlier || opened.end().objects() > 0) {
        tapes.copies().blank(cartridge);
      }
    } finally {
      cartridge.release(opened);
    }
  }

  /** Makes its files where it has none. */
  private void format(TapeCartridge cartridge) throws StorageException {
    TapeRecord row = cartridge.row();
    if (!row.files().formatted()) {
      tapes.opening().format(row, row.contents().lives(), null);
      tapes.record(
          cartridge,
          row.with(row.files().made(), row.loads()),
          connection -> TapeTable.replaceGone(connection, tapes.gone(row)));
    }
  }
}
