package org.copybay.volumes.bay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.bitmap.Grain;
import org.jspecify.annotations.Nullable;

/**
 * One line of a label:
 *
 * <pre>
 *   CRC32C SP change-number SP kind SP key=value SP key=value ... LF
 * </pre>
 *
 * The CRC32C is 8 hexadecimal digits, over what follows the space behind it, without the line end.
 * In a value, each byte of a space, a percent sign and a control character is {@code %HH}. A key
 * whose value is null is left out; keys that are not known are ignored.
 *
 * @param number of the newest change of the catalogue when it was written
 * @param kind what it is about
 * @param values of its keys
 */
record LabelRecord(long number, String kind, Map<String, String> values) {
  static final String HEAD = "label";
  static final String VOLUME = "volume";
  static final String POINT = "point";
  static final String POINT_GONE = "point-gone";
  static final String BITMAP = "bitmap";
  static final String BITMAP_GONE = "bitmap-gone";

  private static final int VERSION = 1;
  private static final int CRC_LENGTH = 8;

  LabelRecord {
    values = Map.copyOf(values);
  }

  // ---- making

  /** The bodies of the first line of every label. */
  static String head(UUID bay, UUID volume) {
    return HEAD + " version=" + VERSION + " bay=" + bay + " volume=" + volume;
  }

  static String of(VolumeRecord row) {
    return new Body(VOLUME)
        .with("inode", row.inode())
        .with("name", row.name())
        .with("state", row.state().word())
        .with("size", row.size())
        .with("size_synced", row.sizeSynced() ? 1 : 0)
        .with("directory", row.directory())
        .with("cache", row.cache().word())
        .with(row.owner())
        .with("created", row.created())
        .with("generation", row.generation())
        .with("failure", row.failure())
        .toString();
  }

  static String of(PointInTime point, PointVolume.Facts facts) {
    return new Body(POINT)
        .with("id", point.id())
        .with("inode", point.inode())
        .with("name", point.name())
        .with("created", point.created())
        .with("volumes", point.volumes().size())
        .with("volume_inode", facts.inode())
        .with("volume_name", facts.name())
        .with("number", facts.number())
        .with("size", facts.size())
        .with(facts.owner())
        .with("locked_until", point.lockedUntilMillis() == 0 ? null : point.lockedUntilMillis())
        .toString();
  }

  static String gone(UUID point) {
    return new Body(POINT_GONE).with("id", point).toString();
  }

  static String of(BitmapRecord bitmap) {
    return new Body(BITMAP)
        .with("id", bitmap.id())
        .with("name", bitmap.name())
        .with("grain", bitmap.grain().word())
        .with("created", bitmap.created())
        .with("since", bitmap.since())
        .with("damage", bitmap.damage())
        .toString();
  }

  static String gone(BitmapRecord bitmap) {
    return new Body(BITMAP_GONE).with("id", bitmap.id()).toString();
  }

  /** The whole line of a body. */
  static String line(long number, String body) {
    String covered = number + " " + body;
    return String.format("%08x %s\n", crc(covered), covered);
  }

  // ---- reading

  /** What a line without its line end says, or null when it does not check. */
  static @Nullable LabelRecord decode(String line) {
    if (line.length() <= CRC_LENGTH || line.charAt(CRC_LENGTH) != ' ') {
      return null;
    }
    String covered = line.substring(CRC_LENGTH + 1);
    if (!line.startsWith(String.format("%08x", crc(covered)))) {
      return null;
    }
    List<String> words = List.of(covered.split(" ", -1));
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : words.subList(2, words.size())) {
      int equals = word.indexOf('=');
      if (equals > 0) { // else it is of a newer program
        values.put(word.substring(0, equals), plain(word.substring(equals + 1)));
      }
    }
    return new LabelRecord(Long.parseLong(words.get(0)), words.get(1), values);
  }

  /** Whether it begins the label of that volume of that bay. */
  boolean heads(UUID bay, UUID volume) {
    return isHead()
        && text("bay").equals(bay.toString())
        && text("volume").equals(volume.toString());
  }

  private boolean isHead() {
    return kind.equals(HEAD) && text("version").equals(String.valueOf(VERSION));
  }

  /** The bay of the label that it begins, or null when it begins none. */
  @Nullable UUID bay() {
    return isHead() ? UUID.fromString(text("bay")) : null;
  }

  UUID id() {
    return UUID.fromString(text("id"));
  }

  VolumeRecord volume(UUID id) {
    return new VolumeRecord(
        id,
        integer("inode"),
        text("name"),
        VolumeState.of(text("state")),
        integer("size"),
        integer("size_synced") == 1,
        values.get("directory"),
        CacheMode.of(text("cache")),
        owner(),
        Instant.parse(text("created")),
        integer("generation"),
        values.get("failure"));
  }

  Label.Point point(UUID volume) {
    Instant created = Instant.parse(text("created"));
    PointVolume.Facts facts =
        new PointVolume.Facts(
            integer("volume_inode"),
            text("volume_name"),
            (int) integer("number"),
            integer("size"),
            owner(),
            created);
    PointTable.Row row =
        new PointTable.Row(
            id(),
            integer("inode"),
            text("name"),
            true,
            created,
            volume,
            facts,
            Long.parseLong(values.getOrDefault("locked_until", "0")));
    return new Label.Point(row, (int) integer("volumes"));
  }

  BitmapRecord bitmap(UUID volume) {
    return new BitmapRecord(
        id(),
        volume,
        text("name"),
        Grain.ofWord(text("grain")),
        Instant.parse(text("created")),
        Instant.parse(text("since")),
        values.get("damage"));
  }

  private Owner owner() {
    return new Owner((int) integer("uid"), (int) integer("gid"), (int) integer("mode"));
  }

  private String text(String key) {
    return values.getOrDefault(key, "");
  }

  private long integer(String key) {
    return Long.parseLong(text(key));
  }

  // ---- words

  private static int crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  private static String plain(String word) {
    StringBuilder text = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char character = word.charAt(i);
      if (character == '%') {
        character = (char) Integer.parseInt(word.substring(i + 1, i + 3), 16);
        i += 2;
      }
      text.append(character);
    }
    return text.toString();
  }

  /** A body that grows. */
  private static final class Body {
    private final StringBuilder text;

    Body(String kind) {
      text = new StringBuilder(kind);
    }

    Body with(String key, @Nullable Object value) {
      if (value != null) {
        text.append(' ').append(key).append('=');
        value.toString().chars().forEach(this::append);
      }
      return this;
    }

    Body with(Owner owner) {
      return with("uid", owner.uid()).with("gid", owner.gid()).with("mode", owner.mode());
    }

    private void append(int character) {
      if (character == ' ' || character == '%' || character < ' ' || character == 0x7f) {
        text.append(String.format("%%%02x", character));
      } else {
        text.append((char) character);
      }
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
