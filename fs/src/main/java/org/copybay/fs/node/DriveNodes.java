package org.copybay.fs.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.library.Tapes;
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
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.drive.DriveStatus;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files in drives/: nst0 and its rewinding twin st0 for each tape drive, regular files without
 * size and positions that take the ioctls of st(4). Any thread may call.
 */
final class DriveNodes {
  private static final Logger LOG = LoggerFactory.getLogger(DriveNodes.class);

  /** The directory drives/. */
  static final long ROOT = 8;

  static final String NAME = "drives";

  private static final long BASE = 1L << 20;
  private static final long END = 1L << 21;
  private static final int PERMISSIONS = 0660;

  // linux/mtio.h, on a 64-bit machine
  private static final int MTIOCTOP = 0x40086d01;
  private static final int MTIOCGET = 0x80306d02;
  private static final int MTIOCPOS = 0x80086d03;

  /**
   * An open drive.
   *
   * @param rewinds whether its close rewinds
   */
  private record Open(TapeDrive drive, boolean rewinds) {}

  private final Tapes tapes;
  private final Owner owner;
  private final Refusal refusal;
  private final long startedNanos;
  private final HandleTable<Open> open = new HandleTable<>();

  DriveNodes(Tapes tapes, Owner owner, Refusal refusal, long startedNanos) {
    this.tapes = tapes;
    this.owner = owner;
    this.refusal = refusal;
    this.startedNanos = startedNanos;
  }

  void init(FuseSession session) {
    tapes.setMaxRecord(session.unsplitBytes());
  }

  /** Whether that is the node of a drive; {@link #ROOT} is not. */
  static boolean owns(long node) {
    return node >= BASE && node < END;
  }

  private static long node(int number, boolean rewinds) {
    return BASE + 2L * number + (rewinds ? 1 : 0);
  }

  private static boolean rewinds(long node) {
    return (node - BASE) % 2 == 1;
  }

  private static String name(TapeDrive drive, boolean rewinds) {
    return rewinds ? drive.name().substring(1) : drive.name();
  }

  private static String path(String name) {
    return name.isEmpty() ? NAME : NAME + "/" + name;
  }

  // ---- names

  /** The node of a name. ENOENT. */
  long lookup(String name) throws FuseException {
    boolean rewinds = name.startsWith("s");
    String digits = name.replaceFirst("^n?st", "");
    if (name.matches("n?st(0|[1-9][0-9]{0,5})")) {
      int number = Integer.parseInt(digits);
      if (tapes.driveOrNull(number) != null) {
        return node(number, rewinds);
      }
    }
    throw new FuseException(Errno.ENOENT);
  }

  List<DirectoryEntry> list() {
    List<DirectoryEntry> entries = new ArrayList<>();
    for (TapeDrive drive : tapes.drives()) {
      for (boolean rewinds : new boolean[] {false, true}) {
        entries.add(
            new DirectoryEntry(
                name(drive, rewinds), node(drive.number(), rewinds), FileMode.S_IFREG));
      }
    }
    return entries;
  }

  private @Nullable TapeDrive driveOrNull(long node) {
    return tapes.driveOrNull((int) ((node - BASE) / 2));
  }

  /** ESTALE for a drive that is gone. */
  private TapeDrive drive(long node) throws FuseException {
    TapeDrive drive = driveOrNull(node);
    if (drive == null) {
      throw new FuseException(Errno.ESTALE);
    }
    return drive;
  }

  /** What every gesture that would change a name is answered. */
  FuseException refuse(Request request, String name) {
    return refusal.of(
        request,
        path(name),
        new StorageException(
            Fault.FORBIDDEN,
            "drives/ holds the drives of tape libraries only",
            "echo 'tape library name=VTL1 drives=2' > .control/ctl"));
  }

  /** A drive has no size, so that no program takes it for empty or full. */
  void attributes(long node, FuseAttr attr) throws FuseException {
    drive(node);
    attr.ino(node)
        .mode(FileMode.S_IFREG | PERMISSIONS)
        .owner(owner.uid(), owner.gid())
        .links(1)
        .size(0)
        .times(startedNanos, startedNanos, startedNanos);
  }

  // ---- open files

  void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    TapeDrive drive = drive(node);
    try {
      drive.open(
          new DriveOpener(request.pid(), OpenFlags.writes(flags), OpenFlags.nonBlocking(flags)));
    } catch (StorageException e) {
      throw refusal.of(request, path(name(drive, rewinds(node))), e);
    }
    reply.handle(open.add(new Open(drive, rewinds(node)))).nonSeekable();
  }

  private Open opened(long handle) throws FuseException {
    Open opened = open.get(handle);
    if (opened == null) {
      throw new FuseException(Errno.EBADF);
    }
    return opened;
  }

  private FuseException refused(Request request, Open opened, StorageException e) {
    return refusal.of(request, path(name(opened.drive(), opened.rewinds())), e);
  }

  int read(Request request, long handle, ByteBuffer target) throws FuseException {
    Open opened = opened(handle);
    try {
      return opened.drive().read(target);
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /** With O_DSYNC or the mount option sync, what it brings survives power loss when it returns. */
  int write(Request request, long handle, ByteBuffer source, boolean durable) throws FuseException {
    Open opened = opened(handle);
    try {
      int written = opened.drive().write(source);
      if (durable) {
        opened.drive().sync();
      }
      return written;
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  void fsync(Request request, long handle) throws FuseException {
    Open opened = opened(handle);
    try {
      opened.drive().sync();
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /** The last descriptor is gone: a write before is ended by a filemark. */
  void release(Request request, long handle) {
    Open opened = open.remove(handle);
    if (opened != null) {
      try {
        opened.drive().close(opened.rewinds());
      } catch (StorageException e) {
        refused(request, opened, e); // there is nobody to tell but last_error
      }
    }
  }

  /** Lets go of what is still open when the connection was cut. */
  void releaseAll() {
    for (Open each : open.all()) {
      try {
        each.drive().close(each.rewinds());
      } catch (StorageException e) {
        LOG.warn("close of drive {} at the end: {}", each.drive().name(), e.getMessage());
      }
    }
  }

  /** MTIOCTOP, MTIOCGET and MTIOCPOS. ENOTTY for others. */
  void ioctl(Request request, long handle, int command, ByteBuffer data) throws FuseException {
    Open opened = opened(handle);
    TapeDrive drive = opened.drive();
    try {
      switch (command) {
        case MTIOCTOP -> drive.operate(data.getShort(0), data.getInt(4), request.uid() == 0);
        case MTIOCGET -> {
          DriveStatus status = drive.status();
          status.encode(data);
        }
        case MTIOCPOS -> data.putLong(0, drive.tell());
        default -> throw new FuseException(Errno.ENOTTY);
      }
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }
}
