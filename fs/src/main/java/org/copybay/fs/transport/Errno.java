package org.copybay.fs.transport;

/** The error numbers of Linux (x86_64 and aarch64 agree) that a request may be answered with. */
public enum Errno {
  EPERM(1),
  ENOENT(2),
  EINTR(4),
  EIO(5),
  ENXIO(6),
  E2BIG(7),
  EBADF(9),
  EAGAIN(11),
  ENOMEM(12),
  EACCES(13),
  EBUSY(16),
  EEXIST(17),
  EXDEV(18),
  ENOTDIR(20),
  EISDIR(21),
  EINVAL(22),
  ENOTTY(25),
  EFBIG(27),
  ENOSPC(28),
  EROFS(30),
  ENAMETOOLONG(36),
  ENOSYS(38),
  EILSEQ(84),
  EOPNOTSUPP(95),
  ESHUTDOWN(108),
  EALREADY(114),
  ESTALE(116),
  ENOMEDIUM(123),
  EMEDIUMTYPE(124),
  ECANCELED(125);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /** The positive number as in {@code errno(3)}. */
  public int number() {
    return number;
  }
}
