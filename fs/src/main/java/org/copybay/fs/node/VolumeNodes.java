package org.copybay.fs.node;

import org.copybay.control.tree.ControlTree;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.OpenedVolume;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.bay.VolumeState;
import org.jspecify.annotations.Nullable;

/**
 * The files in volumes/, each of which is one volume: their names and attributes, and how they are
 * made, opened and deleted. The node number of one is its inode number above a base, and is never
 * used again. Any thread may call.
 */
final class VolumeNodes {
  private static final long BASE = 1L << 32;
  private static final long END = 1L << 46;

  private final Bay bay;
  private final Owner owner;
  private final Refusal refusal;
  private final ControlTree control;
  private final OpenFiles files;
  private final NodeTable<Volume> known = new NodeTable<>();
  private final FileView<Volume> view = new FileView<>(VolumeNodes::node);

  VolumeNodes(Bay bay, Owner owner, Refusal refusal, ControlTree control, OpenFiles files) {
    this.bay = bay;
    this.owner = owner;
    this.refusal = refusal;
    this.control = control;
    this.files = files;
  }

  void init(FuseSession newSession) {
    view.init(newSession);
    bay.setKernelView(view);
  }

  static boolean owns(long node) {
    return node >= BASE && node < END;
  }

  static long node(Volume volume) {
    return BASE + volume.row().inode();
  }

  // ---- names

  Volume lookup(String name) throws FuseException {
    Volume volume = bay.findOrNull(name);
    if (volume == null) {
      throw new FuseException(Errno.ENOENT);
    }
    return remember(volume);
  }

  private Volume remember(Volume volume) {
    known.add(node(volume), volume);
    return volume;
  }

  void forget(long node, long count) {
    known.forget(node, count);
  }

  Volume volume(long node) throws FuseException {
    return known.find(node);
  }

  /** Makes the volume; where another process was faster, opens its one, unless O_EXCL was asked. */
  Volume create(Request request, String name, int flags, int mode, OpenReply reply)
      throws FuseException {
    Opener opener = new Opener(request.pid(), OpenFlags.writes(flags));
    VolumeRecord.Owner by =
        new VolumeRecord.Owner(request.uid(), request.gid(), Attributes.permissions(mode));
    NewVolume wanted = new NewVolume(name, 0, null, CacheMode.PAGE, by);
    try {
      OpenedVolume opened = null;
      while (opened == null) {
        opened = makeOrOpen(wanted, flags, opener);
      }
      files.answer(opened.open(), flags, reply);
      return remember(opened.volume());
    } catch (StorageException e) {
      throw refusal.of(request, "volumes/" + name, e);
    }
  }

  /** Null where the volume that was in the way was deleted meanwhile. */
  private @Nullable OpenedVolume makeOrOpen(NewVolume wanted, int flags, Opener opener)
      throws StorageException {
    try {
      return bay.createMaking(wanted, opener);
    } catch (StorageException e) {
      if (e.fault() != Fault.EXISTS || (flags & OpenFlags.O_EXCL) != 0) {
        throw e;
      }
      Volume there = bay.findOrNull(wanted.name());
      OpenFile opened = openOrNull(there, flags, opener);
      return there == null || opened == null ? null : new OpenedVolume(there, opened);
    }
  }

  /** Opens the volume, or null where it was deleted meanwhile. */
  private static @Nullable OpenFile openOrNull(@Nullable Volume volume, int flags, Opener opener)
      throws StorageException {
    try {
      return volume == null ? null : volume.open(opener, (flags & OpenFlags.O_TRUNC) != 0);
    } catch (StorageException e) {
      if (volume.state() == VolumeState.DROPPING) {
        return null;
      }
      throw e;
    }
  }

  void unlink(Request request, String name) throws FuseException {
    try {
      AuditedGesture.run(
          control, request, "volumes/" + name, "unlink " + name, () -> bay.remove(name));
    } catch (StorageException e) {
      throw refusal.of(request, "volumes/" + name, e);
    }
  }

  void rename(Request request, String from, String to, boolean noReplace) throws FuseException {
    try {
      if (bay.findOrNull(to) != null && !from.equals(to)) {
        AuditedGesture.run(
            control,
            request,
            "volumes/" + to,
            "rename " + from + " over " + to,
            () -> bay.rename(from, to, noReplace));
      } else {
        bay.rename(from, to, noReplace);
      }
    } catch (StorageException e) {
      throw refusal.of(request, "volumes/" + from, e);
    }
  }

  // ---- attributes

  /** Fills in the attributes; those of a damaged volume are what its row says. */
  void attributes(Volume volume, FuseAttr attr) {
    VolumeRecord row = volume.row();
    owner.file(attr, row.owner(), row.owner().mode());
    attr.ino(node(volume)).size(volume.size()).links(row.state() == VolumeState.DROPPING ? 0 : 1);
    try {
      Attributes.show(attr, volume.status());
    } catch (StorageException e) {
      Attributes.showTime(attr, row.created());
    }
  }

  void setattr(Request request, long node, long handle, AttrChange change) throws FuseException {
    Volume volume = volume(node);
    try {
      if (change.hasSize()) {
        files.setSize(handle, change.size(), volume::setSize);
      }
      if (Attributes.changesOwner(change)) {
        bay.setOwner(volume, Attributes.owner(change, volume.row().owner()));
      }
      if (change.hasAccessTime() || change.hasModifyTime()) {
        if (change.hasModifyTime() && volume.relation() != null) {
          volume.requireNoHold("set its time"); // by which its set knows what it holds
        }
        volume.setTimes(Times.access(change), Times.modification(change));
      }
    } catch (StorageException e) {
      throw refusal.of(request, "volumes/" + volume.name(), e);
    }
  }

  // ---- opening

  /** ESTALE for one that was deleted or replaced: the kernel looks its name up again. */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    Volume volume = volume(node);
    try {
      Opener opener = new Opener(request.pid(), OpenFlags.writes(flags));
      OpenFile opened = openOrNull(volume, flags, opener);
      if (opened == null) {
        throw new FuseException(Errno.ESTALE);
      }
      files.answer(opened, flags, reply);
    } catch (StorageException e) {
      throw refusal.of(request, "volumes/" + volume.name(), e);
    }
  }
}
