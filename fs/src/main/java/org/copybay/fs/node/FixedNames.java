package org.copybay.fs.node;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.copybay.control.tree.Gesture;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** The names that are fixed, and the answers to what would change them: refusals, but one mkdir. */
final class FixedNames {
  /** How long the kernel may use a name in the root without asking: none ever changes. */
  static final long VALID_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Refusal refusal;
  private final ControlNodes controls;
  private final FrozenTrees frozen;
  private final ShadowNodes shadow;
  private final OpticalNodes optical;
  private final DriveNodes drives;
  private final TapeNodes tapes;

  FixedNames(
      Refusal refusal,
      ControlNodes controls,
      FrozenTrees frozen,
      ShadowNodes shadow,
      OpticalNodes optical,
      DriveNodes drives,
      TapeNodes tapes) {
    this.refusal = refusal;
    this.controls = controls;
    this.frozen = frozen;
    this.shadow = shadow;
    this.optical = optical;
    this.drives = drives;
    this.tapes = tapes;
  }

  /** The node of a name in the root of the mount; ENOENT, also for another parent. */
  static long find(long parent, String name) throws FuseException {
    return switch (parent == FuseHandler.ROOT ? name : "") {
      case BayHandler.CONTROL_NAME -> ControlNodes.ROOT;
      case BayHandler.VOLUMES_NAME -> BayHandler.VOLUMES;
      case BackupNodes.NAME -> BackupNodes.ROOT;
      case PointNodes.NAME -> PointNodes.ROOT;
      case ShadowNodes.NAME -> ShadowNodes.ROOT;
      case OpticalNodes.NAME -> OpticalNodes.ROOT;
      case DriveNodes.NAME -> DriveNodes.ROOT;
      case TapeNodes.NAME -> TapeNodes.ROOT;
      default -> throw new FuseException(Errno.ENOENT);
    };
  }

  /** Makes a directory below .control where that is possible, and fills in its attributes. */
  long mkdir(Request request, long parent, String name, FuseAttr attr) throws FuseException {
    if (ControlNodes.owns(parent)) {
      return controls.mkdir(request, parent, name, attr);
    }
    throw refuse(request, Gesture.MKDIR, parent, name);
  }

  /** The refusal of a gesture in that directory. */
  FuseException refuse(Request request, Gesture gesture, long parent, String name)
      throws FuseException {
    if (ControlNodes.owns(parent)) {
      return controls.refuse(request, gesture, parent, name);
    }
    String word = gesture.name().toLowerCase(Locale.ROOT);
    FrozenNodes tree = frozen.find(parent);
    if (tree != null) {
      return tree.refuse(request, word, parent, name);
    }
    if (parent == FuseHandler.ROOT && name.equals(BackupNodes.NAME)) {
      return frozen.backups().refuse(request, word, BackupNodes.ROOT, "");
    }
    if (parent == ShadowNodes.ROOT) {
      return shadow.refuse(request, name);
    }
    if (parent == OpticalNodes.ROOT) {
      return optical.refuse(request, name);
    }
    if (parent == DriveNodes.ROOT) {
      return drives.refuse(request, name);
    }
    if (TapeNodes.hasNames(parent)) {
      return tapes.refuse(request, parent, name);
    }
    boolean volumes = parent == BayHandler.VOLUMES;
    String where = volumes ? BayHandler.VOLUMES_NAME + "/" + name : name;
    String what =
        volumes
            ? "volumes/ holds volumes only, no directories, links or special files"
            : "the root of the mount is fixed";
    return refusal.of(
        request,
        where,
        new StorageException(
            Fault.FORBIDDEN, what, "echo 'create volume NAME size=SIZE' > .control/ctl"));
  }

  /** The refusal of a rename that is not within volumes/. */
  FuseException refuseRename(
      Request request, long parent, String name, long newParent, String newName)
      throws FuseException {
    boolean leaving =
        parent == FuseHandler.ROOT
            || parent == ShadowNodes.ROOT
            || parent == OpticalNodes.ROOT
            || parent == DriveNodes.ROOT
            || TapeNodes.hasNames(parent)
            || ControlNodes.owns(parent)
            || BackupNodes.owns(parent);
    boolean intoBackups = BackupNodes.owns(newParent) && !BackupNodes.owns(parent);
    return leaving && !intoBackups
        ? refuse(request, Gesture.RENAME, parent, name)
        : refuse(request, Gesture.RENAME, newParent, newName);
  }

  /** The refusal of another name for a file. */
  FuseException refuseLink(Request request, long node, long newParent, String newName)
      throws FuseException {
    return BackupNodes.owns(node)
        ? refuse(request, Gesture.LINK, node, "")
        : refuse(request, Gesture.LINK, newParent, newName);
  }

  /**
   * The refusal of chmod and chown of a directory, but for those of points and backups, and of
   * control files.
   */
  FuseException refuseOwner(Request request, long node) throws FuseException {
    if (ControlNodes.owns(node)) {
      return controls.refuse(request, Gesture.CHANGE_OWNER, node, "");
    }
    return refusal.of(
        request,
        nameOf(node),
        new StorageException(
            Fault.FORBIDDEN,
            "owner and mode of the directories of the mount are fixed",
            "mount with uid=N,gid=N, or change the volumes"));
  }

  private static String nameOf(long directory) {
    if (directory == ShadowNodes.ROOT) {
      return ShadowNodes.NAME;
    }
    if (directory == OpticalNodes.ROOT) {
      return OpticalNodes.NAME;
    }
    if (directory == DriveNodes.ROOT || DriveNodes.owns(directory)) {
      return DriveNodes.NAME;
    }
    if (directory == TapeNodes.ROOT) {
      return TapeNodes.NAME;
    }
    return directory == BayHandler.VOLUMES ? BayHandler.VOLUMES_NAME : "";
  }
}
