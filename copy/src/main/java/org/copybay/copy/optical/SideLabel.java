package org.copybay.copy.optical;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.copybay.volumes.store.SealedText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the catalogue knows of a side, once more beside its bytes ({@link SealedText}): a catalogue
 * that was made anew has it from there. Written after each change; one that is behind by a change
 * is no damage.
 *
 * @param row of the side; bases and where it was copied from are not kept
 * @param type of its medium
 * @param sectorBytes bytes of a sector
 * @param sides of its cartridge
 */
record SideLabel(SideRecord row, MediaType type, int sectorBytes, int sides) {
  private static final Logger LOG = LoggerFactory.getLogger(SideLabel.class);

  /** Writes that of a volume; where that fails it stays as it was, and the log says so. */
  static void write(OpticalVolume volume) {
    try {
      SealedText.replace(file(volume.medium().volume()), text(volume));
    } catch (StorageException e) {
      LOG.warn("label of optical volume={}: {}", volume.key(), e.getMessage());
    }
  }

  /** Writes that of a volume where it is not what it should be, after a crash or by hand. */
  static void repair(OpticalVolume volume) {
    try {
      if (SealedText.load(file(volume.medium().volume())).equals(text(volume))) {
        return;
      }
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND) {
        LOG.warn("label of optical volume={}: {}", volume.key(), e.getMessage());
      }
    }
    write(volume);
  }

  private static Path file(Volume volume) {
    return volume.directory().resolve(MemberBytes.SIDE_LABEL);
  }

  private static String text(OpticalVolume volume) {
    SideRecord row = volume.row();
    SideRecord.Label label = row.label();
    return new SealedText()
        .line("key", row.key())
        .line("cartridge", row.cartridge())
        .line("side", row.side())
        .line("sides", volume.sides())
        .line("media", volume.medium().type().name())
        .line("sector", volume.medium().sectorBytes())
        .line("id", row.id())
        .line("state", row.state().name())
        .line("uid", row.owner().uid())
        .line("gid", row.owner().gid())
        .line("mode", row.owner().mode())
        .line("type", label.type().name())
        .line("primary", label.primary() == null ? "" : label.primary())
        .line("format", label.format().name())
        .line("threshold", label.threshold())
        .line("text", label.text())
        .line("created", label.created())
        .line("usable", label.usable())
        .line("first", label.first())
        .line("protected", label.writeProtected())
        .text();
  }

  /** That of a volume of the bay with another number in the mount, or null where none checks. */
  static @Nullable SideLabel read(Volume volume, long inode) {
    try {
      return decode(SealedText.read(file(volume)), volume, inode);
    } catch (StorageException | RuntimeException e) {
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
