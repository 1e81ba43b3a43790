package org.copybay.fs.transport.dev;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FaultLog;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the request in a worker's buffer, calls the handler, and puts the answer into the same
 * buffer. Belongs to one thread and allocates nothing for READ and WRITE.
 */
final class Dispatcher {

  /** The answer of an operation that sends none. */
  private static final int NO_ANSWER = -1;

  /** FUSE_WRITE_CACHE. */
  private static final int WRITE_CACHE = 1;

  /** The most bytes of an ioctl that the answer has room for. */
  private static final int IOCTL_MAX = RequestBuffer.DATA_LENGTH - Wire.IOCTL_OUT;

  private final FuseHandler handler;
  private final RequestBuffer buffer;
  private final FaultLog faults;
  private final Interrupts interrupts;
  private final Incoming in;
  private final ByteBuffer body;
  private final DirectoryWriter directory;
  private final EntryReply entry = new EntryReply();
  private final AttrReply attr = new AttrReply();
  private final OpenReply opened = new OpenReply();

  Dispatcher(FuseHandler handler, RequestBuffer buffer, FaultLog faults, Interrupts interrupts) {
    this.handler = handler;
    this.buffer = buffer;
    this.faults = faults;
    this.interrupts = interrupts;
    in = new Incoming(buffer.memory());
    body = buffer.body();
    directory = new DirectoryWriter(body);
  }

  /**
   * Serves the request of this many bytes.
   *
   * @return the length of the answer that now lies at {@link RequestBuffer#answerAddress()}, or 0
   *     if there is none to send
   */
  int serve(int received) {
    in.load(received);
    int length;
    int error = 0;
    try {
      length = call(in.opcode());
      if (length == NO_ANSWER) {
        return 0;
      }
    } catch (FuseException refusal) {
      error = -refusal.errno().number();
      length = 0;
    } catch (Throwable fault) {
      faults.report(String.valueOf(in.opcode()), in, fault);
      error = -Errno.EIO.number();
      length = 0;
    }
    buffer.answerHeader(Wire.OUT_HEADER + length, error, in.unique());
    return Wire.OUT_HEADER + length;
  }

  private int call(@Nullable Opcode opcode) throws FuseException {
    if (opcode == null) {
      throw new FuseException(Errno.ENOSYS);
    }
    return switch (opcode) {
      case READ -> read();
      case WRITE -> write();
      case FSYNC, FSYNCDIR, FLUSH, RELEASE, RELEASEDIR -> settle(opcode);
      case LOOKUP, MKNOD, MKDIR, SYMLINK, LINK -> enter(opcode);
      case UNLINK, RMDIR, RENAME, RENAME2 -> change(opcode);
      case FORGET, BATCH_FORGET -> forget(opcode);
      case INTERRUPT -> interrupt();
      case GETATTR -> getattr();
      case SETATTR -> setattr();
      case READLINK -> readlink();
      case OPEN, OPENDIR -> open(opcode);
      case CREATE -> create();
      case READDIR -> list();
      case STATFS -> Wire.putStatfs(body, 0, handler.statfs(in, in.node()));
      case FALLOCATE -> fallocate();
      case LSEEK -> lseek();
      case IOCTL -> ioctl();
      case DESTROY -> 0;
      case INIT -> throw new FuseException(Errno.EIO); // answered by Handshake
    };
  }

  /** Whether the program whose request is served was sent a signal meanwhile. */
  boolean interrupted() {
    return interrupts.has(in.unique());
  }

  private int interrupt() {
    interrupts.add(in.longAt(0));
    return NO_ANSWER;
  }

  private int read() throws FuseException {
    long handle = in.longAt(0);
    long offset = in.longAt(8);
    int size = Math.min(in.intAt(16), RequestBuffer.DATA_LENGTH);
    int count = handler.read(in, in.node(), handle, offset, buffer.data(size));
    if (count < 0 || count > size) {
      throw new IllegalStateException("read answered " + count + " of " + size + " bytes");
    }
    return count;
  }

  private int write() throws FuseException {
    long handle = in.longAt(0);
    long offset = in.longAt(8);
    int size = in.intAt(16);
    boolean writtenBack = (in.intAt(20) & WRITE_CACHE) != 0;
    int flags = in.intAt(32) | (writtenBack ? OpenFlags.WRITTEN_BACK : 0);
    int count = handler.write(in, in.node(), handle, offset, buffer.data(size), flags);
    if (count < 0 || count > size) {
      throw new IllegalStateException("write answered " + count + " of " + size + " bytes");
    }
    body.putInt(0, count);
    body.putInt(4, 0);
    return 8;
  }

  private int readlink() throws FuseException {
    byte[] target = handler.readlink(in, in.node()).getBytes(StandardCharsets.UTF_8);
    body.put(0, target);
    return target.length;
  }

  private int settle(Opcode opcode) throws FuseException {
    long handle = in.longAt(0);
    switch (opcode) {
      case FSYNC -> handler.fsync(in, in.node(), handle, (in.intAt(8) & 1) != 0);
      case FSYNCDIR -> handler.fsyncdir(in, in.node(), handle, (in.intAt(8) & 1) != 0);
      case FLUSH -> handler.flush(in, in.node(), handle);
      case RELEASE -> handler.release(in, in.node(), handle, in.intAt(8));
      default -> handler.releasedir(in, in.node(), handle);
    }
    return 0;
  }

  private int enter(Opcode opcode) throws FuseException {
    long node = in.node();
    entry.clear();
    switch (opcode) {
      case LOOKUP -> handler.lookup(in, node, in.nameAt(0), entry);
      case MKNOD -> handler.mknod(in, node, in.nameAt(16), in.intAt(0), in.intAt(4), entry);
      case MKDIR -> handler.mkdir(in, node, in.nameAt(8), in.intAt(0), entry);
      case SYMLINK -> handler.symlink(in, node, in.nameAt(0), in.nextText(), entry);
      default -> handler.link(in, in.longAt(0), node, in.nameAt(8), entry);
    }
    return Wire.putEntry(body, 0, entry);
  }

  private int change(Opcode opcode) throws FuseException {
    long node = in.node();
    switch (opcode) {
      case UNLINK -> handler.unlink(in, node, in.nameAt(0));
      case RMDIR -> handler.rmdir(in, node, in.nameAt(0));
      case RENAME -> handler.rename(in, node, in.nameAt(8), in.longAt(0), in.nextName(), 0);
      default -> handler.rename(in, node, in.nameAt(16), in.longAt(0), in.nextName(), in.intAt(8));
    }
    return 0;
  }

  private int forget(Opcode opcode) {
    try {
      if (opcode == Opcode.FORGET) {
        handler.forget(in.node(), in.longAt(0));
        return NO_ANSWER;
      }
      int count = in.intAt(0);
      for (int i = 0; i < count; i++) {
        handler.forget(in.longAt(8 + 16 * i), in.longAt(16 + 16 * i));
      }
    } catch (RuntimeException | Error fault) {
      faults.report(String.valueOf(in.opcode()), in, fault);
    }
    return NO_ANSWER;
  }

  private int getattr() throws FuseException {
    long handle = (in.intAt(0) & 1) != 0 ? in.longAt(8) : FuseHandler.NONE;
    attr.clear();
    handler.getattr(in, in.node(), handle, attr);
    return Wire.putAttrReply(body, 0, attr);
  }

  private int setattr() throws FuseException {
    int valid = in.intAt(0);
    long handle = (valid & 1 << 6) != 0 ? in.longAt(8) : FuseHandler.NONE;
    AttrChange change =
        new AttrChange(
            valid,
            in.longAt(16),
            in.intAt(68),
            in.intAt(76),
            in.intAt(80),
            AttrChange.nanos(in.longAt(32), in.intAt(56)),
            AttrChange.nanos(in.longAt(40), in.intAt(60)));
    attr.clear();
    handler.setattr(in, in.node(), handle, change, attr);
    return Wire.putAttrReply(body, 0, attr);
  }

  private int open(Opcode opcode) throws FuseException {
    opened.clear();
    int flags = in.intAt(0);
    if (opcode == Opcode.OPEN) {
      handler.open(in, in.node(), flags, opened);
    } else {
      handler.opendir(in, in.node(), flags, opened);
    }
    return Wire.putOpen(body, 0, opened);
  }

  private int create() throws FuseException {
    entry.clear();
    opened.clear();
    int mode = in.intAt(4) & ~FileMode.S_IFMT;
    handler.create(in, in.node(), in.nameAt(16), in.intAt(0), mode, entry, opened);
    int length = Wire.putEntry(body, 0, entry);
    return length + Wire.putOpen(body, length, opened);
  }

  private int list() throws FuseException {
    long handle = in.longAt(0);
    long offset = in.longAt(8);
    directory.begin(in.intAt(16));
    handler.readdir(in, in.node(), handle, offset, directory);
    return directory.length();
  }

  private int fallocate() throws FuseException {
    handler.fallocate(in, in.node(), in.longAt(0), in.intAt(24), in.longAt(8), in.longAt(16));
    return 0;
  }

  private int lseek() throws FuseException {
    body.putLong(0, handler.lseek(in, in.node(), in.longAt(0), in.longAt(8), in.intAt(16)));
    return 8;
  }

  private int ioctl() throws FuseException {
    long handle = in.longAt(0);
    int command = in.intAt(12);
    int received = in.intAt(24);
    int wanted = in.intAt(28);
    if (in.intAt(8) != 0) { // a directory, a 32-bit program, or pointers to more memory
      throw new FuseException(Errno.ENOTTY);
    }
    if (received < 0 || wanted < 0 || Math.max(received, wanted) > IOCTL_MAX) {
      throw new FuseException(Errno.E2BIG);
    }
    if (received > in.bytesFrom(Wire.IOCTL_IN)) {
      throw new FuseException(Errno.EIO);
    }
    ByteBuffer data = buffer.ioctlData(received, Math.max(received, wanted));
    handler.ioctl(in, in.node(), handle, command, data);
    body.putLong(0, 0); // result and flags
    body.putLong(8, 0); // no more memory to be read or written
    return Wire.IOCTL_OUT + wanted;
  }
}
