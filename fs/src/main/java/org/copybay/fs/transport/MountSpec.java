package org.copybay.fs.transport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.store.MountTable;

/**
 * Where and how a handler is mounted. Every mount is nosuid, nodev and default_permissions: the
 * kernel checks modes and owners.
 *
 * @param mountPoint an existing directory, as an absolute path without symbolic links
 * @param source what {@code findmnt} shows as the source, such as {@code copybay#lab}
 * @param readOnly the kernel refuses every change with EROFS
 * @param allowOther other users than the one who mounts may enter
 * @param noExec no program runs from there
 */
public record MountSpec(
    Path mountPoint, String source, boolean readOnly, boolean allowOther, boolean noExec) {

  public MountSpec {
    if (!mountPoint.isAbsolute()) {
      throw new IllegalArgumentException("mountPoint=" + mountPoint + " must be absolute");
    }
    if (source.isEmpty() || source.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("source must have a text without control characters");
    }
  }

  /** The options as libfuse and fusermount3 take them, for more to be added. */
  public List<String> options() {
    List<String> options = new ArrayList<>();
    options.add(readOnly ? "ro" : "rw");
    options.add("nosuid");
    options.add("nodev");
    if (noExec) {
      options.add("noexec");
    }
    options.add("default_permissions");
    if (allowOther) {
      options.add("allow_other");
    }
    options.add("fsname=" + source.replace("\\", "\\\\").replace(",", "\\,"));
    options.add("subtype=" + MountTable.BAY_TYPE.substring("fuse.".length()));
    return options;
  }
}
