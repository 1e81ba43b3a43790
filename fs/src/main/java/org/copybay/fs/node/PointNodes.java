package org.copybay.fs.node;

import java.util.ArrayList;
import java.util.List;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;

/**
 * points/: a directory for each point in time, and in it a file for each of its volumes. Node
 * numbers are inode numbers above a base. Any thread may call.
 */
final class PointNodes extends FrozenNodes {
  /** The directory points/. */
  static final long ROOT = 4;

  static final String NAME = "points";

  private static final long BASE = 1L << 47;
  private static final long END = 1L << 48;
  private static final int DIRECTORY_PERMISSIONS = 0555;

  private final Bay bay;
  private final Refusal refusal;
  private final long startedNanos;
  private final NodeTable<PointInTime> directories = new NodeTable<>();

  PointNodes(Bay bay, Owner owner, Refusal refusal, long startedNanos) {
    super(owner, refusal);
    this.bay = bay;
    this.refusal = refusal;
    this.startedNanos = startedNanos;
  }

  static boolean owns(long node) {
    return node == ROOT || (node >= BASE && node < END);
  }

  private static long node(PointInTime point) {
    return BASE + point.inode();
  }

  private static long node(PointVolume volume) {
    return BASE + volume.inode();
  }

  // ---- what lies where

  @Override
  long lookup(long parent, String name, FuseAttr attr) throws FuseException {
    if (parent == ROOT) {
      PointInTime point = bay.points().findOrNull(name);
      if (point == null) {
        throw new FuseException(Errno.ENOENT);
      }
      directories.add(node(point), point);
      attributes(point, attr);
      return node(point);
    }
    PointInTime point = point(parent);
    PointVolume volume = point.findOrNull(name);
    if (volume == null) {
      throw new FuseException(Errno.ENOENT);
    }
    return remember(node(volume), volume, NAME + "/" + point.name() + "/" + name, attr);
  }

  @Override
  void forgetDirectory(long node, long count) {
    directories.forget(node, count);
  }

  private PointInTime point(long node) throws FuseException {
    PointInTime point = directories.get(node);
    if (point == null) {
      throw noDirectory(node);
    }
    return point;
  }

  @Override
  List<DirectoryEntry> list(long node) throws FuseException {
    List<DirectoryEntry> entries = new ArrayList<>();
    if (node == ROOT) {
      for (PointInTime point : bay.points().all()) {
        entries.add(new DirectoryEntry(point.name(), node(point), FileMode.S_IFDIR));
      }
    } else {
      for (PointVolume volume : point(node).volumes()) {
        entries.add(new DirectoryEntry(volume.name(), node(volume), FileMode.S_IFREG));
      }
    }
    return entries;
  }

  @Override
  boolean directoryAttributes(long node, FuseAttr attr) {
    if (node == ROOT) {
      directory(ROOT, DIRECTORY_PERMISSIONS, startedNanos, attr);
      return true;
    }
    PointInTime point = directories.get(node);
    if (point != null) {
      attributes(point, attr);
    }
    return point != null;
  }

  private void attributes(PointInTime point, FuseAttr attr) {
    long created = Times.nanos(point.created());
    directory(node(point), DIRECTORY_PERMISSIONS, created, attr);
  }

  /** READ_ONLY. */
  @Override
  FuseException refuse(Request request, String gesture, long node, String name) {
    Shown file = findFile(node);
    return refusal.of(
        request,
        file == null ? NAME + "/" + name : file.path(),
        new StorageException(
            Fault.READ_ONLY,
            "a point in time cannot be changed",
            "echo 'drop point=NAME' > .control/ctl gives one up"));
  }
}
