package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.track.AnnouncingDevice;
import org.copybay.volumes.track.TrackDevice;

/** Stands between a volume and its disk: requests can fail there, or hang, until it is well. */
public final class HookedDisk implements BlockDevice, AutoCloseable {
  /** Kinds of requests. */
  public enum Request {
    READ,
    WRITE,
    ZERO,
    SYNC
  }

  /** Is called before a request; what it throws is the error of the request. */
  @FunctionalInterface
  public interface Hook {
    void before(Request request) throws StorageException;
  }

  private static final Hook WELL = request -> {};

  private final BlockDevice disk;
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  private volatile Hook hook = WELL;

  private HookedDisk(BlockDevice disk) {
    this.disk = disk;
  }

  /** Under a volume without block cache, points and write bitmaps. */
  public static HookedDisk under(Volume volume) throws StorageException {
    VolumeBytes bytes = volume.bytes();
    TrackDevice tracks = bytes.tracks();
    CachedDevice cached =
        new CachedDevice(new BlockCache(1 << 20), volume.activity().lookUps(), tracks);
    BlockDevice top = new AnnouncingDevice(List.of(volume.activity()), cached, tracks);
    HookedDisk hooked = new HookedDisk(top);
    bytes.setLayers(
        new Layers(hooked, cached, tracks, bytes.bitmaps(), null, bytes.evidence(), bytes.home()));
    return hooked;
  }

  /** Under the write bitmaps of a volume without block cache: a change is announced before. */
  public static HookedDisk underBitmaps(Volume volume) throws StorageException {
    VolumeBytes bytes = volume.bytes();
    TrackDevice tracks = bytes.tracks();
    HookedDisk hooked = new HookedDisk(tracks);
    CachedDevice cached =
        new CachedDevice(new BlockCache(1 << 20), volume.activity().lookUps(), tracks);
    BlockDevice top =
        new AnnouncingDevice(List.of(bytes.bitmaps(), volume.activity()), hooked, tracks);
    bytes.setLayers(
        new Layers(top, cached, tracks, bytes.bitmaps(), null, bytes.evidence(), bytes.home()));
    return hooked;
  }

  /** Calls it from now on. */
  public void hook(Hook before) {
    hook = before;
  }

  /** Requests of that kind fail from now on. */
  public void fail(Request which, Fault fault) {
    hook =
        request -> {
          if (request == which) {
            throw new StorageException(fault, "the test lets it fail");
          }
        };
  }

  /** Requests of that kind hang from now on; only once, until it is well. */
  public void hang(Request which) {
    hook =
        request -> {
          if (request == which) {
            hanging.incrementAndGet();
            await();
          }
        };
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many requests have hung. */
  public int hanging() {
    return hanging.get();
  }

  /** Nothing fails or hangs any more. */
  public void well() {
    hook = WELL;
    end.countDown();
  }

  @Override
  public void close() {
    well();
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    hook.before(Request.READ);
    disk.read(offset, target);
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    hook.before(Request.WRITE);
    return disk.write(offset, source);
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    hook.before(Request.ZERO);
    disk.zero(offset, length, keepSpace);
  }

  @Override
  public void flush() throws StorageException {
    hook.before(Request.SYNC);
    disk.flush();
  }
}
