package org.copybay.volumes.cache;

import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.StorageException;

/**
 * The records of one tape in the block cache: each is read, decompressed and checked once for all
 * who read it in pieces. Any thread may call.
 */
public final class CachedRecords {
  // devices count up from 1, these count down from -1
  private static final AtomicLong TAPES = new AtomicLong();

  private final BlockCache cache;
  private final LookUps lookUps = new LookUps();
  private final long tape = TAPES.decrementAndGet();

  /** Those of one tape, of which the cache has none yet. */
  public CachedRecords(BlockCache cache) {
    this.cache = cache;
  }

  /** Reads a record. */
  @FunctionalInterface
  public interface Reading {
    byte[] read() throws StorageException;
  }

  /**
   * A record, from memory or by one read that all its readers share; not to be changed.
   *
   * @param cuts how often the tape was cut before: what was cut has another number then
   */
  public byte[] get(long cuts, long number, Reading reading) throws StorageException {
    return cache.get(new BlockCache.Key(tape, cuts, number), lookUps, reading::read);
  }
}
