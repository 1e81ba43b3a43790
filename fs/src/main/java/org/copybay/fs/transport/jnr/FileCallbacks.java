package org.copybay.fs.transport.jnr;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import jnr.ffi.Pointer;
import jnr.ffi.Struct;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FaultLog;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.jnr.OpenNodes.OpenNode;
import org.copybay.fs.transport.jnr.Paths.Found;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.FuseFillDir;
import ru.serce.jnrfuse.FuseStubFS;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;

/**
 * The callbacks of libfuse for the session and for open files and directories, each as calls of the
 * handler. What is not overridden libfuse answers with ENOSYS. Any thread may call, and no callback
 * throws.
 *
 * <p>Operations on an open file come without a path. The binding of fsyncdir hands over a wrong
 * argument for the handle, so it is left out; the kernel then takes a directory for durable.
 */
abstract class FileCallbacks extends FuseStubFS {

  private static final Logger log = LoggerFactory.getLogger(FileCallbacks.class);

  /** Where struct fuse_operations has the flags that follow 38 pointers. */
  private static final int OPERATION_FLAGS_OFFSET = 38 * Long.BYTES;

  /** flag_nullpath_ok, flag_nopath and flag_utime_omit_ok, for which the binding has no setters. */
  private static final byte OPERATION_FLAGS = 1 | 1 << 1 | 1 << 2;

  final FuseHandler handler;
  private final Runnable whenMounted;
  final Paths paths;
  final OpenNodes open = new OpenNodes();
  private final AtomicLong requests = new AtomicLong();
  private final FaultLog faults = new FaultLog(log::error);

  @FunctionalInterface
  interface Operation {
    int run(Caller caller) throws FuseException;
  }

  /**
   * Loads libfuse.
   *
   * @param whenMounted runs once, when the kernel begins to send requests
   * @throws LinkageError if there is no libfuse 2
   */
  FileCallbacks(FuseHandler handler, Runnable whenMounted) {
    this.handler = handler;
    this.whenMounted = whenMounted;
    paths = new Paths(handler);
    Struct.getMemory(fuseOperations).putByte(OPERATION_FLAGS_OFFSET, OPERATION_FLAGS);
  }

  final int answer(String operation, Operation call) {
    long number = requests.incrementAndGet();
    try {
      return call.run(Caller.of(number, getContext()));
    } catch (FuseException refusal) {
      return -refusal.errno().number();
    } catch (Throwable fault) {
      faults.report(operation, operation + " request " + number, fault);
      return -Errno.EIO.number();
    }
  }

  // ---- the session

  @Override
  public @Nullable Pointer init(Pointer connection) {
    whenMounted.run();
    return null;
  }

  @Override
  public void destroy(@Nullable Pointer data) {
    try {
      handler.destroy();
    } catch (RuntimeException | Error e) {
      log.error("the file system failed while it was ended", e);
    }
  }

  /** Does nothing: the binding calls this at a signal, before what was written is fenced. */
  @Override
  public void umount() {}

  // ---- open files

  @Override
  public int open(String path, FuseFileInfo info) {
    return answer(
        "open",
        caller -> {
          try (Found found = paths.find(caller, path)) {
            OpenReply reply = new OpenReply();
            handler.open(caller, found.node(), info.flags.get(), reply);
            Structs.putOpen(open.add(found.take(), reply.handle()), reply, info);
            return 0;
          }
        });
  }

  @Override
  public int create(String path, long mode, FuseFileInfo info) {
    return answer(
        "create",
        caller -> {
          try (Found parent = paths.parent(caller, path)) {
            EntryReply entry = new EntryReply();
            OpenReply reply = new OpenReply();
            int permissions = (int) mode & ~FileMode.S_IFMT;
            int flags = info.flags.get();
            String name = Paths.name(path);
            handler.create(caller, parent.node(), name, flags, permissions, entry, reply);
            Structs.putOpen(open.add(entry.node(), reply.handle()), reply, info);
            return 0;
          }
        });
  }

  @Override
  public int read(
      @Nullable String path, Pointer memory, long size, long offset, FuseFileInfo info) {
    return answer(
        "read",
        caller -> {
          OpenNode opened = open.get(info.fh.longValue());
          ByteBuffer target = buffer(memory, size);
          return handler.read(caller, opened.node(), opened.handle(), offset, target);
        });
  }

  @Override
  public int write(
      @Nullable String path, Pointer memory, long size, long offset, FuseFileInfo info) {
    return answer(
        "write",
        caller -> {
          OpenNode opened = open.get(info.fh.longValue());
          ByteBuffer source = buffer(memory, size);
          int flags = info.flags.get();
          return handler.write(caller, opened.node(), opened.handle(), offset, source, flags);
        });
  }

  private static ByteBuffer buffer(Pointer memory, long size) {
    return MemoryIO.getInstance().newDirectByteBuffer(memory.address(), (int) size);
  }

  @FunctionalInterface
  private interface OpenOperation {
    void run(Caller caller, long node, long handle) throws FuseException;
  }

  private int withOpen(String operation, FuseFileInfo info, OpenOperation call) {
    return answer(
        operation,
        caller -> {
          OpenNode opened = open.get(info.fh.longValue());
          call.run(caller, opened.node(), opened.handle());
          return 0;
        });
  }

  @Override
  public int flush(@Nullable String path, FuseFileInfo info) {
    return withOpen("flush", info, handler::flush);
  }

  @Override
  public int fsync(@Nullable String path, int dataOnly, FuseFileInfo info) {
    return withOpen(
        "fsync",
        info,
        (caller, node, handle) -> handler.fsync(caller, node, handle, dataOnly != 0));
  }

  @Override
  public int fallocate(
      @Nullable String path, int mode, long offset, long length, FuseFileInfo info) {
    return withOpen(
        "fallocate",
        info,
        (caller, node, handle) -> handler.fallocate(caller, node, handle, mode, offset, length));
  }

  @Override
  public int ioctl(
      @Nullable String path,
      int command,
      @Nullable Pointer argument,
      FuseFileInfo info,
      long flags,
      @Nullable Pointer data) {
    if ((int) flags != 0) { // the upper half is no part of the argument
      return -Errno.ENOTTY.number();
    }
    return withOpen(
        "ioctl",
        info,
        (caller, node, handle) ->
            handler.ioctl(caller, node, handle, command, IoctlData.of(command, data)));
  }

  private int close(String operation, FuseFileInfo info, OpenOperation call) {
    return answer(
        operation,
        caller -> {
          OpenNode closed = open.remove(info.fh.longValue());
          try {
            call.run(caller, closed.node(), closed.handle());
          } finally {
            paths.end(closed.node());
          }
          return 0;
        });
  }

  @Override
  public int release(@Nullable String path, FuseFileInfo info) {
    int flags = info.flags.get();
    return close(
        "release", info, (caller, node, handle) -> handler.release(caller, node, handle, flags));
  }

  // ---- directories

  @Override
  public int opendir(String path, FuseFileInfo info) {
    return answer(
        "opendir",
        caller -> {
          try (Found found = paths.find(caller, path)) {
            OpenReply reply = new OpenReply();
            handler.opendir(caller, found.node(), info.flags.get(), reply);
            info.fh.set(open.add(found.take(), reply.handle()));
            return 0;
          }
        });
  }

  @Override
  public int readdir(
      @Nullable String path, Pointer buffer, FuseFillDir filler, long offset, FuseFileInfo info) {
    return withOpen(
        "readdir",
        info,
        (caller, node, handle) -> {
          FileStat stat = new FileStat(jnr.ffi.Runtime.getSystemRuntime());
          handler.readdir(
              caller,
              node,
              handle,
              offset,
              (name, ino, mode, nextOffset) -> {
                stat.st_ino.set(ino);
                stat.st_mode.set(mode);
                ByteBuffer text = ByteBuffer.wrap((name + "\0").getBytes(StandardCharsets.UTF_8));
                return filler.apply(buffer, text, Struct.getMemory(stat), nextOffset) == 0;
              });
        });
  }

  @Override
  public int releasedir(@Nullable String path, FuseFileInfo info) {
    return close("releasedir", info, handler::releasedir);
  }
}
