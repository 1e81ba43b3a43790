package org.copybay.fs.transport.dev;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libc that this package calls. Public only because jnr-ffi implements it at run
 * time; {@link Posix} is how the package uses it.
 */
public interface Libc {
  int open(String path, int flags);

  int close(int fd);

  long read(int fd, long address, long length);

  long write(int fd, long address, long length);

  int ioctl(int fd, long request, Pointer argument);

  int mount(String source, String target, String type, long flags, String data);

  int umount2(String target, int flags);

  /* mmap by its number: the binding of mmap itself with these types answers EINVAL. */
  long syscall(long number, long a, long b, long c, long d, long e, long f);

  int munmap(long address, long length);

  int geteuid();

  int getegid();

  String strerror(int error);

  int socketpair(int domain, int type, int protocol, int[] fds);

  int pipe2(int[] fds, int flags);

  long recvmsg(int fd, Pointer message, int flags);

  int waitpid(int pid, int[] status, int options);

  int posix_spawnp(
      int[] pid,
      String file,
      Pointer actions,
      @Nullable Pointer attributes,
      String[] argv,
      String[] envp);

  int posix_spawn_file_actions_init(Pointer actions);

  int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int newFd);

  int posix_spawn_file_actions_destroy(Pointer actions);
}
