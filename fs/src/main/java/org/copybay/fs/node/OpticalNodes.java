package org.copybay.fs.node;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.tree.ControlTree;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.DeviceType;
import org.copybay.copy.optical.Labels;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.VolumeType;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.VolumeRecord;

/**
 * The files in optical/, each of which is one optical volume that can be had: their names and
 * attributes, how images are made, and how volumes are opened. The node number of one is its inode
 * number above a base and is never used for another side. Any thread may call.
 */
final class OpticalNodes {
  /** The directory optical/. */
  static final long ROOT = 7;

  static final String NAME = "optical";

  private static final long BASE = 1L << 46;
  private static final long END = 1L << 47;

  private final Optical optical;
  private final Owner owner;
  private final Refusal refusal;
  private final ControlTree control;
  private final OpenFiles files;
  private final NodeTable<OpticalVolume> known = new NodeTable<>();
  private final FileView<OpticalVolume> view = new FileView<>(OpticalNodes::node);

  OpticalNodes(
      Optical optical, Owner owner, Refusal refusal, ControlTree control, OpenFiles files) {
    this.optical = optical;
    this.owner = owner;
    this.refusal = refusal;
    this.control = control;
    this.files = files;
  }

  void init(FuseSession newSession) {
    view.init(newSession);
    optical.kernel().tell(view);
  }

  /** Whether that is the node of a volume; {@link #ROOT} is not. */
  static boolean owns(long node) {
    return node >= BASE && node < END;
  }

  static long node(OpticalVolume volume) {
    return BASE + volume.inode();
  }

  // ---- names

  /** ENOENT also for a volume that is on the shelf. */
  OpticalVolume lookup(String name) throws FuseException {
    OpticalVolume volume = optical.activeOrNull(name);
    if (volume == null) {
      throw new FuseException(Errno.ENOENT);
    }
    return remember(volume);
  }

  private OpticalVolume remember(OpticalVolume volume) {
    known.add(node(volume), volume);
    return volume;
  }

  void forget(long node, long count) {
    known.forget(node, count);
  }

  /** What the kernel knows by that number, to be had or not. */
  OpticalVolume volume(long node) throws FuseException {
    return known.find(node);
  }

  List<DirectoryEntry> list() {
    List<DirectoryEntry> entries = new ArrayList<>();
    for (OpticalVolume volume : optical.active()) {
      entries.add(new DirectoryEntry(volume.id(), node(volume), FileMode.S_IFREG));
    }
    return entries;
  }

  private static String path(String name) {
    return name.isEmpty() ? NAME : NAME + "/" + name;
  }

  // ---- gestures

  /** Makes an image; where another process was faster, opens its one, unless O_EXCL was asked. */
  OpticalVolume create(Request request, String name, int flags, int mode, OpenReply reply)
      throws FuseException {
    VolumeRecord.Owner by =
        new VolumeRecord.Owner(request.uid(), request.gid(), Attributes.permissions(mode));
    try {
      OpticalVolume there = optical.activeOrNull(name);
      if (there == null) {
        there = optical.images().create(name, by);
      } else if ((flags & OpenFlags.O_EXCL) != 0) {
        throw new StorageException(Fault.EXISTS, "optical volume " + name + " exists");
      }
      open(request, there, flags, reply);
      return remember(there);
    } catch (StorageException e) {
      throw refusal.of(request, path(name), e);
    }
  }

  /** An image goes; a cartridge is destroyed by a written command only. */
  void unlink(Request request, String name) throws FuseException {
    try {
      OpticalVolume volume = optical.activeOrNull(name);
      if (volume == null) {
        throw new FuseException(Errno.ENOENT);
      }
      requireImage(volume);
      CartridgeRecord row = optical.cartridge(volume.cartridge());
      AuditedGesture.run(
          control,
          request,
          path(name),
          "unlink " + name,
          () -> optical.cartridges().destroy(row, Catalogue.Change.NOTHING));
    } catch (StorageException e) {
      throw refusal.of(request, path(name), e);
    }
  }

  private void requireImage(OpticalVolume volume) throws StorageException {
    if (volume.row().label().type() == VolumeType.BACKUP) {
      throw new StorageException(
          Fault.FORBIDDEN,
          path(volume.id()) + " is a *BACKUP volume: no gesture destroys it",
          "optical destroy cartridge=" + volume.cartridge());
    }
    OpticalDevice device = optical.deviceOf(volume);
    boolean image = device != null && device.type() == DeviceType.VIRTUAL;
    boolean once = !volume.medium().making() && volume.medium().type().writes().once();
    if (!image || (once && volume.size() > 0)) {
      throw new StorageException(
          Fault.FORBIDDEN,
          path(volume.id())
              + (image
                  ? " is *WORM, and something is written on it"
                  : " is a side of cartridge " + volume.cartridge())
              + ": no gesture destroys it",
          "optical destroy cartridge=" + volume.cartridge());
    }
  }

  /** Gives a volume another identifier. EEXIST where a volume has that. */
  void rename(Request request, String from, String to) throws FuseException {
    try {
      OpticalVolume volume = optical.activeOrNull(from);
      if (volume == null) {
        throw new FuseException(Errno.ENOENT);
      }
      if (!from.equals(to)) {
        optical
            .labels()
            .change(volume, new Labels.Changing(to, null, null, null), Catalogue.Change.NOTHING);
      }
    } catch (StorageException e) {
      throw refusal.of(request, path(from), e);
    }
  }

  /** What every other gesture that would change a name is answered. */
  FuseException refuse(Request request, String name) {
    return refusal.of(
        request,
        path(name),
        new StorageException(
            Fault.FORBIDDEN,
            "optical/ holds optical volumes only",
            "cp IMAGE.iso optical/NAME, or: echo 'optical add device=NAME media=*ERASE' >"
                + " .control/ctl"));
  }

  // ---- attributes

  /** Fills in the attributes; one that is not to be had has no link. */
  void attributes(OpticalVolume volume, FuseAttr attr) {
    owner.file(attr, volume.owner(), volume.owner().mode());
    int links = optical.activeOrNull(volume.id()) == volume ? 1 : 0;
    attr.ino(node(volume)).size(volume.size()).links(links);
    try {
      Attributes.show(attr, volume.status());
    } catch (StorageException e) {
      Attributes.showTime(attr, volume.row().label().created());
    }
  }

  void setattr(Request request, long node, long handle, AttrChange change) throws FuseException {
    OpticalVolume volume = volume(node);
    try {
      if (change.hasSize()) {
        files.setSize(handle, change.size(), size -> setSize(request, volume, size));
      }
      if (Attributes.changesOwner(change)) {
        optical.labels().setOwner(volume, Attributes.owner(change, volume.owner()));
      }
      if (change.hasAccessTime() || change.hasModifyTime()) {
        volume.setTimes(Times.access(change), Times.modification(change));
      }
    } catch (StorageException e) {
      throw refusal.of(request, volume.path(), e);
    }
  }

  /** truncate(2), which opens nothing: the volume is in a drive for that time. */
  private static void setSize(Request request, OpticalVolume volume, long size)
      throws StorageException {
    try (var opened = volume.open(new Opener(request.pid(), true), false)) {
      opened.setSize(size);
    }
  }

  // ---- opening

  /** ESTALE for one that is not to be had any more: the kernel looks its name up again. */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    OpticalVolume volume = volume(node);
    try {
      open(request, volume, flags, reply);
    } catch (StorageException e) {
      if (e.fault() == Fault.NOT_FOUND) {
        throw new FuseException(Errno.ESTALE);
      }
      throw refusal.of(request, volume.path(), e);
    }
  }

  private void open(Request request, OpticalVolume volume, int flags, OpenReply reply)
      throws StorageException {
    Opener opener = new Opener(request.pid(), OpenFlags.writes(flags));
    files.answer(volume.open(opener, (flags & OpenFlags.O_TRUNC) != 0), flags, reply);
  }
}
