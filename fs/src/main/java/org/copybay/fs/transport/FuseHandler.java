package org.copybay.fs.transport;

import java.nio.ByteBuffer;

/**
 * A file system, as the kernel's FUSE protocol sees one.
 *
 * <p><b>Answers.</b> A method returns its answer or fills in the reply object; it refuses with a
 * {@link FuseException}. Any other Throwable is answered with EIO and logged with the request. A
 * method that is not overridden answers ENOSYS (and the kernel then does without) or what its
 * comment says.
 *
 * <p><b>Threads.</b> Every method may be called by many threads at once, for one node too, and may
 * block. Objects and buffers that it was given are its own until it returns and not one moment
 * longer: the memory of a buffer may be unmapped afterwards.
 *
 * <p><b>What never comes here.</b> Permissions are checked by the kernel (default_permissions).
 * flock and fcntl locks are the kernel's. Signals for the caller of a request change nothing. An
 * ioctl on a directory or of a 32-bit program is answered ENOTTY by the transport, extended
 * attributes, access, poll, bmap, copy_file_range and syncfs ENOSYS. Names are UTF-8 of 1 to 255
 * bytes, without '/' and NUL; others are refused by the transport (ENAMETOOLONG, EILSEQ).
 *
 * <p>{@code node} is a node number from an {@link EntryReply} or {@link #ROOT}; {@code handle} is a
 * number from an {@link OpenReply}. Offsets and lengths are bytes and never negative.
 */
public interface FuseHandler {

  /** The node of the root directory. */
  long ROOT = 1;

  /** The handle of a request that comes without one. */
  long NONE = -1;

  /** Called once, before every other method, as soon as the kernel's features are known. */
  default void init(FuseSession session) {}

  /**
   * Called once, when the session is over and every other call has returned. The kernel drops what
   * it had not yet sent: the release of the last files that were open may never come (their flush
   * does), nor their forgets. What is still open now is the handler's to let go.
   */
  default void destroy() {}

  /** Finds a name in a directory. */
  void lookup(Request request, long parent, String name, EntryReply reply) throws FuseException;

  /** Gives back {@code count} look-ups of a node. It cannot fail and has no answer. */
  void forget(long node, long count);

  /**
   * Says what a node is.
   *
   * @param handle an open handle of the node, or {@link #NONE}
   */
  void getattr(Request request, long node, long handle, AttrReply reply) throws FuseException;

  /**
   * Changes attributes and answers with the new ones.
   *
   * @param handle an open handle of the node (ftruncate), or {@link #NONE}
   */
  default void setattr(Request request, long node, long handle, AttrChange change, AttrReply reply)
      throws FuseException {
    throw new FuseException(Errno.ENOSYS);
  }

  /** Where a symbolic link points; EINVAL unless overridden. */
  default String readlink(Request request, long node) throws FuseException {
    throw new FuseException(Errno.EINVAL);
  }

  /** Makes a regular file or a special one; refused with EPERM unless overridden. */
  default void mknod(
      Request request, long parent, String name, int mode, int device, EntryReply reply)
      throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /** Makes a directory; refused with EPERM unless overridden. */
  default void mkdir(Request request, long parent, String name, int mode, EntryReply reply)
      throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /** Makes a symbolic link; refused with EPERM unless overridden. */
  default void symlink(Request request, long parent, String name, String target, EntryReply reply)
      throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /** Makes a hard link; refused with EPERM unless overridden. */
  default void link(Request request, long node, long newParent, String newName, EntryReply reply)
      throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /** Removes a name that is no directory; refused with EPERM unless overridden. */
  default void unlink(Request request, long parent, String name) throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /** Removes a directory; refused with EPERM unless overridden. */
  default void rmdir(Request request, long parent, String name) throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /**
   * Moves a name; refused with EPERM unless overridden.
   *
   * @param flags of renameat2(2): 1 RENAME_NOREPLACE, 2 RENAME_EXCHANGE; EINVAL for what is unknown
   */
  default void rename(
      Request request, long parent, String name, long newParent, String newName, int flags)
      throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /**
   * Opens a file.
   *
   * @param flags of open(2), see {@link OpenFlags}; O_TRUNC is the handler's to obey or to ignore,
   *     O_CREAT and O_EXCL are not among them
   */
  void open(Request request, long node, int flags, OpenReply reply) throws FuseException;

  /**
   * Makes a regular file and opens it; refused with EPERM unless overridden.
   *
   * @param flags of open(2), with O_EXCL if it was given
   * @param mode permissions, the caller's umask already taken away
   */
  default void create(
      Request request,
      long parent,
      String name,
      int flags,
      int mode,
      EntryReply entry,
      OpenReply reply)
      throws FuseException {
    throw new FuseException(Errno.EPERM);
  }

  /**
   * Reads. With the page cache a short answer means the end of the file, and the kernel fills up
   * with zeros; without it, it is a short read.
   *
   * @param target from its position, the memory that is sent to the kernel: direct, {@code
   *     target.remaining()} bytes are wanted
   * @return the number of bytes put there, from where the position was; 0 at the end of the file
   */
  int read(Request request, long node, long handle, long offset, ByteBuffer target)
      throws FuseException;

  /**
   * Writes.
   *
   * @param source the bytes, from its position to its limit: direct
   * @param flags of the descriptor as in open; {@link OpenFlags#durable} means that the bytes are
   *     durable before this returns, for no FSYNC follows on a descriptor with direct I/O; {@link
   *     OpenFlags#writtenBack} that the handle is a guess
   * @return the number of bytes taken, which is a short write if it is less than there were
   */
  default int write(
      Request request, long node, long handle, long offset, ByteBuffer source, int flags)
      throws FuseException {
    throw new FuseException(Errno.EBADF);
  }

  /**
   * A descriptor is closed; its error is the result of close(2). It comes once per close, also of
   * duplicates, so more often than release.
   */
  default void flush(Request request, long node, long handle) throws FuseException {
    throw new FuseException(Errno.ENOSYS);
  }

  /** The last descriptor of a handle is closed. An error has no effect. */
  default void release(Request request, long node, long handle, int flags) throws FuseException {}

  /**
   * Makes what was written durable. Not overridden, the kernel answers fsync(2) with success.
   *
   * @param dataOnly fdatasync: times may stay behind
   */
  default void fsync(Request request, long node, long handle, boolean dataOnly)
      throws FuseException {
    throw new FuseException(Errno.ENOSYS);
  }

  /** Opens a directory. */
  default void opendir(Request request, long node, int flags, OpenReply reply)
      throws FuseException {}

  /**
   * Lists names.
   *
   * @param offset 0 for the beginning, else the {@code nextOffset} of the last entry received
   */
  void readdir(Request request, long node, long handle, long offset, DirectorySink sink)
      throws FuseException;

  /** A directory is closed. An error has no effect. */
  default void releasedir(Request request, long node, long handle) throws FuseException {}

  /** Makes the names of a directory durable. */
  default void fsyncdir(Request request, long node, long handle, boolean dataOnly)
      throws FuseException {
    throw new FuseException(Errno.ENOSYS);
  }

  /** Says how much room there is. */
  Statfs statfs(Request request, long node) throws FuseException;

  /**
   * Preallocates, punches or zeroes.
   *
   * @param mode of fallocate(2): 1 KEEP_SIZE, 2 PUNCH_HOLE, 16 ZERO_RANGE; EOPNOTSUPP for what is
   *     unknown (ENOSYS would switch it off for the whole mount)
   */
  default void fallocate(
      Request request, long node, long handle, int mode, long offset, long length)
      throws FuseException {
    throw new FuseException(Errno.EOPNOTSUPP);
  }

  /**
   * Finds data or a hole; other positions are the kernel's.
   *
   * @param whence 3 SEEK_DATA, 4 SEEK_HOLE
   * @return the offset; ENXIO if there is none
   */
  default long lseek(Request request, long node, long handle, long offset, int whence)
      throws FuseException {
    throw new FuseException(Errno.ENOSYS);
  }

  /**
   * Obeys a command of ioctl(2) to an open file, which then returns 0; ENOTTY unless overridden,
   * and for what is unknown.
   *
   * @param command its number, as a rule made by _IOR and the like: bit 31, the sign, says that
   *     bytes go to the caller, bit 30 that they come from there, and bits 16 to 29 how many
   * @param data the bytes of the command, from position 0 to the limit: direct, little-endian, as
   *     many as its number says (FS_IOC_GETFLAGS and FS_IOC_SETFLAGS have 4); zeros if none come
   *     from the caller. What is there on return goes to the caller if the number says so
   */
  default void ioctl(Request request, long node, long handle, int command, ByteBuffer data)
      throws FuseException {
    throw new FuseException(Errno.ENOTTY);
  }
}
