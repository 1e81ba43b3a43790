package org.copybay.nativetest.transport;

/**
 * System calls as the scripts make them. Paths are bytes that end with a 0. Public only because
 * jnr-ffi implements it at run time.
 */
public interface Libc {
  int open(byte[] path, int flags, int mode);

  int close(int fd);

  long pread(int fd, byte[] bytes, long length, long offset);

  long pwrite(int fd, byte[] bytes, long length, long offset);

  long read(int fd, byte[] bytes, long length);

  long write(int fd, byte[] bytes, long length);

  long lseek(int fd, long offset, int whence);

  int fsync(int fd);

  int fdatasync(int fd);

  int ftruncate(int fd, long length);

  int truncate(byte[] path, long length);

  int fallocate(int fd, int mode, long offset, long length);

  int statx(int directory, byte[] path, int flags, int mask, byte[] statx);

  int rename(byte[] path, byte[] newPath);

  int unlink(byte[] path);

  int mkdir(byte[] path, int mode);

  int rmdir(byte[] path);

  int mkfifo(byte[] path, int mode);

  int link(byte[] path, byte[] newPath);

  int symlink(byte[] target, byte[] path);

  long readlink(byte[] path, byte[] text, long length);

  int chmod(byte[] path, int mode);

  int fchmod(int fd, int mode);

  int chown(byte[] path, int uid, int gid);

  int utimensat(int directory, byte[] path, long[] times, int flags);

  int futimens(int fd, long[] times);

  int access(byte[] path, int mode);

  int statvfs(byte[] path, byte[] statvfs);

  int flock(int fd, int operation);

  long getxattr(byte[] path, byte[] name, byte[] value, long length);

  int setxattr(byte[] path, byte[] name, byte[] value, long length, int flags);

  long copy_file_range(
      int from, long[] fromOffset, int to, long[] toOffset, long length, int flags);

  int renameat2(int directory, byte[] path, int newDirectory, byte[] newPath, int flags);

  long syscall(long number, int fd, byte[] bytes, long length);

  long syscall(long number, long a, long b, long c, long d, long e, long f);
}
