package org.copybay.fs.node;

import java.nio.ByteBuffer;
import java.util.List;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointVolume;
import org.jspecify.annotations.Nullable;

/**
 * A tree of directories that shows volumes as they were, in files that nobody can change: what the
 * files are, and how they are read. What lies where is up to each tree. Any thread may call.
 */
abstract class FrozenNodes {
  private static final int WRITE_PERMISSIONS = 0222;
  private static final int SECTOR_BYTES = 512;
  private static final int SEEK_DATA = 3;

  /**
   * A file.
   *
   * @param volume what it shows
   * @param path below the mount
   */
  record Shown(PointVolume volume, String path) {}

  private final Owner owner;
  private final Refusal refusal;
  private final NodeTable<Shown> files = new NodeTable<>();
  private final HandleTable<Shown> open = new HandleTable<>();

  FrozenNodes(Owner owner, Refusal refusal) {
    this.owner = owner;
    this.refusal = refusal;
  }

  // ---- what lies where

  /** Fills in the attributes and returns the node. */
  abstract long lookup(long parent, String name, FuseAttr attr) throws FuseException;

  /** The entries of a directory; what is gone has none. */
  abstract List<DirectoryEntry> list(long node) throws FuseException;

  /** Gives back look-ups of a directory. */
  abstract void forgetDirectory(long node, long count);

  /** Fills in the attributes of a directory; false where the node is none. */
  abstract boolean directoryAttributes(long node, FuseAttr attr);

  /**
   * What a gesture that would change something is answered.
   *
   * @param gesture in a word
   * @param node the directory of the name, or what is meant where the name is empty
   */
  abstract FuseException refuse(Request request, String gesture, long node, String name);

  // ---- files

  /** Remembers a file that was looked up, fills in its attributes and returns the node. */
  final long remember(long node, PointVolume volume, String path, FuseAttr attr) {
    files.add(node, new Shown(volume, path));
    attributes(node, volume, attr);
    return node;
  }

  final void forget(long node, long count) {
    files.forget(node, count);
    forgetDirectory(node, count);
  }

  /** The file with that number that the kernel knows, or null. */
  final @Nullable Shown findFile(long node) {
    return files.get(node);
  }

  /** The refusal to look into what is no directory. ENOTDIR, ESTALE. */
  final FuseException noDirectory(long node) {
    return new FuseException(files.get(node) == null ? Errno.ESTALE : Errno.ENOTDIR);
  }

  final void attributes(long node, FuseAttr attr) throws FuseException {
    Shown file = files.get(node);
    if (file != null) {
      attributes(node, file.volume, attr);
    } else if (!directoryAttributes(node, attr)) {
      throw new FuseException(Errno.ESTALE);
    }
  }

  /**
   * The space is told as if there were no holes: what of it the volume shares with the point is not
   * known without going through the map, and a program that looks for holes asks for them.
   */
  private void attributes(long node, PointVolume volume, FuseAttr attr) {
    long created = Times.nanos(volume.created());
    owner.file(attr, volume.owner(), volume.owner().mode() & ~WRITE_PERMISSIONS);
    attr.ino(node)
        .size(volume.size())
        .blocks((volume.size() + SECTOR_BYTES - 1) / SECTOR_BYTES)
        .times(created, created, created);
  }

  final void directory(long node, int permissions, long nanos, FuseAttr attr) {
    owner.directory(attr, node, permissions);
    attr.times(nanos, nanos, nanos);
  }

  // ---- open files

  /** Refused to who would write. The kernel may keep the pages: they never change. */
  final void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    Shown file = files.get(node);
    if (file == null) {
      boolean directory = directoryAttributes(node, new FuseAttr());
      throw new FuseException(directory ? Errno.EISDIR : Errno.ESTALE);
    }
    if (OpenFlags.writes(flags) || (flags & OpenFlags.O_TRUNC) != 0) {
      throw refuse(request, "open", node, "");
    }
    reply.handle(open.add(file)).keepCache();
  }

  final int read(Request request, long handle, long offset, ByteBuffer target)
      throws FuseException {
    Shown file = opened(handle);
    try {
      return file.volume.readUpTo(offset, target);
    } catch (StorageException e) {
      throw refusal.of(request, file.path, e);
    }
  }

  final long lseek(Request request, long handle, long offset, int whence) throws FuseException {
    Shown file = opened(handle);
    try {
      long found =
          whence == SEEK_DATA ? file.volume.nextData(offset) : file.volume.nextHole(offset);
      if (found < 0) {
        throw new FuseException(Errno.ENXIO);
      }
      return found;
    } catch (StorageException e) {
      throw refusal.of(request, file.path, e);
    }
  }

  private Shown opened(long handle) throws FuseException {
    Shown file = open.get(handle);
    if (file == null) {
      throw new FuseException(Errno.EBADF);
    }
    return file;
  }

  final void release(long handle) {
    open.remove(handle);
  }
}
