package org.copybay.fs.transport.jnr;

import jnr.ffi.Pointer;

/**
 * The functions of libc that this package calls. Public only because jnr-ffi implements it at run
 * time; {@link Descriptors} is how the package uses it.
 */
public interface Libc {
  int dup(int fd);

  int dup2(int fd, int newFd);

  int pipe2(int[] fds, int flags);

  long read(int fd, byte[] bytes, long length);

  int close(int fd);

  int poll(Pointer descriptors, long count, int millis);

  String strerror(int error);
}
