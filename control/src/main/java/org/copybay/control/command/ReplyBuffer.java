package org.copybay.control.command;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The replies that the writer of an open ctl file has not read yet.
 *
 * <p>The reader shares the file position with the writer, so the first byte of the replies is the
 * one at the position behind the last write: a shell opens the file for both, writes, then reads.
 * Who seeks back to 0 gets them from there as well. How far a reader came is taken from where the
 * next write begins, because a shell reads ahead and seeks back.
 */
final class ReplyBuffer {
  /** A writer that never reads loses the oldest replies. */
  static final int LIMIT_BYTES = 64 * 1024;

  private byte[] text = {};
  private long base;
  private long origin = -1;
  private int furthest;

  /** Adds the replies to a write of so many bytes at that offset. */
  void add(long offset, int written, String replies) {
    byte[] added = replies.getBytes(StandardCharsets.UTF_8);
    int consumed = consumed(offset);
    byte[] unread = Arrays.copyOfRange(text, consumed, text.length + added.length);
    System.arraycopy(added, 0, unread, text.length - consumed, added.length);
    text = newest(unread);
    base = offset + written;
    origin = -1;
    furthest = 0;
  }

  private int consumed(long offset) {
    long position = offset - origin;
    boolean followsRead = origin >= 0 && position >= 0 && position <= text.length;
    if (followsRead) {
      return (int) position;
    }
    return furthest;
  }

  private static byte[] newest(byte[] replies) {
    if (replies.length <= LIMIT_BYTES) {
      return replies;
    }
    int start = replies.length - LIMIT_BYTES;
    while (start < replies.length && replies[start - 1] != '\n') {
      start++;
    }
    return Arrays.copyOfRange(replies, start, replies.length);
  }

  /** Reads replies at that position of the file; 0 where there are no more. */
  int read(long offset, ByteBuffer target) {
    if (origin < 0) {
      origin = offset >= base ? base : 0;
    }
    long from = offset - origin;
    if (from < 0 || from >= text.length) {
      return 0;
    }
    int length = Math.min(target.remaining(), text.length - (int) from);
    target.put(text, (int) from, length);
    furthest = Math.max(furthest, (int) from + length);
    return length;
  }
}
