package org.copybay.copy.library;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue has of a library.
 *
 * @param name of it
 * @param type what it is for
 * @param drives numbers of its drives in the bay, in the order of its data transfer elements; none
 *     where nobody writes to them
 * @param transfers how many cartridges a destination library can write at once; 0 for a virtual one
 * @param slots storage elements, numbered from 1
 * @param mailSlots import/export elements, numbered behind the slots
 * @param media of cartridges that are made in it
 * @param path the directory of a destination library, absolute; null for a virtual one
 */
public record LibraryRecord(
    String name,
    LibraryType type,
    List<Integer> drives,
    int transfers,
    int slots,
    int mailSlots,
    TapeMedia media,
    @Nullable String path) {
  /** Most drives of a library. */
  public static final int MAX_DRIVES = 64;

  /** Most slots of a library, and most mail slots. */
  public static final int MAX_SLOTS = 60_000;

  public LibraryRecord {
    drives = List.copyOf(drives);
  }

  /** How many storage elements there are, mail slots among them. */
  public int elements() {
    return slots + mailSlots;
  }

  /** What its directory is known by, of a destination library in that bay, or null. */
  @Nullable LibraryMark mark(UUID bay) {
    return path == null ? null : new LibraryMark(Path.of(path), bay, name);
  }

  /** Whether that element is a mail slot. */
  public boolean isMailSlot(int element) {
    return element > slots;
  }
}
