package org.copybay.fs.node;

import java.util.ArrayList;
import java.util.List;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;

/** The directories that programs have open, and what stands in each. Any thread may call. */
final class Directories {
  private final Bay bay;
  private final ControlNodes controls;
  private final FrozenTrees frozen;
  private final ShadowNodes shadow;
  private final OpticalNodes optical;
  private final DriveNodes drives;
  private final TapeNodes tapes;
  private final HandleTable<Listing> open = new HandleTable<>();

  Directories(
      Bay bay,
      ControlNodes controls,
      FrozenTrees frozen,
      ShadowNodes shadow,
      OpticalNodes optical,
      DriveNodes drives,
      TapeNodes tapes) {
    this.bay = bay;
    this.controls = controls;
    this.frozen = frozen;
    this.shadow = shadow;
    this.optical = optical;
    this.drives = drives;
    this.tapes = tapes;
  }

  /** Returns the handle. */
  long open(long node) throws FuseException {
    return open.add(new Listing(() -> list(node)));
  }

  private List<DirectoryEntry> list(long node) throws FuseException {
    List<DirectoryEntry> entries = new ArrayList<>();
    FrozenNodes tree = frozen.find(node);
    entries.add(new DirectoryEntry(".", node, FileMode.S_IFDIR));
    entries.add(new DirectoryEntry("..", FuseHandler.ROOT, FileMode.S_IFDIR));
    if (node == FuseHandler.ROOT) {
      entries.add(new DirectoryEntry(BayHandler.CONTROL_NAME, ControlNodes.ROOT, FileMode.S_IFDIR));
      entries.add(new DirectoryEntry(BackupNodes.NAME, BackupNodes.ROOT, FileMode.S_IFDIR));
      entries.add(new DirectoryEntry(DriveNodes.NAME, DriveNodes.ROOT, FileMode.S_IFDIR));
      entries.add(new DirectoryEntry(OpticalNodes.NAME, OpticalNodes.ROOT, FileMode.S_IFDIR));
      entries.add(new DirectoryEntry(PointNodes.NAME, PointNodes.ROOT, FileMode.S_IFDIR));
      entries.add(new DirectoryEntry(ShadowNodes.NAME, ShadowNodes.ROOT, FileMode.S_IFDIR));
      entries.add(new DirectoryEntry(TapeNodes.NAME, TapeNodes.ROOT, FileMode.S_IFDIR));
      entries.add(
          new DirectoryEntry(BayHandler.VOLUMES_NAME, BayHandler.VOLUMES, FileMode.S_IFDIR));
    } else if (node == BayHandler.VOLUMES) {
      for (Volume volume : bay.volumes()) {
        entries.add(new DirectoryEntry(volume.name(), VolumeNodes.node(volume), FileMode.S_IFREG));
      }
    } else if (node == ShadowNodes.ROOT) {
      entries.addAll(shadow.list());
    } else if (node == OpticalNodes.ROOT) {
      entries.addAll(optical.list());
    } else if (node == DriveNodes.ROOT) {
      entries.addAll(drives.list());
    } else if (TapeNodes.hasNames(node)) {
      entries.addAll(tapes.list(node));
    } else {
      entries.addAll(tree != null ? tree.list(node) : controls.list(node));
    }
    return entries;
  }

  /** Gives the entries from that one on to the sink, until it is full. EBADF. */
  void read(long handle, long offset, DirectorySink sink) throws FuseException {
    Listing listing = open.get(handle);
    if (listing == null) {
      throw new FuseException(Errno.EBADF);
    }
    List<DirectoryEntry> entries = listing.at(offset);
    for (int i = (int) Math.min(offset, entries.size()); i < entries.size(); i++) {
      DirectoryEntry entry = entries.get(i);
      if (!sink.add(entry.name(), entry.ino(), entry.mode(), i + 1L)) {
        return;
      }
    }
  }

  void release(long handle) {
    open.remove(handle);
  }
}
