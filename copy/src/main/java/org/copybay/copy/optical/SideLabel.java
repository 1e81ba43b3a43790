package org.copybay.copy.optical;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Properties;
import java.util.zip.CRC32C;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.copybay.volumes.store.NativeFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the catalogue knows of a side, once more beside its bytes: a catalogue that was made anew
 * has it from there. Lines {@code key=value}, the first of them {@code crc} over the rest. Written
 * anew as a whole after each change; one that is behind by a change is no damage.
 *
 * @param row of the side; bases and where it was copied from are not kept
 * @param type of its medium
 * @param sectorBytes bytes of a sector
 * @param sides of its cartridge
 */
record SideLabel(SideRecord row, MediaType type, int sectorBytes, int sides) {
  private static final Logger LOG = LoggerFactory.getLogger(SideLabel.class);
  private static final String CRC = "crc=";

  /** Writes that of a volume; where that fails it stays as it was, and the log says so. */
  static void write(OpticalVolume volume) {
    try {
      write(volume.medium().volume().directory(), text(volume));
    } catch (StorageException | IOException e) {
      LOG.warn("label of optical volume={}: {}", volume.key(), e.getMessage());
    }
  }

  /** Writes that of a volume where it is not what it should be, after a crash or by hand. */
  static void repair(OpticalVolume volume) {
    try {
      Path there = volume.medium().volume().directory().resolve(MemberBytes.SIDE_LABEL);
      if (Files.exists(there) && Files.readString(there).equals(text(volume))) {
        return;
      }
    } catch (IOException e) {
      LOG.warn("label of optical volume={}: {}", volume.key(), e.getMessage());
    }
    write(volume);
  }

  private static void write(Path directory, String text) throws StorageException, IOException {
    Path made = directory.resolve(MemberBytes.NEW_SIDE_LABEL);
    Files.deleteIfExists(made);
    try (NativeFile file = NativeFile.openOrCreate(made)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      for (long at = 0; source.hasRemaining(); ) {
        at += file.write(at, source);
      }
      file.sync();
    }
    Files.move(
        made,
        directory.resolve(MemberBytes.SIDE_LABEL),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    NativeFile.syncDirectory(directory);
  }

  private static String text(OpticalVolume volume) {
    SideRecord row = volume.row();
    SideRecord.Label label = row.label();
    StringBuilder body = new StringBuilder();
    line(body, "key", row.key());
    line(body, "cartridge", row.cartridge());
    line(body, "side", row.side());
    line(body, "sides", volume.sides());
    line(body, "media", volume.medium().type().name());
    line(body, "sector", volume.medium().sectorBytes());
    line(body, "id", row.id());
    line(body, "state", row.state().name());
    line(body, "uid", row.owner().uid());
    line(body, "gid", row.owner().gid());
    line(body, "mode", row.owner().mode());
    line(body, "type", label.type().name());
    line(body, "primary", label.primary() == null ? "" : label.primary());
    line(body, "format", label.format().name());
    line(body, "threshold", label.threshold());
    line(body, "text", label.text());
    line(body, "created", label.created());
    line(body, "usable", label.usable());
    line(body, "first", label.first());
    line(body, "protected", label.writeProtected());
    return CRC + String.format("%08x", crc(body.toString())) + "\n" + body;
  }

  private static void line(StringBuilder body, String key, Object value) {
    body.append(key).append('=').append(escaped(value.toString())).append('\n');
  }

  /**
   * As {@link Properties} reads it: blanks at the beginning and ends of lines stay what they are.
   */
  private static String escaped(String text) {
    String one = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return one.isEmpty() || !Character.isWhitespace(one.charAt(0)) ? one : "\\" + one;
  }

  private static int crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /** That of a volume of the bay with another number in the mount, or null where none checks. */
  static @Nullable SideLabel read(Volume volume, long inode) {
    try {
      String text =
          Files.readString(
              volume.directory().resolve(MemberBytes.SIDE_LABEL), StandardCharsets.UTF_8);
      int end = text.indexOf('\n');
      String body = text.substring(end + 1);
      if (end < 0 || !text.substring(0, end).equals(CRC + String.format("%08x", crc(body)))) {
        LOG.warn("label of volume={} does not check", volume.name());
        return null;
      }
      Properties values = new Properties();
      values.load(new StringReader(body));
      return decode(values, volume, inode);
    } catch (IOException | RuntimeException e) {
      LOG.warn("label of volume={}: {}", volume.name(), e.getMessage());
      return null;
    }
  }

  private static SideLabel decode(Properties values, Volume volume, long inode) {
    String primary = values.getProperty("primary");
    SideRecord.Label label =
        new SideRecord.Label(
            VolumeType.valueOf(values.getProperty("type")),
            primary.isEmpty() ? null : primary,
            MediaFormat.valueOf(values.getProperty("format")),
            number(values, "threshold"),
            values.getProperty("text"),
            Instant.parse(values.getProperty("created")),
            Long.parseLong(values.getProperty("usable")),
            Long.parseLong(values.getProperty("first")),
            Boolean.parseBoolean(values.getProperty("protected")));
    SideRecord row =
        new SideRecord(
            values.getProperty("key"),
            values.getProperty("cartridge"),
            number(values, "side"),
            volume.id(),
            inode,
            values.getProperty("id"),
            SideState.valueOf(values.getProperty("state")),
            new Owner(number(values, "uid"), number(values, "gid"), number(values, "mode")),
            label,
            null,
            null);
    return new SideLabel(
        row,
        MediaType.valueOf(values.getProperty("media")),
        number(values, "sector"),
        number(values, "sides"));
  }

  private static int number(Properties values, String key) {
    return Integer.parseInt(values.getProperty(key));
  }
}
