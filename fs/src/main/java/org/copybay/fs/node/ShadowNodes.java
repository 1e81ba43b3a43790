package org.copybay.fs.node;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.VirtualUnit;
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
import org.copybay.volumes.bay.Opener;

/**
 * The files in shadow/, each of which is the virtual unit of a mounted shadow set: their names and
 * attributes, and how they are opened. The node number of one is its inode number above a base; it
 * is the same after a dismount and a mount, and is never used for another unit. Any thread may
 * call.
 */
final class ShadowNodes {
  /** The directory shadow/. */
  static final long ROOT = 5;

  static final String NAME = "shadow";

  private static final long BASE = 1L << 49;
  private static final long END = 1L << 50;

  private final ShadowSets sets;
  private final Owner owner;
  private final Refusal refusal;
  private final OpenFiles files;
  private final NodeTable<VirtualUnit> known = new NodeTable<>();
  private final FileView<VirtualUnit> view = new FileView<>(ShadowNodes::node);

  ShadowNodes(ShadowSets sets, Owner owner, Refusal refusal, OpenFiles files) {
    this.sets = sets;
    this.owner = owner;
    this.refusal = refusal;
    this.files = files;
  }

  void init(FuseSession newSession) {
    view.init(newSession);
    sets.kernel().tell(view);
  }

  /** Whether that is the node of a unit; {@link #ROOT} is not. */
  static boolean owns(long node) {
    return node >= BASE && node < END;
  }

  static long node(VirtualUnit unit) {
    return BASE + unit.inode();
  }

  // ---- names

  /** ENOENT also for the unit of a set that is not mounted. */
  VirtualUnit lookup(String name) throws FuseException {
    VirtualUnit unit = sets.findOrNull(name);
    if (unit == null || !unit.set().isMounted()) {
      throw new FuseException(Errno.ENOENT);
    }
    known.add(node(unit), unit);
    return unit;
  }

  void forget(long node, long count) {
    known.forget(node, count);
  }

  /** What the kernel knows by that number, mounted or not. */
  VirtualUnit unit(long node) throws FuseException {
    return known.find(node);
  }

  List<DirectoryEntry> list() {
    List<DirectoryEntry> entries = new ArrayList<>();
    for (VirtualUnit unit : sets.mounted()) {
      entries.add(new DirectoryEntry(unit.name(), node(unit), FileMode.S_IFREG));
    }
    return entries;
  }

  /** What every gesture that would change a name is answered. */
  FuseException refuse(Request request, String name) {
    return refusal.of(
        request,
        name.isEmpty() ? NAME : NAME + "/" + name,
        new StorageException(
            Fault.FORBIDDEN,
            "shadow/ holds virtual units only",
            "echo 'mount set=DSA1 members=A,B label=L' > .control/ctl"));
  }

  // ---- attributes

  /** Fills in the attributes; one that is not mounted any more has no link and no space. */
  void attributes(VirtualUnit unit, FuseAttr attr) {
    owner.file(attr, unit.owner(), unit.owner().mode());
    attr.ino(node(unit)).size(unit.size()).links(unit.set().isMounted() ? 1 : 0);
    try {
      Attributes.show(attr, unit.status());
    } catch (StorageException e) {
      Attributes.showTime(attr, unit.set().record().created());
    }
  }

  /** ESTALE for one that is not mounted any more. */
  void setattr(Request request, long node, long handle, AttrChange change) throws FuseException {
    VirtualUnit unit = unit(node);
    requireMounted(unit);
    try {
      if (change.hasSize()) {
        files.setSize(handle, change.size(), unit::setSize);
      }
      if (Attributes.changesOwner(change)) {
        sets.commands(unit).setOwner(Attributes.owner(change, unit.owner()));
      }
      if (change.hasAccessTime() || change.hasModifyTime()) {
        unit.setTimes(Times.access(change), Times.modification(change));
      }
    } catch (StorageException e) {
      throw refused(request, unit, e);
    }
  }

  // ---- opening

  /** ESTALE for one that is not mounted any more: the kernel looks its name up again. */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    VirtualUnit unit = unit(node);
    requireMounted(unit);
    try {
      Opener opener = new Opener(request.pid(), OpenFlags.writes(flags));
      files.answer(unit.open(opener, (flags & OpenFlags.O_TRUNC) != 0), flags, reply);
    } catch (StorageException e) {
      throw refused(request, unit, e);
    }
  }

  private static void requireMounted(VirtualUnit unit) throws FuseException {
    if (!unit.set().isMounted()) {
      throw new FuseException(Errno.ESTALE);
    }
  }

  /** It may have been dismounted since it was looked at. */
  private FuseException refused(Request request, VirtualUnit unit, StorageException e) {
    return unit.set().isMounted()
        ? refusal.of(request, unit.path(), e)
        : new FuseException(Errno.ESTALE);
  }
}
