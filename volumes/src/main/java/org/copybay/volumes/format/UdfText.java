package org.copybay.volumes.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * A text in a field of fixed length of UDF, a dstring (ECMA-167, 1/7.2.12; OSTA UDF 2.1.1 and
 * 2.1.3):
 *
 * <pre>
 *     0    1                                              length - 1
 *    +----+----------------------------------+-----------+-------+
 *    | id | characters                       | zeros     | used  |
 *    +----+----------------------------------+-----------+-------+
 * </pre>
 *
 * The compression id is 8 for one byte a character, 16 for two, big-endian. The last byte counts
 * the bytes used, the compression id with them; 0 is the empty text.
 */
final class UdfText {
  private static final int EIGHT_BITS = 8;
  private static final int SIXTEEN_BITS = 16;

  private UdfText() {}

  /** The text of a field; empty also where the field holds none. */
  static String decode(byte[] field) {
    int used = Math.min(field[field.length - 1] & 0xff, field.length - 1);
    if (used < 2 || (field[0] != EIGHT_BITS && field[0] != SIXTEEN_BITS)) {
      return "";
    }
    boolean wide = field[0] == SIXTEEN_BITS;
    Charset charset = wide ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
    String text = new String(field, 1, wide ? (used - 1) / 2 * 2 : used - 1, charset);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  /** A field of that length with a text of Latin-1, which has at most length - 2 characters. */
  static byte[] encode(String text, int length) {
    byte[] field = new byte[length];
    field[0] = EIGHT_BITS;
    byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(characters, 0, field, 1, characters.length);
    field[length - 1] = (byte) (characters.length + 1);
    return field;
  }
}
