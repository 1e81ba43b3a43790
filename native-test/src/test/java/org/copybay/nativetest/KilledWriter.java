package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes at random within its part of a file until the daemon is gone, and knows what was
 * acknowledged.
 */
public final class KilledWriter implements Runnable {
  private final Path file;
  private final long start;
  private final int length;
  private final Random random;
  private final boolean large;
  private final byte[] model;
  // What may or may not have arrived: the write that failed.
  private int openAt;
  private byte[] open = new byte[0];
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile String error = "";

  /**
   * Writes to [start, start + length) of a file, of zeros.
   *
   * @param large whether its writes are large
   */
  public KilledWriter(Path file, long start, int length, long seed, boolean large) {
    this.file = file;
    this.start = start;
    this.length = length;
    this.model = new byte[length];
    this.random = new Random(seed);
    this.large = large;
  }

  @Override
  public void run() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      while (true) {
        open = new byte[1 + random.nextInt(large ? 600_000 : 9000)];
        random.nextBytes(open);
        openAt = random.nextInt(length - open.length + 1);
        int written = channel.write(ByteBuffer.wrap(open), start + openAt);
        System.arraycopy(open, 0, model, openAt, written);
        acknowledged.incrementAndGet();
        if (written < open.length) {
          // The daemon went in the middle of this one; the rest may have arrived.
          break;
        }
        open = new byte[0];
      }
    } catch (IOException daemonIsGone) {
      error = String.valueOf(daemonIsGone.getMessage());
    }
  }

  /** Returns when a write was acknowledged, or when this writer has met an error. */
  public void awaitFirst() throws InterruptedException {
    while (acknowledged.get() == 0 && error.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /**
   * Any other error than that of a connection that is gone would hide a lost write. Linux answers
   * EIO to the request that the daemon was copying to itself when it was killed (fuse_dev_do_read).
   */
  public void requireCutByTheKill() {
    assertThat(error)
        .matches(
            "|Transport endpoint is not connected|Software caused connection abort"
                + "|Input/output error");
    assertThat(acknowledged.get()).isPositive();
    error = "";
  }

  /** What was acknowledged is there; what was under way is or is not. */
  public void check(String when) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (read.hasRemaining()) {
        assertThat(channel.read(read, start + read.position())).isPositive();
      }
    }
    byte[] got = read.array();
    for (int i = 0; i < length; i++) {
      int inOpen = i - openAt;
      boolean maybe = inOpen >= 0 && inOpen < open.length;
      if (got[i] != model[i] && !(maybe && got[i] == open[inOpen])) {
        throw new AssertionError(
            "%s: an acknowledged byte is lost: offset=%d want=%d got=%d"
                .formatted(when, start + i, model[i], got[i]));
      }
    }
    System.arraycopy(got, 0, model, 0, length);
    open = new byte[0];
  }

  /** How many writes were acknowledged since the last call. */
  public long takeAcknowledged() {
    return acknowledged.getAndSet(0);
  }
}
