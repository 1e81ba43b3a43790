package org.copybay.fs.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.Tapes;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The files in tapes/: every cartridge, as a SIMH tape image that can be read. Any thread may call.
 */
final class TapeNodes {
  /** The directory tapes/. */
  static final long ROOT = 9;

  static final String NAME = "tapes";

  private static final long BASE = 1L << 30;
  private static final long END = 1L << 32;
  private static final int PERMISSIONS = 0440;
  private static final int SECTOR_BYTES = 512;

  /**
   * An open image.
   *
   * @param barcode of its cartridge
   */
  private record Open(String barcode, ShownTape shown) {}

  private final Tapes tapes;
  private final Owner owner;
  private final Refusal refusal;
  private final NodeTable<TapeCartridge> known = new NodeTable<>();
  private final HandleTable<Open> open = new HandleTable<>();

  TapeNodes(Tapes tapes, Owner owner, Refusal refusal) {
    this.tapes = tapes;
    this.owner = owner;
    this.refusal = refusal;
  }

  /** Whether that is the node of a cartridge; {@link #ROOT} is not. */
  static boolean owns(long node) {
    return node >= BASE && node < END;
  }

  private static long node(TapeCartridge cartridge) {
    return BASE + cartridge.row().inode();
  }

  private static String path(String name) {
    return name.isEmpty() ? NAME : NAME + "/" + name;
  }

  // ---- names

  /** Fills in the attributes and returns the node. ENOENT. */
  long lookup(String name, FuseAttr attr) throws FuseException {
    TapeCartridge cartridge = tapes.cartridgeOrNull(name);
    if (cartridge == null) {
      throw new FuseException(Errno.ENOENT);
    }
    known.add(node(cartridge), cartridge);
    attributes(cartridge, attr);
    return node(cartridge);
  }

  void forget(long node, long count) {
    known.forget(node, count);
  }

  List<DirectoryEntry> list() {
    List<DirectoryEntry> entries = new ArrayList<>();
    for (TapeCartridge each : tapes.cartridges()) {
      entries.add(new DirectoryEntry(each.barcode(), node(each), FileMode.S_IFREG));
    }
    return entries;
  }

  /** What every gesture that would change something is answered. */
  FuseException refuse(Request request, String name) {
    return refusal.of(
        request,
        path(name),
        new StorageException(
            Fault.FORBIDDEN,
            tapes.cartridgeOrNull(name) == null
                ? "tapes/ holds tape cartridges only"
                : "cartridge " + name + " is changed by commands and through drives only",
            tapes.cartridgeOrNull(name) == null
                ? "echo 'tape add library=VTL1 barcode=BARCODE' > .control/ctl"
                : "echo 'tape destroy barcode=" + name + "' > .control/ctl"));
  }

  FuseException refuseNode(Request request, long node) throws FuseException {
    return refuse(request, known.find(node).barcode());
  }

  void attributes(long node, FuseAttr attr) throws FuseException {
    attributes(known.find(node), attr);
  }

  private void attributes(TapeCartridge cartridge, FuseAttr attr) {
    Contents contents = cartridge.contents();
    attr.ino(node(cartridge))
        .mode(FileMode.S_IFREG | PERMISSIONS)
        .owner(owner.uid(), owner.gid())
        .links(tapes.cartridgeOrNull(cartridge.barcode()) == cartridge ? 1 : 0)
        .size(contents.imageBytes())
        .blocks((contents.bytes() + SECTOR_BYTES - 1) / SECTOR_BYTES);
    Attributes.showTime(
        attr, contents.written() == null ? cartridge.row().created() : contents.written());
  }

  // ---- open files

  /**
   * Shows what the tape holds now. Past the page cache: while the tape grows, a page with its end
   * would be filled with zeros, which are filemarks.
   */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    TapeCartridge cartridge = known.find(node);
    if (OpenFlags.writes(flags) || (flags & OpenFlags.O_TRUNC) != 0) {
      throw refusal.of(
          request,
          path(cartridge.barcode()),
          new StorageException(
              Fault.READ_ONLY,
              "cartridge " + cartridge.barcode() + " is written through a drive",
              "tape load barcode=" + cartridge.barcode() + " drive=nst0"));
    }
    try {
      reply.handle(open.add(new Open(cartridge.barcode(), tapes.show(cartridge)))).directIo();
    } catch (StorageException e) {
      throw refusal.of(request, path(cartridge.barcode()), e);
    }
  }

  int read(Request request, long handle, long offset, ByteBuffer target) throws FuseException {
    Open opened = open.get(handle);
    if (opened == null) {
      throw new FuseException(Errno.EBADF);
    }
    try {
      return opened.shown().read(offset, target);
    } catch (StorageException e) {
      throw refusal.of(request, path(opened.barcode()), e);
    }
  }

  void release(long handle) {
    Open opened = open.remove(handle);
    if (opened != null) {
      opened.shown().close();
    }
  }

  /** Lets go of what is still open when the connection was cut. */
  void releaseAll() {
    open.all().forEach(each -> each.shown().close());
  }
}
