package org.copybay.fs.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.copybay.control.tree.ControlDirectory;
import org.copybay.control.tree.ControlFile;
import org.copybay.control.tree.ControlHandle;
import org.copybay.control.tree.ControlLink;
import org.copybay.control.tree.ControlNode;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.Gesture;
import org.copybay.control.tree.OpenMode;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;

/**
 * The files below .control. A path gets a node number at its first look-up and keeps it while the
 * kernel knows it; what it stands for is looked up anew each time. Any thread may call.
 */
final class ControlNodes {
  /** The node of .control itself. */
  static final long ROOT = 3;

  private static final long BASE = 1L << 48;
  private static final long END = 1L << 49;
  private static final int LINK_PERMISSIONS = 0777;
  private static final int DIRECTORY_PERMISSIONS = 0755;

  private final ControlTree tree;
  private final Owner owner;
  private final long startedNanos;
  private final HandleTable<ControlHandle> open = new HandleTable<>();
  private final RankedLock lock = new RankedLock(LockRank.NODE_TABLE);

  // guarded by lock
  private final Map<Long, Known> byNode = new HashMap<>();
  private final Map<String, Known> byPath = new HashMap<>();
  private long lastNode = BASE;

  private static final class Known {
    final long node;
    ControlNode current; // guarded by lock, as is the count
    long count;

    Known(long node, ControlNode current) {
      this.node = node;
      this.current = current;
    }
  }

  ControlNodes(ControlTree tree, Owner owner, long startedNanos) {
    this.tree = tree;
    this.owner = owner;
    this.startedNanos = startedNanos;
  }

  static boolean owns(long node) {
    return node == ROOT || (node > BASE && node < END);
  }

  // ---- names

  /** Finds a name and fills in its attributes. */
  long lookup(Request request, long parent, String name, FuseAttr attr) throws FuseException {
    try {
      ControlNode found = directory(parent).lookup(name);
      long node = remember(found);
      attributes(request, node, found, attr);
      return node;
    } catch (StorageException e) {
      throw Refusal.silently(e);
    }
  }

  private long remember(ControlNode found) {
    try (var held = lock.enter()) {
      Known known = byPath.get(found.path());
      if (known == null) {
        known = new Known(++lastNode, found);
        byPath.put(found.path(), known);
        byNode.put(known.node, known);
      }
      known.current = found;
      known.count++;
      return known.node;
    }
  }

  void forget(long node, long count) {
    try (var held = lock.enter()) {
      Known known = byNode.get(node);
      if (known != null) {
        known.count -= count;
        if (known.count <= 0) {
          byNode.remove(node);
          byPath.remove(known.current.path());
        }
      }
    }
  }

  private ControlNode node(long node) throws FuseException {
    if (node == ROOT) {
      return tree.root();
    }
    try (var held = lock.enter()) {
      Known known = byNode.get(node);
      if (known == null) {
        throw new FuseException(Errno.ESTALE);
      }
      return known.current;
    }
  }

  private ControlDirectory directory(long node) throws FuseException {
    if (node(node) instanceof ControlDirectory directory) {
      return directory;
    }
    throw new FuseException(Errno.ENOTDIR);
  }

  private ControlFile file(long node) throws FuseException {
    if (node(node) instanceof ControlFile file) {
      return file;
    }
    throw new FuseException(Errno.EISDIR);
  }

  List<DirectoryEntry> list(long node) throws FuseException {
    List<DirectoryEntry> entries = new ArrayList<>();
    for (ControlNode child : directory(node).list()) {
      entries.add(new DirectoryEntry(child.name(), number(child), kind(child)));
    }
    return entries;
  }

  /** A number for a listing: the node's own where the kernel knows it. */
  private long number(ControlNode child) {
    try (var held = lock.enter()) {
      Known known = byPath.get(child.path());
      return known == null ? BASE - 1 : known.node;
    }
  }

  private static int kind(ControlNode node) {
    if (node instanceof ControlDirectory) {
      return FileMode.S_IFDIR;
    }
    return node instanceof ControlLink ? FileMode.S_IFLNK : FileMode.S_IFREG;
  }

  String readlink(long node) throws FuseException {
    if (node(node) instanceof ControlLink link) {
      return link.target();
    }
    throw new FuseException(Errno.EINVAL);
  }

  // ---- attributes

  void attributes(Request request, long node, long handle, FuseAttr attr) throws FuseException {
    ControlHandle opened = open.get(handle);
    try {
      attributes(request, node, node(node), attr);
    } catch (StorageException e) {
      throw Refusal.silently(e);
    }
    if (opened != null) {
      attr.size(opened.size());
    }
  }

  private void attributes(Request request, long node, ControlNode found, FuseAttr attr)
      throws StorageException {
    attr.times(startedNanos, startedNanos, startedNanos);
    if (found instanceof ControlFile file) {
      attr.ino(node)
          .mode(FileMode.S_IFREG | file.mode())
          .owner(owner.uid(), owner.gid())
          .size(file.size(Refusal.caller(request)));
    } else if (found instanceof ControlLink link) {
      attr.ino(node)
          .mode(FileMode.S_IFLNK | LINK_PERMISSIONS)
          .owner(owner.uid(), owner.gid())
          .size(link.target().length());
    } else {
      owner.directory(attr, node, DIRECTORY_PERMISSIONS);
    }
  }

  // ---- open files

  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    ControlFile file = file(node);
    OpenMode mode =
        !OpenFlags.writes(flags)
            ? OpenMode.READ
            : OpenFlags.reads(flags) ? OpenMode.READ_WRITE : OpenMode.WRITE;
    try {
      reply.handle(open.add(file.open(Refusal.caller(request), mode))).directIo();
      if (file.streaming()) {
        reply.stream();
      }
    } catch (StorageException e) {
      throw Refusal.silently(e);
    }
  }

  private ControlHandle opened(long handle) throws FuseException {
    ControlHandle opened = open.get(handle);
    if (opened == null) {
      throw new FuseException(Errno.EBADF);
    }
    return opened;
  }

  int read(long handle, long offset, ByteBuffer target) throws FuseException {
    try {
      return opened(handle).read(offset, target);
    } catch (StorageException e) {
      throw Refusal.silently(e);
    }
  }

  int write(long handle, long offset, ByteBuffer source) throws FuseException {
    try {
      return opened(handle).write(offset, source);
    } catch (StorageException e) {
      throw Refusal.silently(e);
    }
  }

  void release(long handle) {
    ControlHandle opened = open.remove(handle);
    if (opened != null) {
      opened.close();
    }
  }

  void releaseAll() {
    open.all().forEach(ControlHandle::close);
  }

  // ---- gestures, of which only one mkdir does anything here

  /** Makes a directory where the tree does, and fills in its attributes. */
  long mkdir(Request request, long parent, String name, FuseAttr attr) throws FuseException {
    try {
      tree.makeDirectory(Refusal.caller(request), child(parent, name));
    } catch (StorageException e) {
      throw Refusal.silently(e);
    }
    return lookup(request, parent, name, attr);
  }

  FuseException refuse(Request request, Gesture gesture, long parent, String name)
      throws FuseException {
    String path = child(parent, name);
    return Refusal.silently(tree.refuse(Refusal.caller(request), gesture, path));
  }

  private String child(long parent, String name) throws FuseException {
    String path = node(parent).path();
    return path.isEmpty() ? name : name.isEmpty() ? path : path + "/" + name;
  }
}
