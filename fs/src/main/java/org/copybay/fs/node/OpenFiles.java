package org.copybay.fs.node;

import java.nio.ByteBuffer;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BlockFile;
import org.copybay.volumes.bay.OpenFile;
import org.jspecify.annotations.Nullable;

/**
 * What programs have open for reading and writing bytes, of every kind of file that can be: the
 * handles, and the requests that come with one. EBADF for a handle that has nothing open. Any
 * thread may call.
 */
final class OpenFiles {
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int ZERO_RANGE = 16;
  private static final int SEEK_DATA = 3;

  private final Refusal refusal;
  private final boolean sync;
  private final HandleTable<OpenFile> open = new HandleTable<>();

  // volatile: set once by init, before the first request
  private volatile @Nullable FuseSession session;

  /** With sync every write is fenced before its answer. */
  OpenFiles(Refusal refusal, boolean sync) {
    this.refusal = refusal;
    this.sync = sync;
  }

  void init(FuseSession newSession) {
    session = newSession;
  }

  /** Answers an open: the handle, and how the kernel treats it. */
  void answer(OpenFile opened, int flags, OpenReply reply) {
    reply.handle(open.add(opened));
    if (opened.file().keepsPages()) {
      reply.keepCache();
    } else {
      reply.directIo(); // without keepCache it also drops the pages that there are
    }
    FuseSession now = session;
    if (OpenFlags.direct(flags) && now != null && now.parallelDirectWrites()) {
      reply.parallelDirectWrites();
    }
  }

  /** Sets the size of a file. */
  @FunctionalInterface
  interface Sizing {
    void setSize(long size) throws StorageException;
  }

  /** ftruncate(2) of what the handle has open, or truncate(2) where it has nothing open. */
  void setSize(long handle, long size, Sizing file) throws StorageException {
    OpenFile opened = open.get(handle);
    if (opened != null) {
      opened.setSize(size);
    } else {
      file.setSize(size);
    }
  }

  private OpenFile opened(long handle) throws FuseException {
    OpenFile opened = open.get(handle);
    if (opened == null) {
      throw new FuseException(Errno.EBADF);
    }
    return opened;
  }

  /** {@link OpenFile#read}. */
  int read(Request request, long handle, long offset, ByteBuffer target) throws FuseException {
    OpenFile opened = opened(handle);
    try {
      return opened.read(offset, target);
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /**
   * Writes, or writes a page back; a write that must be durable is fenced before it returns.
   *
   * @param flags of the open and of this write, as the kernel sends them
   */
  int write(Request request, long handle, long offset, ByteBuffer source, int flags)
      throws FuseException {
    OpenFile opened = opened(handle);
    try {
      requireNoAppend(opened.file(), offset, flags);
      int written =
          OpenFlags.writtenBack(flags)
              ? opened.writeBack(offset, source)
              : opened.write(offset, source);
      if (sync || OpenFlags.durable(flags)) {
        opened.file().flush();
      }
      return written;
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /**
   * NO_SPACE for an append to a file of fixed size that lies before its end: the kernel takes a
   * file for empty that somebody opened with O_TRUNC.
   */
  private static void requireNoAppend(BlockFile file, long offset, int flags)
      throws StorageException {
    if ((flags & OpenFlags.O_APPEND) != 0 && !file.making() && offset < file.size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          "append to " + file.name() + ", which has its fixed size",
          file.resizing());
    }
  }

  /** {@link BlockFile#flush}. */
  void fsync(Request request, long handle) throws FuseException {
    OpenFile opened = opened(handle);
    try {
      opened.file().flush();
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /** The modes 0, keep size, punch a hole and zero a range, the last with and without keep size. */
  void fallocate(Request request, long handle, int mode, long offset, long length)
      throws FuseException {
    OpenFile opened = opened(handle);
    try {
      switch (mode) {
        case 0, KEEP_SIZE -> opened.reserve(offset, length, mode == KEEP_SIZE);
        case PUNCH_HOLE | KEEP_SIZE -> opened.zero(offset, length, false);
        case ZERO_RANGE | KEEP_SIZE -> opened.zero(offset, length, true);
        case ZERO_RANGE -> {
          opened.reserve(offset, length, false);
          opened.zero(offset, length, true);
        }
        default ->
            throw new StorageException(
                Fault.UNSUPPORTED, "fallocate mode " + mode + " on " + opened.file().name());
      }
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /** SEEK_DATA and SEEK_HOLE; the kernel does the others. ENXIO where there is none. */
  long lseek(Request request, long handle, long offset, int whence) throws FuseException {
    OpenFile opened = opened(handle);
    try {
      long found =
          offset >= opened.file().size() ? -1 : opened.file().seek(offset, whence == SEEK_DATA);
      if (found < 0) {
        throw new FuseException(Errno.ENXIO);
      }
      return found;
    } catch (StorageException e) {
      throw refused(request, opened, e);
    }
  }

  /** close(2) of one descriptor of the handle. */
  void flush(long handle) {
    OpenFile opened = open.get(handle);
    if (opened != null) {
      opened.descriptorClosed();
    }
  }

  /** The last descriptor of the handle is gone. */
  void release(long handle) {
    OpenFile opened = open.remove(handle);
    if (opened != null) {
      opened.close();
    }
  }

  /** Lets go of what is still open when the connection was cut. */
  void releaseAll() {
    open.all().forEach(OpenFile::connectionCut);
  }

  private FuseException refused(Request request, OpenFile opened, StorageException e) {
    return refusal.of(request, opened.file().path(), e);
  }
}
