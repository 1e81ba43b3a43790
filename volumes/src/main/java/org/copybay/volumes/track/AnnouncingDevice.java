package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.StorageException;

/**
 * The one place that announces a change: every write, punch and zero of a volume passes here,
 * enters the gate of the volume, and the observers are told in the order of the list before the
 * bytes move on. Physical fills by a copy job go past it, straight to the store, because they
 * change nothing that a reader may see.
 */
public final class AnnouncingDevice implements BlockDevice {
  /** Who closes the gate waits for one piece of a zeroing, not for all of it. */
  private static final long ZERO_BYTES = 1L << 30;

  /** The same, where a track may have to be filled, or noted as filled, one by one. */
  private static final long ZERO_UNFILLED_BYTES = 1L << 20;

  private final List<ChangeObserver> observers;
  private final BlockDevice next;
  private final TrackDevice tracks;
  private final Passages gate;

  /**
   * Announces to these observers, in this order, what is about to change in the next device.
   *
   * @param tracks whose gate every change passes, further down
   */
  public AnnouncingDevice(List<ChangeObserver> observers, BlockDevice next, TrackDevice tracks) {
    this.observers = List.copyOf(observers);
    this.next = next;
    this.tracks = tracks;
    this.gate = tracks.gate();
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    next.read(offset, target);
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    while (true) {
      try {
        return writeOnce(offset, source);
      } catch (SpillFullException e) {
        tracks.awaitSpill(e);
      }
    }
  }

  private int writeOnce(long offset, ByteBuffer source) throws StorageException {
    int ticket = enter(offset, source.remaining());
    try {
      announce(offset, source.remaining());
      return next.write(offset, source);
    } finally {
      gate.leave(ticket);
    }
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    for (long done = 0; done < length; ) {
      long most = tracks.origin().any() ? ZERO_UNFILLED_BYTES : ZERO_BYTES;
      long piece = Math.min(most, length - done);
      zeroPiece(offset + done, piece, keepSpace);
      done += piece;
    }
  }

  private void zeroPiece(long offset, long length, boolean keepSpace) throws StorageException {
    while (true) {
      try {
        zeroOnce(offset, length, keepSpace);
        return;
      } catch (SpillFullException e) {
        tracks.awaitSpill(e);
      }
    }
  }

  private void zeroOnce(long offset, long length, boolean keepSpace) throws StorageException {
    int ticket = enter(offset, length);
    try {
      announce(offset, length);
      next.zero(offset, length, keepSpace);
    } finally {
      gate.leave(ticket);
    }
  }

  @Override
  public void flush() throws StorageException {
    next.flush();
  }

  /** Enters the gate when all is done that may wait for a disk, also for that of an origin. */
  private int enter(long offset, long length) throws StorageException {
    while (true) {
      prepare(offset, length);
      int ticket = gate.enter();
      boolean ready = false;
      try {
        ready = !tracks.needsFill(offset, length);
      } finally {
        if (!ready) {
          gate.leave(ticket);
        }
      }
      if (ready) {
        return ticket;
      }
    }
  }

  private void prepare(long offset, long length) throws StorageException {
    tracks.awaitRoom();
    tracks.fillBefore(offset, length);
    for (ChangeObserver observer : observers) {
      observer.prepare(offset, length);
    }
  }

  private void announce(long offset, long length) throws StorageException {
    for (ChangeObserver observer : observers) {
      observer.aboutToChange(offset, length);
    }
  }
}
