package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * What the reading of a medium finds: files, the places of their data, and structure. It holds the
 * limits, so that a medium that says anything is given up as CORRUPT before the memory is. One
 * thread.
 *
 * <p>Trees come in the order in which their names are wanted. A file of a later tree is kept only
 * where it has data that no file of the trees before has: else it is one of those under another
 * name.
 */
final class FoundFiles {
  /** Entries of directories in a tree: more than twice what the fullest media in use have. */
  static final int MAX_ENTRIES = 500_000;

  /** Extents of files, and of structure apart from other structure: some 35 MB of memory. */
  static final int MAX_EXTENTS = 1_000_000;

  /** Bytes of the directories of a tree, so that those that overlap end: 512 for each entry. */
  static final long MAX_DIRECTORY_BYTES = 512L * MAX_ENTRIES;

  /** Characters of a path, as Linux has it: a chain of directories ends there. */
  static final int MAX_PATH = 4096;

  /** Characters of all paths: 167 for each of 200,000 files, 64 MB of memory at most. */
  static final long MAX_CHARACTERS = 1L << 25;

  private final long size;
  private final List<MediumFile> files = new ArrayList<>();
  private final List<FilePlaces.Place> places = new ArrayList<>();
  private final List<Extent> structure = new ArrayList<>();
  private FilePlaces before = new FilePlaces(List.of());
  private boolean first = true;
  private int entries;
  private int extents;
  private int descriptors;
  private long directoryBytes;
  private long characters;

  FoundFiles(long size) {
    this.size = size;
  }

  /** Damage that the medium shows by what it says. */
  static StorageException corrupt(String sentence) {
    return new StorageException(Fault.CORRUPT, "cannot read the directories: " + sentence);
  }

  /** Counts an entry of a directory, or what else is read one by one. */
  void entry() throws StorageException {
    if (++entries > MAX_ENTRIES) {
      throw corrupt("a tree has more than " + MAX_ENTRIES + " entries");
    }
  }

  /** Counts what tells of an extent, also of one that holds no data. */
  void descriptor() throws StorageException {
    if (++descriptors > 2 * MAX_EXTENTS) {
      throw corrupt("the files have more than " + MAX_EXTENTS + " extents");
    }
  }

  private void extent() throws StorageException {
    if (++extents > MAX_EXTENTS) {
      throw corrupt("the files have more than " + MAX_EXTENTS + " extents");
    }
  }

  /** Counts the bytes of a directory. */
  void directory(long bytes) throws StorageException {
    directoryBytes += bytes;
    if (directoryBytes > MAX_DIRECTORY_BYTES) {
      throw corrupt("the directories of a tree have more than " + MAX_DIRECTORY_BYTES + " bytes");
    }
  }

  /** The path of an entry of a directory, whose own path is empty where it is the root. */
  private static String path(String directory, String name) throws StorageException {
    if (directory.length() + name.length() >= MAX_PATH) {
      throw corrupt("a path has more than " + MAX_PATH + " characters");
    }
    return directory + "/" + name.replace('/', '_');
  }

  /** The path of a directory, which is kept until that one is read. */
  String directory(String directory, String name) throws StorageException {
    String path = path(directory, name);
    count(path);
    return path;
  }

  private void count(String path) throws StorageException {
    characters += path.length();
    if (characters > MAX_CHARACTERS) {
      throw corrupt("the paths have more than " + MAX_CHARACTERS + " characters");
    }
  }

  /** Takes what of an extent lies in the medium as structure. */
  void structure(long offset, long length) throws StorageException {
    Extent extent = clipped(new Extent(offset, length));
    Extent last = structure.isEmpty() ? null : structure.get(structure.size() - 1);
    if (last != null && extent.offset() >= last.offset() && extent.offset() <= last.end()) {
      long end = Math.max(last.end(), extent.end());
      structure.set(structure.size() - 1, new Extent(last.offset(), end - last.offset()));
    } else if (extent.length() > 0) {
      extent();
      structure.add(extent);
    }
  }

  /**
   * Takes a file with its data; what lies behind the end of the medium is left out.
   *
   * @return the number of the file, or -1 where a tree before has it
   */
  int file(String directory, String name, long bytes, List<Extent> data) throws StorageException {
    if (!first && data.stream().allMatch(this::knownBefore)) {
      return -1;
    }
    String path = path(directory, name);
    count(path);
    files.add(new MediumFile(path, bytes));
    data(files.size() - 1, data);
    return files.size() - 1;
  }

  private boolean knownBefore(Extent data) {
    return before.covered().missing(clipped(data)).isEmpty();
  }

  /** Takes more data of a file. */
  void data(int file, List<Extent> data) throws StorageException {
    for (Extent part : data) {
      Extent extent = clipped(part);
      if (extent.length() > 0) {
        extent();
        places.add(new FilePlaces.Place(extent, file));
      }
    }
  }

  private Extent clipped(Extent extent) {
    long offset = Math.min(extent.offset(), size);
    return new Extent(offset, Math.min(extent.end(), size) - offset);
  }

  /** No more files come from the tree whose files came last. */
  void endTree() {
    before = new FilePlaces(places);
    first = false;
    entries = 0;
    directoryBytes = 0;
  }

  List<MediumFile> files() {
    return files;
  }

  FilePlaces places() {
    return before;
  }

  ExtentSet structure() {
    return new ExtentSet(structure);
  }
}
