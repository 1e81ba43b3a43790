package org.copybay.copy.shadow;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the label of a member says. It lies beside the home of the member, on whatever disk that is,
 * and alone decides what the member is worth: the catalogue only remembers it. Text:
 *
 * <pre>
 *   copybay-shadow 1
 *   key=value
 *   ...
 *   crc32c=8 hexadecimal digits, over all bytes before this line
 * </pre>
 *
 * @param serial grows by one with each write of this label
 * @param set id of the shadow set
 * @param member id of the volume
 * @param unit name of the virtual unit
 * @param label the set's label
 * @param size bytes of the set
 * @param generation grows with each change of who is a member; 0 is never current
 * @param change id of the change that made this generation
 * @param past the changes before it, newest first
 * @param role what the member is
 * @param mounts how often the set was mounted: a label with fewer was put back from an earlier time
 * @param use what the set does with it
 * @param file number of the home in its file system
 * @param modified last change of the home in nanoseconds since 1970, where nobody writes to it; 0
 *     where somebody may
 * @param length bytes of the home then
 */
record MemberLabel(
    long serial,
    UUID set,
    UUID member,
    String unit,
    String label,
    long size,
    long generation,
    UUID change,
    List<Past> past,
    MemberRole role,
    long mounts,
    Use use,
    long file,
    long modified,
    long length) {
  /** Bytes of one copy. */
  static final int COPY_BYTES = 16384;

  /** Changes that are remembered; who is further behind is taken for an ancestor. */
  static final int MAX_PAST = 64;

  private static final String HEAD = "copybay-shadow 1\n";
  private static final String CRC = "crc32c=";

  /** What a set does with a member. */
  enum Use {
    /** Nothing: nobody writes to it. */
    NONE("no"),
    /** It is being mounted: nobody has written yet. */
    BEGINNING("beginning"),
    /** It may be writing: nothing that was written last is certain. */
    WRITING("yes");

    private final String word;

    Use(String word) {
      this.word = word;
    }

    static Use of(String word) {
      for (Use use : values()) {
        if (use.word.equals(word)) {
          return use;
        }
      }
      throw new IllegalArgumentException("mounted=" + word);
    }
  }

  /** An earlier change. */
  record Past(long generation, UUID change) {
    @Override
    public String toString() {
      return generation + ":" + change;
    }

    static Past of(String text) {
      int colon = text.indexOf(':');
      return new Past(
          Long.parseLong(text.substring(0, colon)), UUID.fromString(text.substring(colon + 1)));
    }
  }

  MemberLabel {
    past = List.copyOf(past.subList(0, Math.min(past.size(), MAX_PAST)));
  }

  /** {@link SetRecord.Lineage#descendsFrom}. */
  boolean descendsFrom(MemberLabel other) {
    return SetRecord.Lineage.of(this).descendsFrom(other);
  }

  /** The bytes of one copy. */
  byte[] encode() {
    StringBuilder text = new StringBuilder(HEAD);
    put(text, "serial", serial);
    put(text, "set", set);
    put(text, "member", member);
    put(text, "unit", unit);
    put(text, "label", label);
    put(text, "size", size);
    put(text, "generation", generation);
    put(text, "change", change);
    put(text, "past", pastText(past));
    put(text, "role", role.word());
    put(text, "mounts", mounts);
    put(text, "mounted", use.word);
    put(text, "file", file);
    put(text, "modified", modified);
    put(text, "length", length);
    byte[] covered = text.toString().getBytes(StandardCharsets.UTF_8);
    text.append(CRC).append(String.format("%08x", crc(covered, covered.length))).append("\n");
    byte[] all = text.toString().getBytes(StandardCharsets.UTF_8);
    byte[] copy = new byte[COPY_BYTES];
    System.arraycopy(all, 0, copy, 0, all.length);
    return copy;
  }

  private static void put(StringBuilder text, String key, Object value) {
    text.append(key).append('=');
    value
        .toString()
        .chars()
        .forEach(
            c -> {
              if (c < ' ' || c == '%' || c == 0x7f) {
                text.append(String.format("%%%02x", c));
              } else {
                text.append((char) c);
              }
            });
    text.append('\n');
  }

  /** What a copy says, or null when it is none, damaged, or of another version. */
  static @Nullable MemberLabel decode(byte[] copy) {
    String text = new String(copy, StandardCharsets.ISO_8859_1); // one character for each byte
    int end = text.lastIndexOf("\n" + CRC) + 1;
    if (!text.startsWith(HEAD)
        || end == 0
        || !text.startsWith(String.format("%08x", crc(copy, end)), end + CRC.length())) {
      return null;
    }
    try {
      return of(values(new String(copy, 0, end, StandardCharsets.UTF_8)));
    } catch (RuntimeException e) {
      return null; // it checks, but is of another program
    }
  }

  private static Map<String, String> values(String covered) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : covered.lines().skip(1).toList()) {
      int equals = line.indexOf('=');
      values.put(line.substring(0, equals), plain(line.substring(equals + 1)));
    }
    return values;
  }

  private static MemberLabel of(Map<String, String> values) {
    return new MemberLabel(
        integer(values, "serial"),
        UUID.fromString(text(values, "set")),
        UUID.fromString(text(values, "member")),
        text(values, "unit"),
        text(values, "label"),
        integer(values, "size"),
        integer(values, "generation"),
        UUID.fromString(text(values, "change")),
        pastOf(text(values, "past")),
        MemberRole.of(text(values, "role")),
        integer(values, "mounts"),
        Use.of(text(values, "mounted")),
        integer(values, "file"),
        integer(values, "modified"),
        integer(values, "length"));
  }

  /** Earlier changes as one word. */
  static String pastText(List<Past> past) {
    return String.join(",", past.stream().map(Past::toString).toList());
  }

  /** What {@link #pastText} makes this word of. */
  static List<Past> pastOf(String text) {
    return text.isEmpty()
        ? List.of()
        : List.of(text.split(",", -1)).stream().map(Past::of).toList();
  }

  private static String text(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }

  private static long integer(Map<String, String> values, String key) {
    return Long.parseLong(text(values, key));
  }

  private static String plain(String value) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        c = (char) Integer.parseInt(value.substring(i + 1, i + 3), 16);
        i += 2;
      }
      text.append(c);
    }
    return text.toString();
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
