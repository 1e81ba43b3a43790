package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.StorageException;

/**
 * The one place that announces a change: every write, punch and zero of a volume passes here, and
 * the observers are told in the order of the list before the bytes move on. Physical fills by a
 * copy job go past it, straight to the store, because they change nothing that a reader may see.
 */
public final class AnnouncingDevice implements BlockDevice {
  private final List<ChangeObserver> observers;
  private final BlockDevice next;

  /** Announces to these observers, in this order, what is about to change in the next device. */
  public AnnouncingDevice(List<ChangeObserver> observers, BlockDevice next) {
    this.observers = List.copyOf(observers);
    this.next = next;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    next.read(offset, target);
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    announce(offset, source.remaining());
    return next.write(offset, source);
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    announce(offset, length);
    next.zero(offset, length, keepSpace);
  }

  @Override
  public void flush() throws StorageException {
    next.flush();
  }

  private void announce(long offset, long length) throws StorageException {
    for (ChangeObserver observer : observers) {
      observer.aboutToChange(offset, length);
    }
  }
}
