package org.copybay.fs.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeImport;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.Tapes;
import org.copybay.fs.node.TapeFileNodes.Known;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Opener;
import org.jspecify.annotations.Nullable;

/**
 * The files in tapes/: every cartridge, as a SIMH tape image that can be read; an image that is
 * written there under a new name becomes a cartridge. The tape files of each are in .files. Any
 * thread may call.
 */
final class TapeNodes {
  /** The directory tapes/. */
  static final long ROOT = 9;

  static final String NAME = "tapes";

  private static final long BASE = 1L << 30;
  private static final long END = 1L << 32;
  private static final int PERMISSIONS = 0440;
  private static final int SECTOR_BYTES = 512;

  /** The kernel gathers no requests of files that are open with direct_io. */
  private static final int REQUEST_BYTES = 128 << 10;

  /**
   * What is open: for reading, or in the making.
   *
   * @param path below the mount
   */
  private record Open(String path, @Nullable ShownTape shown, @Nullable TapeImport making) {}

  private final Tapes tapes;
  private final Owner owner;
  private final Refusal refusal;
  private final TapeFileNodes files;
  private final NodeTable<TapeCartridge> known = new NodeTable<>();
  private final HandleTable<Open> open = new HandleTable<>();

  TapeNodes(Tapes tapes, Owner owner, Refusal refusal, long startedNanos) {
    this.tapes = tapes;
    this.owner = owner;
    this.refusal = refusal;
    this.files = new TapeFileNodes(tapes, owner, startedNanos);
  }

  /** Whether that is the node of a cartridge, or one in .files; {@link #ROOT} is not. */
  static boolean owns(long node) {
    return (node >= BASE && node < END) || TapeFileNodes.owns(node);
  }

  /** Whether names may stand in that node. */
  static boolean hasNames(long node) {
    return node == ROOT || TapeFileNodes.owns(node);
  }

  private static long node(TapeCartridge cartridge) {
    return BASE + cartridge.row().inode();
  }

  private static String path(String name) {
    return name.isEmpty() ? NAME : NAME + "/" + name;
  }

  // ---- names

  /** Fills in the attributes and returns the node. ENOENT. */
  long lookup(Request request, long parent, String name, FuseAttr attr) throws FuseException {
    if (TapeFileNodes.owns(parent)) {
      try {
        return files.lookup(parent, name, attr);
      } catch (StorageException e) {
        throw refusal.of(request, pathOf(parent) + "/" + name, e);
      }
    }
    if (name.equals(TapeFileNodes.NAME)) {
      attributes(request, TapeFileNodes.ROOT, attr);
      return TapeFileNodes.ROOT;
    }
    TapeCartridge cartridge = tapes.cartridgeOrNull(name);
    if (cartridge != null) {
      return remember(cartridge, attr);
    }
    TapeImport making = tapes.imports().findOrNull(name);
    if (making == null) {
      throw new FuseException(Errno.ENOENT);
    }
    return remember(making.cartridge(), attr);
  }

  private long remember(TapeCartridge cartridge, FuseAttr attr) {
    known.add(node(cartridge), cartridge);
    attributes(cartridge, attr);
    return node(cartridge);
  }

  void forget(long node, long count) {
    if (TapeFileNodes.owns(node)) {
      files.forget(node, count);
    } else {
      known.forget(node, count);
    }
  }

  /** What stands in tapes/ or a directory below it. ENOTDIR, ESTALE, and of reading an index. */
  List<DirectoryEntry> list(long node) throws FuseException {
    if (node != ROOT) {
      try {
        return files.list(node);
      } catch (StorageException e) {
        throw Refusal.silently(e);
      }
    }
    List<DirectoryEntry> entries = new ArrayList<>();
    entries.add(new DirectoryEntry(TapeFileNodes.NAME, TapeFileNodes.ROOT, FileMode.S_IFDIR));
    for (TapeCartridge each : tapes.cartridges()) {
      entries.add(new DirectoryEntry(each.barcode(), node(each), FileMode.S_IFREG));
    }
    return entries;
  }

  /** What every gesture that would change a name is answered. */
  FuseException refuse(Request request, long parent, String name) throws FuseException {
    String where = pathOf(parent) + (name.isEmpty() ? "" : "/" + name);
    if (TapeFileNodes.owns(parent)) {
      return refuseFile(request, where);
    }
    return refusal.of(
        request,
        where,
        new StorageException(
            Fault.FORBIDDEN,
            tapes.cartridgeOrNull(name) == null
                ? "tapes/ holds tape cartridges only"
                : "cartridge " + name + " is changed by commands and through drives only",
            tapes.cartridgeOrNull(name) == null
                ? "cp IMAGE.tap tapes/BARCODE, or: echo 'tape add library=VTL1 barcode=BARCODE' >"
                    + " .control/ctl"
                : "echo 'tape destroy barcode=" + name + "' > .control/ctl"));
  }

  private FuseException refuseFile(Request request, String where) {
    return refusal.of(
        request,
        where,
        new StorageException(
            Fault.FORBIDDEN,
            "tapes/.files/ shows what cartridges hold, and changes nothing",
            "a program writes to a cartridge through a drive: tape load barcode=BARCODE"));
  }

  private String pathOf(long node) throws FuseException {
    if (node == ROOT) {
      return NAME;
    }
    if (!TapeFileNodes.owns(node)) {
      return path(known.find(node).barcode());
    }
    Known of = files.find(node);
    return of == null ? path(TapeFileNodes.NAME) : of.path();
  }

  // ---- attributes

  void attributes(Request request, long node, FuseAttr attr) throws FuseException {
    if (!TapeFileNodes.owns(node)) {
      attributes(known.find(node), attr);
      return;
    }
    try {
      files.attributes(node, attr);
    } catch (StorageException e) {
      throw refusal.of(request, pathOf(node), e);
    }
  }

  private void attributes(TapeCartridge cartridge, FuseAttr attr) {
    Contents contents = cartridge.shown();
    TapeImport making = tapes.imports().findOrNull(cartridge);
    boolean there = making != null || tapes.cartridgeOrNull(cartridge.barcode()) == cartridge;
    long size = making == null ? contents.imageBytes() : making.received();
    file(owner, attr, size, contents.bytes());
    attr.ino(node(cartridge)).links(there ? 1 : 0);
    times(cartridge, attr);
  }

  /** What the attributes of all files here have in common. */
  static void file(Owner owner, FuseAttr attr, long size, long bytes) {
    attr.mode(FileMode.S_IFREG | PERMISSIONS)
        .owner(owner.uid(), owner.gid())
        .size(size)
        .requestBytes(REQUEST_BYTES)
        .blocks((bytes + SECTOR_BYTES - 1) / SECTOR_BYTES);
  }

  /** The time of the last write to a cartridge as all times. */
  static void times(TapeCartridge cartridge, FuseAttr attr) {
    Contents contents = cartridge.contents();
    Attributes.showTime(
        attr, contents.written() == null ? cartridge.row().created() : contents.written());
  }

  /** Times have no effect; of what is being made owner and mode neither, for cp gives them. */
  void setattr(Request request, long node, AttrChange change) throws FuseException {
    TapeImport making =
        TapeFileNodes.owns(node) ? null : tapes.imports().findOrNull(known.find(node));
    if (making == null && (change.hasSize() || Attributes.changesOwner(change))) {
      throw TapeFileNodes.owns(node)
          ? refuseFile(request, pathOf(node))
          : refuse(request, ROOT, known.find(node).barcode());
    }
    if (making != null && change.hasSize()) {
      try {
        making.setSize(change.size());
      } catch (StorageException e) {
        throw refusal.of(request, pathOf(node), e);
      }
    }
  }

  // ---- open files

  /**
   * Shows what the tape holds now. Past the page cache: while the tape grows, a page with its end
   * would be filled with zeros, which are filemarks.
   */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    String path = pathOf(node);
    boolean writes = OpenFlags.writes(flags) || (flags & OpenFlags.O_TRUNC) != 0;
    try {
      if (TapeFileNodes.owns(node)) {
        Known of = files.find(node);
        if (of == null) {
          throw new FuseException(Errno.EISDIR);
        }
        if (writes) {
          throw refuseFile(request, path);
        }
        reply.handle(open.add(new Open(path, files.open(of), null))).directIo();
      } else {
        reply.handle(open.add(new Open(path, show(known.find(node), writes), null))).directIo();
      }
    } catch (StorageException e) {
      throw refusal.of(request, path, e);
    }
  }

  private ShownTape show(TapeCartridge cartridge, boolean writes)
      throws FuseException, StorageException {
    String barcode = cartridge.barcode();
    if (tapes.cartridgeOrNull(barcode) != cartridge) {
      tapes.imports().requireNone(barcode);
      throw new FuseException(Errno.ESTALE);
    }
    if (writes) {
      throw new StorageException(
          Fault.READ_ONLY,
          "cartridge " + barcode + " is written through a drive",
          "tape load barcode=" + barcode + " drive=nst0");
    }
    return tapes.show(cartridge);
  }

  /** Begins a cartridge, fills in the attributes and returns the node. */
  long create(Request request, String name, int flags, FuseAttr attr, OpenReply reply)
      throws FuseException {
    TapeCartridge there = tapes.cartridgeOrNull(name);
    if (there != null && (flags & OpenFlags.O_EXCL) == 0) { // another process was faster
      long node = remember(there, attr);
      open(request, node, flags, reply);
      return node;
    }
    try {
      TapeImport making =
          tapes.imports().create(name, new Opener(request.pid(), OpenFlags.writes(flags)));
      reply.handle(open.add(new Open(path(name), null, making))).directIo();
      return remember(making.cartridge(), attr);
    } catch (StorageException e) {
      throw refusal.of(request, path(name), e);
    }
  }

  private Open opened(long handle) throws FuseException {
    Open opened = open.get(handle);
    if (opened == null) {
      throw new FuseException(Errno.EBADF);
    }
    return opened;
  }

  int read(Request request, long handle, long offset, ByteBuffer target) throws FuseException {
    Open opened = opened(handle);
    if (opened.shown() == null) {
      throw new FuseException(Errno.EBADF);
    }
    try {
      return opened.shown().read(offset, target);
    } catch (StorageException e) {
      throw refusal.of(request, opened.path(), e);
    }
  }

  int write(Request request, long handle, long offset, ByteBuffer source) throws FuseException {
    Open opened = opened(handle);
    if (opened.making() == null) {
      throw new FuseException(Errno.EBADF);
    }
    try {
      return opened.making().write(offset, source);
    } catch (StorageException e) {
      throw refusal.of(request, opened.path(), e);
    }
  }

  /** close(2) of one descriptor: its error is that of what came so far. */
  void flush(Request request, long handle) throws FuseException {
    Open opened = open.get(handle);
    if (opened != null && opened.making() != null) {
      try {
        opened.making().descriptorClosed();
      } catch (StorageException e) {
        throw refusal.of(request, opened.path(), e);
      }
    }
  }

  void fsync(Request request, long handle) throws FuseException {
    Open opened = opened(handle);
    if (opened.making() != null) {
      try {
        opened.making().sync();
      } catch (StorageException e) {
        throw refusal.of(request, opened.path(), e);
      }
    }
  }

  void release(Request request, long handle) {
    Open opened = open.remove(handle);
    if (opened == null) {
      return;
    }
    try {
      close(opened, false);
    } catch (StorageException e) {
      refusal.of(request, opened.path(), e); // there is nobody to tell but last_error
    }
  }

  private static void close(Open opened, boolean cut) throws StorageException {
    if (opened.shown() != null) {
      opened.shown().close();
    }
    if (opened.making() != null && cut) {
      opened.making().connectionCut();
    } else if (opened.making() != null) {
      opened.making().close();
    }
  }

  /** Lets go of what is still open when the connection was cut. */
  void releaseAll() {
    for (Open each : open.all()) {
      try {
        close(each, true);
      } catch (StorageException e) {
        // an event says so
      }
    }
  }
}
