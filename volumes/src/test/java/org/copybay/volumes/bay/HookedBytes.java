package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.track.AnnouncingDevice;

/**
 * Stands between the bitmaps of a volume and its bytes: what is called there happens after a change
 * was announced and before it is made.
 */
public final class HookedBytes implements BlockDevice {
  /** Is called before a request; what it throws is the error of the request. */
  @FunctionalInterface
  public interface Hook {
    void before(String request, long offset, long length) throws StorageException;
  }

  private final BlockDevice next;
  private final Hook hook;

  private HookedBytes(BlockDevice next, Hook hook) {
    this.next = next;
    this.hook = hook;
  }

  /** Under that volume, until the bay is closed. */
  public static void under(Volume volume, Hook hook) throws StorageException {
    VolumeBytes bytes = volume.bytes();
    BlockDevice top =
        new AnnouncingDevice(
            List.of(bytes.bitmaps(), volume.activity()),
            new HookedBytes(bytes.tracks(), hook),
            bytes.tracks());
    CachedDevice cached =
        new CachedDevice(new BlockCache(1 << 20), volume.activity().lookUps(), bytes.tracks());
    bytes.setLayers(
        new Layers(
            top, cached, bytes.tracks(), bytes.bitmaps(), null, bytes.evidence(), bytes.home()));
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    hook.before("read", offset, target.remaining());
    next.read(offset, target);
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    hook.before("write", offset, source.remaining());
    return next.write(offset, source);
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    hook.before("zero", offset, length);
    next.zero(offset, length, keepSpace);
  }

  @Override
  public void flush() throws StorageException {
    hook.before("sync", 0, 0);
    next.flush();
  }
}
