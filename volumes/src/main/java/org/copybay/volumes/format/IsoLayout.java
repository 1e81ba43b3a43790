package org.copybay.volumes.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A volume descriptor of ISO 9660 (ECMA-119, 8: Volume Descriptors), one sector of 2048 bytes. The
 * descriptors stand one behind the other from sector 16 on.
 *
 * <pre>
 *     0      1          6         7                        40               72
 *    +------+----------+---------+------------------------+----------------+----
 *    | type | CD001    | version | not ours               | volume id      |
 *    +------+----------+---------+------------------------+----------------+----
 *    88                120        813       830        883               1395       2048
 *    +-----------------+----------+---------+----------+-----------------+----------+
 *    | escape sequences| not ours | created | not ours | application use | not ours |
 *    +-----------------+----------+---------+----------+-----------------+----------+
 * </pre>
 *
 * The fields but the first three are those of the types 1 (primary) and 2: supplementary with
 * version 1, enhanced with version 2. A supplementary descriptor is one of Joliet when its escape
 * sequences name UCS-2 (Joliet Specification, SVD Escape Sequences field). No field has a checksum.
 */
final class IsoLayout {
  static final int SECTOR_BYTES = 2048;
  static final long FIRST_OFFSET = 16L * SECTOR_BYTES;

  static final int TYPE_OFFSET = 0;
  static final int STANDARD_ID_OFFSET = 1;
  static final int VERSION_OFFSET = 6;
  static final int IDENTIFIER_OFFSET = 40;
  static final int IDENTIFIER_BYTES = 32;
  static final int ESCAPE_OFFSET = 88;
  static final int ESCAPE_BYTES = 32;
  static final int CREATED_OFFSET = 813;
  static final int APPLICATION_OFFSET = 883;
  static final int APPLICATION_BYTES = 512;

  static final String STANDARD_ID = "CD001";
  static final int PRIMARY = 1;
  static final int SUPPLEMENTARY = 2;
  static final int TERMINATOR = 255;
  static final int VERSION_ENHANCED = 2;

  private static final Set<String> UCS_2 = Set.of("%/@", "%/C", "%/E");

  private IsoLayout() {}

  static boolean standard(Block sector) {
    return sector.says(STANDARD_ID_OFFSET, STANDARD_ID);
  }

  static int type(Block sector) {
    return sector.u8(TYPE_OFFSET);
  }

  /** Whether a descriptor has a volume identifier that is one of the medium's names. */
  static boolean named(Block sector) {
    return type(sector) == PRIMARY || type(sector) == SUPPLEMENTARY;
  }

  static boolean joliet(Block sector) {
    return type(sector) == SUPPLEMENTARY
        && sector.u8(VERSION_OFFSET) != VERSION_ENHANCED
        && UCS_2.stream().anyMatch(escape -> sector.says(ESCAPE_OFFSET, escape));
  }

  /** Whether a named descriptor is in a character set that is neither ASCII's nor UCS-2. */
  static boolean foreign(Block sector) {
    return type(sector) == SUPPLEMENTARY
        && sector.u8(VERSION_OFFSET) != VERSION_ENHANCED
        && !joliet(sector)
        && !sector.blank(ESCAPE_OFFSET, ESCAPE_BYTES);
  }

  /** The volume identifier of a named descriptor without its padding. */
  static String identifier(Block sector) {
    String text = new String(sector.bytes(IDENTIFIER_OFFSET, IDENTIFIER_BYTES), charset(sector));
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == 0)) {
      end--;
    }
    return text.substring(0, end);
  }

  /** How many characters the volume identifier of a named descriptor can have. */
  static int maxLength(Block sector) {
    return joliet(sector) ? IDENTIFIER_BYTES / 2 : IDENTIFIER_BYTES;
  }

  /** Writes the volume identifier, which fits, padded with spaces. */
  static void putIdentifier(Block sector, String identifier) {
    String padded = identifier + " ".repeat(maxLength(sector) - identifier.length());
    sector.put(IDENTIFIER_OFFSET, padded.getBytes(charset(sector)));
  }

  private static Charset charset(Block sector) {
    return joliet(sector) ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
  }
}
