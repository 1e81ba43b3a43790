package org.copybay.fs.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;

/**
 * points/: a directory for each point in time, and in it a file for each of its volumes, which
 * nobody can change. Node numbers are inode numbers above a base. Any thread may call.
 */
final class PointNodes {
  /** The directory points/. */
  static final long ROOT = 4;

  static final String NAME = "points";

  private static final long BASE = 1L << 47;
  private static final long END = 1L << 48;
  private static final int DIRECTORY_PERMISSIONS = 0555;
  private static final int WRITE_PERMISSIONS = 0222;
  private static final int SECTOR_BYTES = 512;
  private static final int SEEK_DATA = 3;

  private final Bay bay;
  private final Owner owner;
  private final Refusal refusal;
  private final long startedNanos;
  private final NodeTable<PointInTime> directories = new NodeTable<>();
  private final NodeTable<PointVolume> files = new NodeTable<>();
  private final HandleTable<PointVolume> open = new HandleTable<>();

  PointNodes(Bay bay, Owner owner, Refusal refusal, long startedNanos) {
    this.bay = bay;
    this.owner = owner;
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

  // ---- names

  /** Fills in the attributes and returns the node. */
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
    PointInTime point = directory(parent);
    PointVolume volume = point.findOrNull(name);
    if (volume == null) {
      throw new FuseException(Errno.ENOENT);
    }
    files.add(node(volume), volume);
    attributes(volume, attr);
    return node(volume);
  }

  void forget(long node, long count) {
    directories.forget(node, count);
    files.forget(node, count);
  }

  private PointInTime directory(long node) throws FuseException {
    PointInTime point = directories.get(node);
    if (point == null) {
      throw new FuseException(files.get(node) == null ? Errno.ESTALE : Errno.ENOTDIR);
    }
    return point;
  }

  private PointVolume file(long node) throws FuseException {
    PointVolume volume = files.get(node);
    if (volume == null) {
      boolean directory = node == ROOT || directories.get(node) != null;
      throw new FuseException(directory ? Errno.EISDIR : Errno.ESTALE);
    }
    return volume;
  }

  /** The entries of points/ or of one point; a dropped one has none. */
  List<DirectoryEntry> list(long node) throws FuseException {
    List<DirectoryEntry> entries = new ArrayList<>();
    if (node == ROOT) {
      for (PointInTime point : bay.points().all()) {
        entries.add(new DirectoryEntry(point.name(), node(point), FileMode.S_IFDIR));
      }
    } else {
      for (PointVolume volume : directory(node).volumes()) {
        entries.add(new DirectoryEntry(volume.name(), node(volume), FileMode.S_IFREG));
      }
    }
    return entries;
  }

  // ---- attributes

  void attributes(long node, FuseAttr attr) throws FuseException {
    if (node == ROOT) {
      owner.directory(attr, ROOT, DIRECTORY_PERMISSIONS);
      attr.times(startedNanos, startedNanos, startedNanos);
    } else if (directories.get(node) != null) {
      attributes(directory(node), attr);
    } else {
      attributes(file(node), attr);
    }
  }

  private void attributes(PointInTime point, FuseAttr attr) {
    owner.directory(attr, node(point), DIRECTORY_PERMISSIONS);
    long created = point.created().toEpochMilli() * 1_000_000;
    attr.times(created, created, created);
  }

  /**
   * The space is told as if there were no holes: what of it the volume shares with the point is not
   * known without going through the map, and a program that looks for holes asks for them.
   */
  private void attributes(PointVolume volume, FuseAttr attr) {
    long created = volume.created().toEpochMilli() * 1_000_000;
    owner.file(attr, volume.owner(), volume.owner().mode() & ~WRITE_PERMISSIONS);
    attr.ino(node(volume))
        .size(volume.size())
        .blocks((volume.size() + SECTOR_BYTES - 1) / SECTOR_BYTES)
        .times(created, created, created);
  }

  // ---- open files

  /** READ_ONLY for who would write. The kernel may keep its pages: they never change. */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    PointVolume volume = file(node);
    if (OpenFlags.writes(flags) || (flags & OpenFlags.O_TRUNC) != 0) {
      throw refused(request, volume, readOnly());
    }
    reply.handle(open.add(volume)).keepCache();
  }

  /** What every gesture that would change something is answered. */
  FuseException refuse(Request request, String name) {
    return refusal.of(request, NAME + "/" + name, readOnly());
  }

  private static StorageException readOnly() {
    return new StorageException(
        Fault.READ_ONLY,
        "a point in time cannot be changed",
        "echo 'drop point=NAME' > .control/ctl gives one up");
  }

  int read(Request request, long handle, long offset, ByteBuffer target) throws FuseException {
    PointVolume volume = opened(handle);
    try {
      return volume.readUpTo(offset, target);
    } catch (StorageException e) {
      throw refused(request, volume, e);
    }
  }

  long lseek(Request request, long handle, long offset, int whence) throws FuseException {
    PointVolume volume = opened(handle);
    try {
      long found = whence == SEEK_DATA ? volume.nextData(offset) : volume.nextHole(offset);
      if (found < 0) {
        throw new FuseException(Errno.ENXIO);
      }
      return found;
    } catch (StorageException e) {
      throw refused(request, volume, e);
    }
  }

  private PointVolume opened(long handle) throws FuseException {
    PointVolume volume = open.get(handle);
    if (volume == null) {
      throw new FuseException(Errno.EBADF);
    }
    return volume;
  }

  void release(long handle) {
    open.remove(handle);
  }

  private FuseException refused(Request request, PointVolume volume, StorageException e) {
    return refusal.of(request, NAME + "/*/" + Words.word(volume.name()), e);
  }
}
