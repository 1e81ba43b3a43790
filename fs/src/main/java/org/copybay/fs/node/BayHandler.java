package org.copybay.fs.node;

import java.nio.ByteBuffer;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.Gesture;
import org.copybay.copy.CopyServices;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.fs.transport.Statfs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Space;
import org.copybay.volumes.bay.Volume;

/**
 * A mounted bay: the root with volumes/, optical/, shadow/, tapes/, drives/, points/, backups/ and
 * .control, and the way from a node number to what answers for it. Names are never cached by the
 * kernel, so what a command makes or removes shows at once.
 */
public final class BayHandler implements FuseHandler {
  static final long VOLUMES = 2;
  static final String VOLUMES_NAME = "volumes";
  static final String CONTROL_NAME = ".control";
  private static final int DIRECTORY_PERMISSIONS = 0755;
  private static final int RENAME_NOREPLACE = 1;
  private static final int STATFS_BLOCK_BYTES = 4096;
  private static final long FILES_FREE = 1_000_000;

  private final Bay bay;
  private final Owner owner;
  private final long startedNanos;
  private final boolean sync;
  private final Refusal refusal;
  private final OpenFiles files;
  private final VolumeNodes volumes;
  private final ControlNodes controls;
  private final FrozenTrees frozen;
  private final ShadowNodes shadow;
  private final OpticalNodes optical;
  private final DriveNodes drives;
  private final TapeNodes tapes;
  private final FixedNames fixed;
  private final Directories directories;

  // volatile: set once, when the daemon is told to end
  private volatile boolean ending;

  /**
   * Shows that bay with its copy services and its control tree; with sync every write is fenced
   * before its answer.
   */
  public BayHandler(Bay bay, CopyServices copy, ControlTree control, Owner owner, boolean sync) {
    this.bay = bay;
    this.owner = owner;
    this.sync = sync;
    this.startedNanos = bay.clock().millis() * 1_000_000;
    this.refusal = new Refusal(control);
    this.files = new OpenFiles(refusal, sync);
    this.volumes = new VolumeNodes(bay, owner, refusal, control, files);
    this.controls = new ControlNodes(control, owner, startedNanos);
    Safeguarded safeguarded = copy.safeguarded();
    this.frozen = FrozenTrees.of(bay, safeguarded, owner, refusal, control, startedNanos);
    this.shadow = new ShadowNodes(copy.sets(), owner, refusal, files);
    this.optical = new OpticalNodes(copy.optical(), owner, refusal, control, files);
    this.drives = new DriveNodes(copy.tapes(), owner, refusal, startedNanos);
    this.tapes = new TapeNodes(copy.tapes(), owner, refusal, startedNanos);
    this.directories = new Directories(bay, controls, frozen, shadow, optical, drives, tapes);
    this.fixed = new FixedNames(refusal, controls, frozen, shadow, optical, drives, tapes);
  }

  /** From now on nothing can be opened any more; what is open goes on. */
  public void refuseOpens() {
    ending = true;
  }

  @Override
  public void init(FuseSession session) {
    files.init(session);
    volumes.init(session);
    shadow.init(session);
    optical.init(session);
    drives.init(session);
  }

  @Override
  public void destroy() {
    files.releaseAll();
    controls.releaseAll();
    drives.releaseAll();
    tapes.releaseAll();
  }

  // ---- names

  @Override
  public void lookup(Request request, long parent, String name, EntryReply reply)
      throws FuseException {
    FrozenNodes tree = frozen.find(parent);
    if (tree != null) {
      reply.node(tree.lookup(parent, name, reply.attr()));
    } else if (parent == VOLUMES) {
      answer(volumes.lookup(name), reply);
    } else if (parent == ShadowNodes.ROOT) {
      answer(shadow.lookup(name), reply);
    } else if (parent == OpticalNodes.ROOT) {
      answer(optical.lookup(name), reply);
    } else if (parent == DriveNodes.ROOT) {
      drives.attributes(reply.node(drives.lookup(name)).node(), reply.attr());
    } else if (TapeNodes.hasNames(parent)) {
      reply
          .node(tapes.lookup(request, parent, name, reply.attr()))
          .attrValidNanos(Attributes.TICK_NANOS);
    } else if (ControlNodes.owns(parent)) {
      reply.node(controls.lookup(request, parent, name, reply.attr()));
    } else {
      long node = FixedNames.find(parent, name);
      reply
          .node(node)
          .entryValidNanos(FixedNames.VALID_NANOS)
          .attrValidNanos(directory(node, reply.attr()));
    }
  }

  private void answer(Volume volume, EntryReply reply) {
    reply.node(VolumeNodes.node(volume)).attrValidNanos(Attributes.VALID_NANOS);
    volumes.attributes(volume, reply.attr());
  }

  private void answer(VirtualUnit unit, EntryReply reply) {
    reply.node(ShadowNodes.node(unit)).attrValidNanos(Attributes.VALID_NANOS);
    shadow.attributes(unit, reply.attr());
  }

  private void answer(OpticalVolume volume, EntryReply reply) {
    reply.node(OpticalNodes.node(volume)).attrValidNanos(Attributes.VALID_NANOS);
    optical.attributes(volume, reply.attr());
  }

  /** Fills in the attributes of a directory in the root, or of that; how long they are valid. */
  private long directory(long node, FuseAttr attr) throws FuseException {
    FrozenNodes tree = frozen.find(node);
    if (tree != null) {
      tree.attributes(node, attr);
      return 0;
    }
    owner.directory(attr, node, DIRECTORY_PERMISSIONS);
    attr.times(startedNanos, startedNanos, startedNanos);
    return Attributes.TICK_NANOS;
  }

  @Override
  public void forget(long node, long count) {
    FrozenNodes tree = frozen.find(node);
    if (tree != null) {
      tree.forget(node, count);
    } else if (VolumeNodes.owns(node)) {
      volumes.forget(node, count);
    } else if (ControlNodes.owns(node)) {
      controls.forget(node, count);
    } else if (ShadowNodes.owns(node)) {
      shadow.forget(node, count);
    } else if (OpticalNodes.owns(node)) {
      optical.forget(node, count);
    } else if (TapeNodes.owns(node)) {
      tapes.forget(node, count);
    }
  }

  @Override
  public String readlink(Request request, long node) throws FuseException {
    if (ControlNodes.owns(node)) {
      return controls.readlink(node);
    }
    throw new FuseException(Errno.EINVAL);
  }

  // ---- attributes

  @Override
  public void getattr(Request request, long node, long handle, AttrReply reply)
      throws FuseException {
    if (VolumeNodes.owns(node)) {
      reply.attrValidNanos(Attributes.VALID_NANOS);
      volumes.attributes(volumes.volume(node), reply.attr());
    } else if (ControlNodes.owns(node)) {
      controls.attributes(request, node, handle, reply.attr());
    } else if (ShadowNodes.owns(node)) {
      reply.attrValidNanos(Attributes.VALID_NANOS);
      shadow.attributes(shadow.unit(node), reply.attr());
    } else if (OpticalNodes.owns(node)) {
      reply.attrValidNanos(Attributes.VALID_NANOS);
      optical.attributes(optical.volume(node), reply.attr());
    } else if (DriveNodes.owns(node)) {
      drives.attributes(node, reply.attr());
    } else if (TapeNodes.owns(node)) {
      tapes.attributes(request, node, reply.attr());
    } else {
      reply.attrValidNanos(directory(node, reply.attr()));
    }
  }

  @Override
  public void setattr(Request request, long node, long handle, AttrChange change, AttrReply reply)
      throws FuseException {
    FrozenNodes tree = frozen.find(node);
    if (tree != null) {
      throw tree.refuse(request, Attributes.gesture(change), node, "");
    } else if (VolumeNodes.owns(node)) {
      volumes.setattr(request, node, handle, change);
    } else if (ShadowNodes.owns(node)) {
      shadow.setattr(request, node, handle, change);
    } else if (OpticalNodes.owns(node)) {
      optical.setattr(request, node, handle, change);
    } else if (TapeNodes.owns(node)) {
      tapes.setattr(request, node, change);
    } else if (!DriveNodes.owns(node) && Attributes.changesOwner(change)) {
      throw fixed.refuseOwner(request, node);
    }
    getattr(request, node, handle, reply); // times, and truncate of a control file: no effect
  }

  // ---- gestures

  @Override
  public void mknod(
      Request request, long parent, String name, int mode, int device, EntryReply reply)
      throws FuseException {
    throw fixed.refuse(request, Gesture.CREATE, parent, name);
  }

  @Override
  public void mkdir(Request request, long parent, String name, int mode, EntryReply reply)
      throws FuseException {
    reply.node(fixed.mkdir(request, parent, name, reply.attr()));
  }

  @Override
  public void symlink(Request request, long parent, String name, String target, EntryReply reply)
      throws FuseException {
    throw fixed.refuse(request, Gesture.LINK, parent, name);
  }

  @Override
  public void link(Request request, long node, long newParent, String newName, EntryReply reply)
      throws FuseException {
    throw fixed.refuseLink(request, node, newParent, newName);
  }

  @Override
  public void rmdir(Request request, long parent, String name) throws FuseException {
    throw fixed.refuse(request, Gesture.RMDIR, parent, name);
  }

  @Override
  public void unlink(Request request, long parent, String name) throws FuseException {
    if (parent == OpticalNodes.ROOT) {
      optical.unlink(request, name);
      return;
    }
    if (parent != VOLUMES) {
      throw fixed.refuse(request, Gesture.UNLINK, parent, name);
    }
    volumes.unlink(request, name);
  }

  @Override
  public void rename(
      Request request, long parent, String name, long newParent, String newName, int flags)
      throws FuseException {
    if (parent == OpticalNodes.ROOT && newParent == parent && (flags & ~RENAME_NOREPLACE) == 0) {
      optical.rename(request, name, newName);
      return;
    }
    if (parent != VOLUMES || newParent != VOLUMES) {
      throw fixed.refuseRename(request, parent, name, newParent, newName);
    }
    if ((flags & ~RENAME_NOREPLACE) != 0) {
      throw new FuseException(Errno.EINVAL);
    }
    volumes.rename(request, name, newName, flags == RENAME_NOREPLACE);
  }

  // ---- open files

  private void requireOpens() throws FuseException {
    if (ending) {
      throw new FuseException(Errno.ESHUTDOWN);
    }
  }

  @Override
  public void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    requireOpens();
    FrozenNodes tree = frozen.find(node);
    if (tree != null) {
      tree.open(request, node, flags, reply);
    } else if (VolumeNodes.owns(node)) {
      volumes.open(request, node, flags, reply);
    } else if (ControlNodes.owns(node)) {
      controls.open(request, node, flags, reply);
    } else if (ShadowNodes.owns(node)) {
      shadow.open(request, node, flags, reply);
    } else if (OpticalNodes.owns(node)) {
      optical.open(request, node, flags, reply);
    } else if (DriveNodes.owns(node)) {
      drives.open(request, node, flags, reply);
    } else if (TapeNodes.owns(node)) {
      tapes.open(request, node, flags, reply);
    } else {
      throw new FuseException(Errno.EISDIR);
    }
  }

  @Override
  public void create(
      Request request,
      long parent,
      String name,
      int flags,
      int mode,
      EntryReply entry,
      OpenReply reply)
      throws FuseException {
    requireOpens();
    if (parent == OpticalNodes.ROOT) {
      answer(optical.create(request, name, flags, mode, reply), entry);
      return;
    }
    if (parent == TapeNodes.ROOT) {
      entry.node(tapes.create(request, name, flags, entry.attr(), reply));
      return;
    }
    if (parent != VOLUMES) {
      throw fixed.refuse(request, Gesture.CREATE, parent, name);
    }
    answer(volumes.create(request, name, flags, mode, reply), entry);
  }

  /** Whether the handles of that node are those of {@link OpenFiles}. */
  private static boolean opensFile(long node) {
    return VolumeNodes.owns(node) || ShadowNodes.owns(node) || OpticalNodes.owns(node);
  }

  @Override
  public int read(Request request, long node, long handle, long offset, ByteBuffer target)
      throws FuseException {
    if (opensFile(node)) {
      return files.read(request, handle, offset, target);
    }
    if (DriveNodes.owns(node)) {
      return drives.read(request, handle, target);
    }
    if (TapeNodes.owns(node)) {
      return tapes.read(request, handle, offset, target);
    }
    FrozenNodes tree = frozen.find(node);
    return tree == null
        ? controls.read(handle, offset, target)
        : tree.read(request, handle, offset, target);
  }

  @Override
  public int write(
      Request request, long node, long handle, long offset, ByteBuffer source, int flags)
      throws FuseException {
    if (DriveNodes.owns(node)) {
      return drives.write(request, handle, source, sync || OpenFlags.durable(flags));
    }
    if (TapeNodes.owns(node)) {
      return tapes.write(request, handle, offset, source);
    }
    return opensFile(node)
        ? files.write(request, handle, offset, source, flags)
        : controls.write(handle, offset, source);
  }

  @Override
  public void flush(Request request, long node, long handle) throws FuseException {
    if (opensFile(node)) {
      files.flush(handle);
    } else if (TapeNodes.owns(node)) {
      tapes.flush(request, handle);
    }
  }

  @Override
  public void release(Request request, long node, long handle, int flags) {
    FrozenNodes tree = frozen.find(node);
    if (tree != null) {
      tree.release(handle);
    } else if (opensFile(node)) {
      files.release(handle);
    } else if (DriveNodes.owns(node)) {
      drives.release(request, handle);
    } else if (TapeNodes.owns(node)) {
      tapes.release(request, handle);
    } else {
      controls.release(handle);
    }
  }

  @Override
  public void fsync(Request request, long node, long handle, boolean dataOnly)
      throws FuseException {
    if (opensFile(node)) {
      files.fsync(request, handle);
    } else if (DriveNodes.owns(node)) {
      drives.fsync(request, handle);
    } else if (TapeNodes.owns(node)) {
      tapes.fsync(request, handle);
    }
  }

  @Override
  public void ioctl(Request request, long node, long handle, int command, ByteBuffer data)
      throws FuseException {
    if (!DriveNodes.owns(node)) {
      throw new FuseException(Errno.ENOTTY);
    }
    drives.ioctl(request, handle, command, data);
  }

  @Override
  public void fsyncdir(Request request, long node, long handle, boolean dataOnly) {
    // Every change of a name was one durable transaction before it was answered.
  }

  @Override
  public void fallocate(Request request, long node, long handle, int mode, long offset, long length)
      throws FuseException {
    if (!opensFile(node)) {
      throw new FuseException(Errno.EOPNOTSUPP);
    }
    files.fallocate(request, handle, mode, offset, length);
  }

  @Override
  public long lseek(Request request, long node, long handle, long offset, int whence)
      throws FuseException {
    FrozenNodes tree = frozen.find(node);
    if (tree != null) {
      return tree.lseek(request, handle, offset, whence);
    }
    if (!opensFile(node)) {
      throw new FuseException(Errno.EINVAL);
    }
    return files.lseek(request, handle, offset, whence);
  }

  // ---- directories

  @Override
  public void opendir(Request request, long node, int flags, OpenReply reply) throws FuseException {
    requireOpens();
    reply.handle(directories.open(node));
  }

  @Override
  public void readdir(Request request, long node, long handle, long offset, DirectorySink sink)
      throws FuseException {
    directories.read(handle, offset, sink);
  }

  @Override
  public void releasedir(Request request, long node, long handle) {
    directories.release(handle);
  }

  @Override
  public Statfs statfs(Request request, long node) throws FuseException {
    try {
      Space space = bay.space();
      long files = bay.volumes().size();
      return new Statfs(
          STATFS_BLOCK_BYTES,
          space.total() / STATFS_BLOCK_BYTES,
          space.free() / STATFS_BLOCK_BYTES,
          space.available() / STATFS_BLOCK_BYTES,
          files + FILES_FREE,
          FILES_FREE);
    } catch (StorageException e) {
      throw refusal.of(request, "", e);
    }
  }
}
