package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.SimulatedStore;

/** A device over a simulated store, as a volume uses it. */
final class OriginVolume implements AutoCloseable {
  private static final int BLOCK = 4096;
  private static final int TRACK = 1 << 16;

  final SimulatedStore store;
  final TrackDevice device;
  final long number;
  private final AnnouncingDevice top;
  private final Map<Integer, Long> instants = new HashMap<>(); // of the last point of each number
  private int points;

  OriginVolume(long number, long size) throws StorageException {
    this.number = number;
    store = new SimulatedStore(size, number);
    VolumeIdentity identity = new VolumeIdentity(new UUID(3, number), "v" + number, size);
    TrackUse use =
        new TrackUse(
            number,
            () -> identity,
            new MapPages(1 << 20),
            RecoverMode.AUTO,
            why -> {},
            () -> {},
            () -> 0);
    device = TrackDevice.open(store, use, false);
    top = new AnnouncingDevice(List.of(), device, device);
  }

  TrackEngine engine() {
    TrackEngine found = device.engine();
    if (found == null) {
      throw new IllegalStateException("no engine");
    }
    return found;
  }

  void write(long offset, byte[] bytes) throws StorageException {
    ByteBuffer source = Bytes.direct(bytes);
    while (source.hasRemaining()) {
      assertThat(top.write(offset + source.position(), source)).isPositive();
    }
  }

  void writeUnchecked(long offset, byte[] bytes) {
    try {
      write(offset, bytes);
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  void zero(long offset, long length) throws StorageException {
    top.zero(offset, length, false);
  }

  byte[] read(int point, long offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    if (point == 0) {
      device.read(offset, target);
    } else {
      device.points().read(point, instant(point), offset, target);
    }
    return Bytes.of(target);
  }

  byte[] read(int point) throws StorageException {
    return read(point, 0, (int) store.home().size());
  }

  byte[] read() throws StorageException {
    return read(0);
  }

  int freeze() throws StorageException {
    int number = device.prepareFreeze();
    points++;
    Freeze.make(List.of(new Freeze(device, number, store.home().size())), 1000L + points);
    device.endFreeze();
    instants.put(number, 1000L + points);
    return number;
  }

  /** When the last point of that number was made. */
  long instant(int point) {
    return Objects.requireNonNull(instants.get(point));
  }

  /** Drops that point, and all others of the number. */
  void drop(int number) throws StorageException {
    try (var closed = device.gate().close()) {
      device.points().dropClosed(number);
    }
  }

  Image point(int number) {
    long instant = instant(number);
    return new Image() {
      @Override
      public void read(long offset, ByteBuffer target) throws StorageException {
        device.points().read(number, instant, offset, target);
      }

      @Override
      public long nextData(long offset) throws StorageException {
        long end = store.home().size();
        long found = device.points().seek(number, instant, offset, end, true);
        return found >= end ? -1 : found;
      }

      @Override
      public long nextHole(long offset) throws StorageException {
        return device.points().seek(number, instant, offset, store.home().size(), false);
      }
    };
  }

  /** Shows an origin in the blocks of a range. */
  void show(Image origin, long stamp, int from, int length) throws StorageException {
    device.origin().hold();
    for (int block = from / BLOCK; block * BLOCK < from + length; block++) {
      device.origin().prepare(Geometry.track((long) block), 1, 1 << block % 16);
    }
    switchTo(origin, stamp);
    device.origin().release();
  }

  /** Shows an origin in what was prepared, and is unfilled. */
  void switchTo(Image origin, long stamp) throws StorageException {
    TrackOrigin.switchAll(
        List.of(
            new TrackOrigin.Switch(
                device.origin(), number, 0, stamp, origin, into -> {}, () -> {})));
  }

  void showUnchecked(Image origin, long stamp) {
    try {
      switchTo(origin, stamp);
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  void fillAll() throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(2 * TRACK);
    for (int turns = 0; device.origin().fillNext(0, buffer) != null; turns++) {
      assertThat(turns).as("turns of a fill").isLessThan(1000);
    }
    assertThat(device.origin().any()).isFalse();
  }

  @Override
  public void close() {
    device.close();
  }
}
