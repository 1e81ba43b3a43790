package org.copybay.fs.transport.dev;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.copybay.fs.transport.FuseSession;

/**
 * What the kernel offers in INIT and what is agreed on: only what it offers and this transport
 * wants.
 *
 * <p>The writeback cache is never asked for, so that every write reaches the handler when it is
 * made. Locks are not asked for, so that flock and fcntl work locally.
 *
 * @param minor the agreed protocol is 7.minor
 * @param flags the agreed bits FUSE_*, flags2 in the upper half
 * @param maxReadahead bytes that the kernel reads ahead
 * @param maxPages pages of the caller's memory that a request may have
 */
record Features(int minor, long flags, int maxReadahead, int maxPages) {

  static final int MAJOR = 7;

  /** Linux 5.4; before it, answers to INIT and requests of 1 MiB are different. */
  static final int MINOR_MIN = 31;

  static final int INIT_OUT = 64;

  private static final int MINOR_MAX = 42;
  private static final int MINOR_PARALLEL_DIRECT_WRITES = 39;
  private static final long MAX_PAGES = 1L << 22;
  private static final long INIT_EXT = 1L << 30;
  private static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;

  /**
   * Requests that the kernel sends without a waiting caller (read-ahead, asynchronous direct I/O).
   * Fewer than the pool has threads: if all of them block, synchronous requests are still served.
   */
  static final int MAX_BACKGROUND = 192;

  private static final int CONGESTION_THRESHOLD = MAX_BACKGROUND * 3 / 4;

  private static final int PAGE_BYTES = 4096;

  /** How many pages a request has where nothing else is agreed on. */
  private static final int PAGES_UNLESS_AGREED = 32;

  private static final Map<Long, String> WANTED =
      Map.ofEntries(
          Map.entry(1L, "ASYNC_READ"),
          Map.entry(1L << 3, "ATOMIC_O_TRUNC"),
          Map.entry(1L << 5, "BIG_WRITES"),
          Map.entry(1L << 15, "ASYNC_DIO"),
          Map.entry(1L << 18, "PARALLEL_DIROPS"),
          Map.entry(MAX_PAGES, "MAX_PAGES"),
          Map.entry(1L << 25, "EXPLICIT_INVAL_DATA"),
          Map.entry(INIT_EXT, "INIT_EXT"),
          Map.entry(DIRECT_IO_ALLOW_MMAP, "DIRECT_IO_ALLOW_MMAP"));

  /**
   * Agrees on the part of an offer that is wanted.
   *
   * @param pagesLimit the most pages that the kernel lets a request have, which it does not offer
   */
  static Features agree(int minorOffered, long flagsOffered, int maxReadahead, int pagesLimit) {
    long wanted = WANTED.keySet().stream().reduce(0L, (a, b) -> a | b);
    long flags = flagsOffered & wanted;
    int maxPages =
        (flags & MAX_PAGES) != 0
            ? Math.min(RequestBuffer.DATA_LENGTH / PAGE_BYTES, pagesLimit)
            : PAGES_UNLESS_AGREED;
    return new Features(Math.min(minorOffered, MINOR_MAX), flags, maxReadahead, maxPages);
  }

  /** See {@link FuseSession#unsplitBytes()}: a buffer may begin in one page and end in another. */
  int unsplitBytes() {
    return (maxPages - 1) * PAGE_BYTES;
  }

  /** The minor of the kernel decides what FOPEN_PARALLEL_DIRECT_WRITES does to a mapping. */
  boolean parallelDirectWrites() {
    return minor >= MINOR_PARALLEL_DIRECT_WRITES && (flags & DIRECT_IO_ALLOW_MMAP) != 0;
  }

  /** Writes fuse_init_out at the beginning of the body of an answer. */
  int putInitOut(ByteBuffer out) {
    out.putInt(0, MAJOR);
    out.putInt(4, minor);
    out.putInt(8, maxReadahead);
    out.putInt(12, (int) flags);
    out.putShort(16, (short) MAX_BACKGROUND);
    out.putShort(18, (short) CONGESTION_THRESHOLD);
    out.putInt(20, RequestBuffer.DATA_LENGTH); // max_write
    out.putInt(24, 1); // time granularity in nanoseconds
    out.putShort(28, (short) maxPages);
    out.putShort(30, (short) 0); // map alignment
    out.putInt(32, (int) (flags >>> 32));
    for (int at = 36; at < INIT_OUT; at += Integer.BYTES) {
      out.putInt(at, 0);
    }
    return INIT_OUT;
  }

  /** The agreed features by name, for the log. */
  @Override
  public String toString() {
    return "protocol=7."
        + minor
        + " features="
        + new TreeMap<>(WANTED)
            .entrySet().stream()
                .filter(entry -> (flags & entry.getKey()) != 0)
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(","));
  }
}
