package org.copybay.copy.library;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.TapeView;
import org.jspecify.annotations.Nullable;

/** What a cartridge holds, open for reading, wherever it is. Any thread may call. */
public final class ShownTape implements AutoCloseable {
  private final Tapes tapes;
  private final TapeCartridge cartridge;
  private final @Nullable Cartridge opened;
  private final @Nullable TapeView view;

  /**
   * Of a cartridge.
   *
   * @param opened what it holds, or null for one that was never loaded
   * @param view of that, or null
   */
  ShownTape(
      Tapes tapes, TapeCartridge cartridge, @Nullable Cartridge opened, @Nullable TapeView view) {
    this.tapes = tapes;
    this.cartridge = cartridge;
    this.opened = opened;
    this.view = view;
  }

  /** {@link TapeView#read}. */
  public int read(long offset, ByteBuffer target) throws StorageException {
    return view == null ? 0 : view.read(offset, target);
  }

  /** Bytes of it. */
  public long size() {
    return view == null ? 0 : view.size();
  }

  /** Ends it; called once. */
  @Override
  public void close() {
    if (opened != null) {
      tapes.release(cartridge, opened);
    }
  }
}
