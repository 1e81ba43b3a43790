package org.copybay.volumes.cache;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.StorageException;

/**
 * The blocks in memory of all cached devices of one bay: write-through, bounded by bytes, never
 * holding the only copy of an acknowledged byte.
 *
 * <p>No stale block can stay, without a lock. INV-1: a load puts its future into the map before it
 * reads the store. INV-2: a write invalidates its blocks after the store took it and before it is
 * acknowledged. So a load that may have read older bytes entered the map before the invalidation,
 * which removes it whether it has ended or not; Caffeine publishes a future only while it is still
 * the one in the map. Who waits for such a load began before the write was acknowledged.
 *
 * <p>No I/O runs inside the map's compute: the thread that put the future completes it afterwards,
 * and every other reader of the block waits for it (single flight).
 */
public final class BlockCache {
  /** Bytes of one block in a bay. */
  static final int BLOCK_SIZE_BYTES = 64 * 1024;

  /** One block of one device, in one of its eras ({@link CachedDevice}). */
  record Key(long device, long era, long index) {}

  /** Reads one block from the layer below. */
  @FunctionalInterface
  interface Loader {
    byte[] load() throws StorageException;
  }

  private final AsyncCache<Key, byte[]> blocks;
  private final int blockBytes;
  private final LookUps lookUps = new LookUps();

  /** A cache that keeps at most that many bytes. */
  public BlockCache(long maximumBytes) {
    this(maximumBytes, BLOCK_SIZE_BYTES);
  }

  BlockCache(long maximumBytes, int blockBytes) {
    this.blockBytes = blockBytes;
    Weigher<Key, byte[]> bytes = (key, block) -> block.length;
    this.blocks =
        Caffeine.newBuilder()
            .maximumWeight(maximumBytes)
            .weigher(bytes)
            .executor(Runnable::run)
            .buildAsync();
  }

  /** Bytes of one block. */
  int blockBytes() {
    return blockBytes;
  }

  /**
   * The block, from memory or by one load that all its readers share; not to be changed.
   *
   * @param ofDevice counts it too
   */
  byte[] get(Key key, LookUps ofDevice, Loader loader) throws StorageException {
    CompletableFuture<byte[]> mine = new CompletableFuture<>();
    CompletableFuture<byte[]> found = blocks.get(key, (k, executor) -> mine);
    if (found == mine) {
      missed(ofDevice);
      return load(mine, loader);
    }
    try {
      byte[] block = found.join();
      lookUps.hit();
      ofDevice.hit();
      return block;
    } catch (CancellationException e) {
      missed(ofDevice);
      return loader.load(); // the other reader's error is its own: this one asks the store itself
    }
  }

  private void missed(LookUps ofDevice) {
    lookUps.miss();
    ofDevice.miss();
  }

  private byte[] load(CompletableFuture<byte[]> mine, Loader loader) throws StorageException {
    try {
      byte[] block = loader.load();
      mine.complete(block);
      return block;
    } finally {
      // After an error: leaves the map. Caffeine would log any other exception than this one.
      mine.cancel(false);
    }
  }

  /** Forgets one block, ending also a load that is under way. */
  void invalidate(Key key) {
    blocks.synchronous().invalidate(key);
  }

  /** Those of all devices, also of those that are gone. */
  public LookUps lookUps() {
    return lookUps;
  }

  /** Bytes in memory now, about. */
  public long bytes() {
    return blocks
        .synchronous()
        .policy()
        .eviction()
        .flatMap(e -> e.weightedSize().stream().boxed().findFirst())
        .orElse(0L);
  }
}
