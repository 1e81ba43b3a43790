package org.copybay.control.tree;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.jspecify.annotations.Nullable;

/** What there is to say about one volume. */
final class VolumePages {
  /** The keys of the page that are files of their own, with one value each. */
  static final List<String> VALUES =
      List.of(
          "type",
          "state",
          "size",
          "sector_size",
          "cache_mode",
          "uuid",
          "generation",
          "created",
          "owner");

  private static final int SECTOR_SIZE_BYTES = 512;

  private VolumePages() {}

  static Page status(Volume volume) {
    VolumeRecord row = volume.row();
    Hold hold = volume.hold();
    List<Opener> openers = volume.openers();
    return new Page()
        .put("name", row.name())
        .put("type", "disk")
        .put("state", row.state().word())
        .put("size", volume.size())
        .put("sector_size", SECTOR_SIZE_BYTES)
        .put("allocated_bytes", allocated(volume))
        .put("cache_mode", row.cache().word())
        .put("uuid", row.id())
        .put("generation", row.generation())
        .put("created", row.created())
        .put("owner", row.owner().uid() + ":" + row.owner().gid())
        .put("mode", String.format("%04o", row.owner().mode()))
        .put("path", volume.home())
        .put("failure", volume.failure())
        .put("open_count", openers.size())
        .put("writer_count", openers.stream().filter(Opener::writing).count())
        .put("held_by_job", hold == null ? null : hold.job())
        .put("held_reason", hold == null ? null : hold.reason())
        .put("reads", volume.activity().reads())
        .put("read_bytes", volume.activity().readBytes())
        .put("changes", volume.activity().changes())
        .put("changed_bytes", volume.activity().changedBytes());
  }

  private static @Nullable Long allocated(Volume volume) {
    try {
      return volume.status().blocks() * 512;
    } catch (StorageException e) {
      return null; // damaged: the failure says why
    }
  }

  /** Who has it open. */
  static String openers(Volume volume) {
    StringBuilder text = new StringBuilder("# pid access process\n");
    for (Opener opener : volume.openers()) {
      text.append(opener.pid()).append(opener.writing() ? " write " : " read ");
      text.append(Words.word(opener.describe())).append('\n');
    }
    return text.toString();
  }

  /** What other things depend on it. */
  static String relations(Volume volume) {
    Hold hold = volume.hold();
    String header = "# kind id reason\n";
    return hold == null
        ? header
        : header + "job " + hold.job() + " " + Words.word(hold.reason()) + "\n";
  }
}
