package org.copybay.volumes.interchange;

import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarUtils;

/**
 * Whether the first bytes of an image are those of a format. AWSTAPE and SIMH have no magic number,
 * so their objects are followed as far as the bytes go.
 */
final class TapeHead {
  private static final int SHOWN_BYTES = 8;

  private TapeHead() {}

  /** The magic number of gzip with its only method, RFC 1952. */
  static boolean gzip(byte[] head) {
    return head.length > 2 && head[0] == 0x1f && head[1] == (byte) 0x8b && head[2] == 8;
  }

  /** A name, and the checksum of a header. */
  static boolean tar(byte[] head) {
    if (head.length < TarLayout.BLOCK_BYTES || head[0] == 0) {
      return false;
    }
    byte[] header = new byte[TarLayout.BLOCK_BYTES];
    System.arraycopy(head, 0, header, 0, header.length);
    try {
      return TarUtils.verifyCheckSum(header);
    } catch (IllegalArgumentException e) {
      return false; // there are no digits
    }
  }

  /**
   * Chunks that lead from header to header: to the end of the bytes, or two of them before what
   * cannot be one, which is damage then.
   */
  static boolean awstape(byte[] head) {
    int at = 0;
    int last = 0;
    for (int objects = 0; at < head.length; objects++) {
      if (at + AwsHeader.HEADER_BYTES > head.length) {
        return objects > 0;
      }
      AwsHeader chunk = AwsHeader.decode(head, at);
      boolean fits = chunk.isKnown() && (chunk.previous() == last || chunk.previous() == 0);
      if (!fits || (objects == 0 && !chunk.begins())) {
        return objects > 1;
      }
      last = chunk.length();
      at += AwsHeader.HEADER_BYTES + last;
      if (at > head.length && whole(head)) {
        return objects > 0;
      }
    }
    return true;
  }

  /**
   * Objects that lead from one to the next: one of them at least, or a first record that is longer
   * than the bytes and not longer than a record can be.
   */
  static boolean simh(byte[] head) {
    int at = 0;
    boolean found = false;
    while (at + SimhWord.BYTES <= head.length) {
      SimhWord word = SimhWord.decode(head, at);
      if (word.kind() == SimhWord.Kind.END) {
        return true;
      }
      at += word.wordBytes();
      if (word.hasData()) {
        int padded = word.length() % 2;
        if (ends(head, (long) at + word.length() + padded, word)) {
          at += word.length() + padded + SimhWord.BYTES;
        } else if (ends(head, (long) at + word.length(), word)) {
          at += word.length() + SimhWord.BYTES;
        } else {
          long end = (long) at + word.length() + padded + SimhWord.BYTES;
          return found || (end > head.length && !whole(head) && isRecord(word));
        }
      }
      found |= word.kind() != SimhWord.Kind.GAP;
    }
    return found;
  }

  /** A record first, which is whole. */
  static boolean simhRecord(byte[] head) {
    SimhWord word = SimhWord.decode(head, 0);
    long end = (long) SimhWord.BYTES + word.length();
    return word.hasData() && (ends(head, end, word) || ends(head, end + word.length() % 2, word));
  }

  /** Whether the word stands there once more. */
  private static boolean ends(byte[] head, long at, SimhWord word) {
    return at + SimhWord.BYTES <= head.length && SimhWord.decode(head, (int) at).equals(word);
  }

  private static boolean isRecord(SimhWord word) {
    return word.kind() == SimhWord.Kind.RECORD && word.length() <= TapeFormat.MAX_RECORD_BYTES;
  }

  /** The first bytes, for a message. */
  static String shown(byte[] head) {
    int length = Math.min(head.length, SHOWN_BYTES);
    return "bytes " + HexFormat.ofDelimiter(" ").formatHex(head, 0, length);
  }

  private static boolean whole(byte[] head) {
    return head.length < TapeFormat.HEAD_BYTES;
  }
}
