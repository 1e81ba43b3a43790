package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.copybay.volumes.store.MountTable;

/** The file system that a bay lies on, by its type and the options of its mount. */
final class BackingDisk {
  private static final String POINT = "disk of the bay";
  private static final String WANTED = "a local ext4 (not data=writeback), xfs, btrfs or tmpfs";

  private static final Set<String> GOOD = Set.of("ext4", "xfs", "btrfs", "tmpfs");

  private static final Map<String, String> UNFIT =
      Map.ofEntries(
          Map.entry("nfs", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("nfs4", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("cifs", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("smb3", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("ceph", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("afs", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("9p", "the lock of a bay and its syncs do not hold across a network"),
          Map.entry("vfat", "no holes, and no file of 4 GiB or more"),
          Map.entry("msdos", "no holes, and no file of 4 GiB or more"),
          Map.entry("exfat", "no holes"),
          Map.entry("ramfs", "no holes, and no limit of the memory that it takes"));

  private BackingDisk() {}

  static List<Finding> look(Path bay) throws IOException {
    Optional<MountTable.Mount> mount = MountTable.read().holding(bay);
    return mount.isEmpty() ? List.of() : List.of(find(mount.get(), bay));
  }

  static Finding find(MountTable.Mount mount, Path bay) {
    String type = mount.type();
    String found = type + " at " + mount.mountPoint();
    Set<String> options = mount.options();
    String move = "cp -a --sparse=always " + bay + " /DIRECTORY/ON/ANOTHER/DISK";
    String why = UNFIT.get(type);
    if (type.equals("fuse") || type.startsWith("fuse.")) {
      why = "a program lies below it, and what it syncs and locks is not known";
    }
    if (why != null) {
      return Finding.problem(POINT, found + ": " + why, WANTED, move);
    }
    if (options.contains("data=writeback")) {
      return Finding.problem(
          POINT,
          found + " with data=writeback: after a crash a file may hold bytes of another one",
          "data=ordered, which is what ext4 has without that option",
          "tune2fs -o ^journal_data_writeback "
              + mount.source()
              + " (and fstab; then mount again)");
    }
    if (options.contains("volatile")) {
      return Finding.problem(POINT, found + " with volatile: it syncs nothing", WANTED, move);
    }
    if (options.contains("nobarrier") || options.contains("barrier=0")) {
      return Finding.warning(
          POINT,
          found + " without barriers: a sync does not reach through the cache of the disk",
          "barriers, unless that cache has a battery",
          "mount -o remount,barrier=1 " + mount.mountPoint() + " (as root)");
    }
    if (type.equals("overlay")) {
      return Finding.warning(
          POINT,
          found + ", which goes with the container",
          WANTED,
          "docker run -v /srv/bay:/srv/bay …");
    }
    if (!GOOD.contains(type)) {
      return Finding.warning(POINT, found + ", on which Copybay is not tested", WANTED, null);
    }
    return Finding.ok(
        POINT, found + (type.equals("tmpfs") ? ", in memory: gone with the power" : ""));
  }
}
