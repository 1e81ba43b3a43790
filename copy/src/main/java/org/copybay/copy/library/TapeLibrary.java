package org.copybay.copy.library;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** A library: its elements, and its drives. Any thread may look; changed under the lock LIBRARY. */
public final class TapeLibrary {
  // volatile: replaced under LIBRARY, read without it
  private volatile LibraryRecord row;
  private volatile List<TapeDrive> drives;

  // set once; null where its cartridges lie in the bay
  private final @Nullable Presence presence;

  TapeLibrary(LibraryRecord row, List<TapeDrive> drives, UUID bay) {
    this.row = row;
    this.drives = List.copyOf(drives);
    LibraryMark mark = row.mark(bay);
    this.presence = mark == null ? null : new Presence(mark::isThere);
  }

  /** Whether the directory of its cartridges is there; its disk is asked for a moment. */
  public boolean connected() {
    return presence == null || presence.isThere();
  }

  /** What the catalogue has of it. */
  public LibraryRecord row() {
    return row;
  }

  /** Its name. */
  public String name() {
    return row.name();
  }

  /** Its drives, in the order of the data transfer elements, which are numbered from 0. */
  public List<TapeDrive> drives() {
    return new ArrayList<>(drives);
  }

  void set(LibraryRecord newRow, List<TapeDrive> newDrives) {
    row = newRow;
    drives = List.copyOf(newDrives);
  }
}
