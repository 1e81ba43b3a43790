package org.copybay.fs.node;

import org.copybay.control.tree.Gesture;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** The answers to what would change names that are fixed: refusals, but for one mkdir. */
final class FixedNames {
  private final Refusal refusal;
  private final ControlNodes controls;
  private final PointNodes points;
  private final ShadowNodes shadow;

  FixedNames(Refusal refusal, ControlNodes controls, PointNodes points, ShadowNodes shadow) {
    this.refusal = refusal;
    this.controls = controls;
    this.points = points;
    this.shadow = shadow;
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
    if (PointNodes.owns(parent)) {
      return points.refuse(request, name);
    }
    if (parent == ShadowNodes.ROOT) {
      return shadow.refuse(request, name);
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

  /** The refusal of chmod and chown of anything but a volume and a virtual unit. */
  FuseException refuseOwner(Request request, long node) throws FuseException {
    if (ControlNodes.owns(node)) {
      return controls.refuse(request, Gesture.CHANGE_OWNER, node, "");
    }
    if (PointNodes.owns(node)) {
      return points.refuse(request, "");
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
    return directory == BayHandler.VOLUMES ? BayHandler.VOLUMES_NAME : "";
  }
}
