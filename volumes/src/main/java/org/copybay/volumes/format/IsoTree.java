package org.copybay.volumes.format;

import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** Reads the tree of directories below one volume descriptor of ISO 9660. One thread, once. */
final class IsoTree {
  private final Sectors sectors;
  private final FoundFiles found;
  private final int blockBytes;
  private final Charset charset;
  private final Deque<Directory> open = new ArrayDeque<>();

  /** Directories that were moved; those that nothing leads to are read as they lie, at last. */
  private final Deque<Directory> moved = new ArrayDeque<>();

  private final Set<Long> visited = new HashSet<>();
  private final Set<Long> laid = new HashSet<>(); // those that were moved
  private @Nullable RockRidge rockRidge;
  private @Nullable Pending pending;

  private record Directory(String path, Extent extent) {}

  /** A file of which more records may follow. */
  private record Pending(String identifier, String name, long bytes, List<Extent> data) {}

  IsoTree(Sectors sectors, FoundFiles found, int blockBytes, Charset charset) {
    this.sectors = sectors;
    this.found = found;
    this.blockBytes = blockBytes;
    this.charset = charset;
  }

  /** Reads all that the record of the root leads to. STORE_FAILED, CORRUPT. */
  void read(IsoRecord root) throws StorageException {
    Extent place = place(root);
    visited.add(place.offset());
    read(new Directory("", place), true);
    while (!open.isEmpty() || !moved.isEmpty()) {
      if (!open.isEmpty()) {
        read(open.remove(), false);
      } else {
        Directory directory = moved.remove();
        if (visited.add(directory.extent.offset())) {
          read(directory, false);
        }
      }
    }
  }

  /** The data of a directory; what lies before it is taken as structure. */
  private Extent place(IsoRecord record) throws StorageException {
    Extent attributes = record.attributes(blockBytes);
    found.structure(attributes.offset(), attributes.length());
    return new Extent(attributes.end(), record.dataBytes());
  }

  /** Reads a directory later: once, whatever leads to it. */
  private void add(Deque<Directory> queue, Directory parent, String name, Extent place)
      throws StorageException {
    if ((queue == moved ? laid : visited).add(place.offset())) {
      queue.add(new Directory(found.directory(parent.path, name), place));
    }
  }

  private void read(Directory directory, boolean root) throws StorageException {
    Extent extent = directory.extent;
    found.directory(extent.length());
    long sectorCount = (extent.length() + IsoLayout.SECTOR_BYTES - 1) / IsoLayout.SECTOR_BYTES;
    found.structure(extent.offset(), sectorCount * IsoLayout.SECTOR_BYTES);
    DirectoryBytes bytes = new DirectoryBytes(sectors, List.of(extent), extent.length());
    boolean begins = true;
    while (bytes.left() > 0) {
      Block sector = bytes.next((int) Math.min(IsoLayout.SECTOR_BYTES, bytes.left()));
      for (IsoRecord record : IsoRecord.of(sector)) {
        if (begins && !record.self()) {
          break;
        }
        if (begins && root) {
          rockRidge = RockRidge.of(record, sectors, found, blockBytes);
        }
        begins = false;
        found.entry();
        read(directory, record);
      }
      if (begins) {
        throw FoundFiles.corrupt(
            "at byte " + extent.offset() + " there is no directory of ISO 9660");
      }
    }
    end(directory);
  }

  private void read(Directory directory, IsoRecord record) throws StorageException {
    RockRidge.Entries entries = rockRidge == null ? RockRidge.Entries.NONE : rockRidge.read(record);
    if (record.self() || record.parent()) {
      return;
    }
    String name = entries.name() == null ? record.name(charset) : entries.name();
    if (record.directory()) {
      end(directory);
      add(entries.moved() ? moved : open, directory, name, place(record));
    } else if (entries.child() >= 0) {
      end(directory);
      add(open, directory, name, child(entries.child()));
    } else if (!entries.special() || record.dataBytes() > 0) {
      file(directory, name, record);
    }
  }

  /** The extent of a directory by its first record, which stands for itself. */
  private Extent child(long block) throws StorageException {
    Block sector = sectors.read(block * blockBytes, IsoLayout.SECTOR_BYTES);
    IsoRecord self = sector == null ? null : IsoRecord.at(sector, 0);
    if (self == null || !self.self()) {
      throw FoundFiles.corrupt("in block " + block + " there is no directory of ISO 9660");
    }
    return new Extent(block * blockBytes, self.dataBytes());
  }

  private void file(Directory directory, String name, IsoRecord record) throws StorageException {
    Extent attributes = record.attributes(blockBytes);
    found.structure(attributes.offset(), attributes.length());
    Pending file = pending;
    if (file == null || !file.identifier.equals(record.identifier())) {
      end(directory);
      file = new Pending(record.identifier(), name, 0, new ArrayList<>());
    }
    file.data.add(record.data(blockBytes));
    long more = record.associated() ? 0 : record.dataBytes();
    pending = new Pending(file.identifier, file.name, file.bytes + more, file.data);
    if (!record.continues()) {
      end(directory);
    }
  }

  /** No more records of the file before follow. */
  private void end(Directory directory) throws StorageException {
    if (pending != null) {
      found.file(directory.path, pending.name, pending.bytes, pending.data);
      pending = null;
    }
  }
}
