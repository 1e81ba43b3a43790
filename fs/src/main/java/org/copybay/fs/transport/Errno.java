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
  ENODEV(19),
  ENOTDIR(20),
  EISDIR(21),
  EINVAL(22),
  ENFILE(23),
  EMFILE(24),
  ENOTTY(25),
  ETXTBSY(26),
  EFBIG(27),
  ENOSPC(28),
  ESPIPE(29),
  EROFS(30),
  EMLINK(31),
  EPIPE(32),
  EDOM(33),
  ERANGE(34),
  EDEADLK(35),
  ENAMETOOLONG(36),
  ENOLCK(37),
  ENOSYS(38),
  ENOTEMPTY(39),
  ELOOP(40),
  ENOMSG(42),
  ENODATA(61),
  ETIME(62),
  ENOLINK(67),
  EPROTO(71),
  EBADMSG(74),
  EOVERFLOW(75),
  EILSEQ(84),
  EUSERS(87),
  EOPNOTSUPP(95),
  ENOBUFS(105),
  ESHUTDOWN(108),
  ETIMEDOUT(110),
  ECONNREFUSED(111),
  EHOSTDOWN(112),
  EALREADY(114),
  EINPROGRESS(115),
  ESTALE(116),
  EDQUOT(122),
  ENOMEDIUM(123),
  EMEDIUMTYPE(124),
  ECANCELED(125),
  ENOKEY(126),
  EKEYEXPIRED(127),
  EKEYREVOKED(128),
  EKEYREJECTED(129),
  EOWNERDEAD(130),
  ENOTRECOVERABLE(131);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /** The positive number as in {@code errno(3)}. */
  public int number() {
    return number;
  }
}
