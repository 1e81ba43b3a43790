package org.copybay.fs.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.copybay.copy.library.ShownTape;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * tapes/.files/: a directory for each cartridge, and in it the tape files between its filemarks,
 * from 0001 on. A node number has the number of the cartridge and that of the file. Any thread may
 * call.
 */
final class TapeFileNodes {
  /** The directory itself. */
  static final long ROOT = 10;

  static final String NAME = ".files";

  /** Where the numbers of backups end. */
  static final long BASE = 1L << 62;

  private static final int FILE_BITS = 30;

  /** Most tape files that a directory lists; all others are there by their names. */
  private static final int MAX_LISTED = 100_000;

  private static final long MAX_FILES = (1L << FILE_BITS) - 1;
  private static final int DIRECTORY_PERMISSIONS = 0555;

  /**
   * What the kernel knows.
   *
   * @param file its number from 0, or -1 for the directory of the cartridge
   */
  record Known(TapeCartridge cartridge, int file) {
    boolean isDirectory() {
      return file < 0;
    }

    /** Below the mount. */
    String path() {
      String directory = TapeNodes.NAME + "/" + NAME + "/" + cartridge.barcode();
      return isDirectory() ? directory : directory + "/" + name(file);
    }
  }

  private final Tapes tapes;
  private final Owner owner;
  private final long startedNanos;
  private final NodeTable<Known> known = new NodeTable<>();

  TapeFileNodes(Tapes tapes, Owner owner, long startedNanos) {
    this.tapes = tapes;
    this.owner = owner;
    this.startedNanos = startedNanos;
  }

  static boolean owns(long node) {
    return node == ROOT || node >= BASE;
  }

  private static long node(Known of) {
    return BASE + (of.cartridge().row().inode() << FILE_BITS) + of.file() + 1;
  }

  private static String name(int file) {
    return String.format(Locale.ROOT, "%04d", file + 1L);
  }

  /** The number of a file of that name, from 0; -1 where there is none. */
  private static int file(String name) {
    if (!name.matches("[0-9]{4,10}")) {
      return -1;
    }
    long number = Long.parseLong(name);
    boolean usual = number >= 1 && number < MAX_FILES;
    return usual && name.equals(name((int) number - 1)) ? (int) number - 1 : -1;
  }

  // ---- names

  /** Fills in the attributes and returns the node. ENOENT, NOT_FOUND, and of reading the index. */
  long lookup(long parent, String name, FuseAttr attr) throws FuseException, StorageException {
    Known found;
    if (parent == ROOT) {
      TapeCartridge cartridge = tapes.cartridgeOrNull(name);
      found = cartridge == null ? null : new Known(cartridge, -1);
    } else {
      Known directory = known.find(parent);
      if (!directory.isDirectory()) {
        throw new FuseException(Errno.ENOTDIR);
      }
      int file = file(name);
      found = file < 0 ? null : new Known(directory.cartridge(), file);
    }
    if (found == null) {
      throw new FuseException(Errno.ENOENT);
    }
    attributes(found, attr);
    known.add(node(found), found);
    return node(found);
  }

  void forget(long node, long count) {
    known.forget(node, count);
  }

  /** What the node stands for; null for {@link #ROOT}. ESTALE. */
  @Nullable Known find(long node) throws FuseException {
    return node == ROOT ? null : known.find(node);
  }

  /** What stands in a directory. ENOTDIR, and of reading the index. */
  List<DirectoryEntry> list(long node) throws FuseException, StorageException {
    List<DirectoryEntry> entries = new ArrayList<>();
    Known directory = find(node);
    if (directory == null) {
      for (TapeCartridge each : tapes.cartridges()) {
        entries.add(
            new DirectoryEntry(each.barcode(), node(new Known(each, -1)), FileMode.S_IFDIR));
      }
      return entries;
    }
    if (!directory.isDirectory()) {
      throw new FuseException(Errno.ENOTDIR);
    }
    int count = Math.min(tapes.shownFiles().count(directory.cartridge()), MAX_LISTED);
    for (int file = 0; file < count; file++) {
      long number = node(new Known(directory.cartridge(), file));
      entries.add(new DirectoryEntry(name(file), number, FileMode.S_IFREG));
    }
    return entries;
  }

  // ---- attributes

  /** Fills in the attributes. ESTALE also for a file that was cut off, and of reading the index. */
  void attributes(long node, FuseAttr attr) throws FuseException, StorageException {
    Known of = find(node);
    if (of == null) {
      owner.directory(attr, ROOT, DIRECTORY_PERMISSIONS);
      attr.times(startedNanos, startedNanos, startedNanos);
      return;
    }
    try {
      attributes(of, attr);
    } catch (StorageException e) {
      throw stale(e);
    }
  }

  private static StorageException stale(StorageException e) throws FuseException {
    if (e.fault() == Fault.NOT_FOUND) {
      throw new FuseException(Errno.ESTALE);
    }
    return e;
  }

  private void attributes(Known of, FuseAttr attr) throws StorageException {
    if (of.isDirectory()) {
      owner.directory(attr, node(of), DIRECTORY_PERMISSIONS);
    } else {
      try (ShownTape shown = tapes.shownFiles().show(of.cartridge(), of.file())) {
        TapeNodes.file(owner, attr, shown.size(), shown.size());
      }
      attr.ino(node(of)).links(1);
    }
    TapeNodes.times(of.cartridge(), attr);
  }

  /** Opens a file for reading. EISDIR, ESTALE, and of reading the index. */
  ShownTape open(Known of) throws FuseException, StorageException {
    if (of.isDirectory()) {
      throw new FuseException(Errno.EISDIR);
    }
    try {
      return tapes.shownFiles().show(of.cartridge(), of.file());
    } catch (StorageException e) {
      throw stale(e);
    }
  }
}
