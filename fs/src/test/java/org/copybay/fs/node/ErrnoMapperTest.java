package org.copybay.fs.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.copybay.fs.transport.Errno;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;

/** The error number of every kind of error: docs/CONTROL.md promises them. */
class ErrnoMapperTest {
  private static final Map<Fault, Errno> TABLE =
      Map.ofEntries(
          Map.entry(Fault.NOT_FOUND, Errno.ENOENT),
          Map.entry(Fault.EXISTS, Errno.EEXIST),
          Map.entry(Fault.READ_ONLY, Errno.EROFS),
          Map.entry(Fault.NO_SPACE, Errno.ENOSPC),
          Map.entry(Fault.BUSY, Errno.EBUSY),
          Map.entry(Fault.ALREADY, Errno.EALREADY),
          Map.entry(Fault.OUT_OF_RANGE, Errno.EFBIG),
          Map.entry(Fault.BAD_REQUEST, Errno.EINVAL),
          Map.entry(Fault.TOO_LONG, Errno.E2BIG),
          Map.entry(Fault.NAME_TOO_LONG, Errno.ENAMETOOLONG),
          Map.entry(Fault.CORRUPT, Errno.EIO),
          Map.entry(Fault.STORE_FAILED, Errno.EIO),
          Map.entry(Fault.TAPE_END, Errno.EIO),
          Map.entry(Fault.RECORD_TOO_LONG, Errno.ENOMEM),
          Map.entry(Fault.WRONG_MEDIUM, Errno.EMEDIUMTYPE),
          Map.entry(Fault.NO_MEDIUM, Errno.ENOMEDIUM),
          Map.entry(Fault.NO_PAIR, Errno.EXDEV),
          Map.entry(Fault.UNSUPPORTED, Errno.EOPNOTSUPP),
          Map.entry(Fault.FORBIDDEN, Errno.EPERM),
          Map.entry(Fault.DENIED, Errno.EACCES),
          Map.entry(Fault.CLOSED, Errno.EBADF),
          Map.entry(Fault.CANCELLED, Errno.ECANCELED),
          Map.entry(Fault.STALE, Errno.ESTALE),
          Map.entry(Fault.AGAIN, Errno.EAGAIN),
          Map.entry(Fault.INTERRUPTED, Errno.EINTR));

  @Test
  void everyFaultHasItsErrorNumber() {
    Map<Fault, Errno> mapped = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      mapped.put(fault, ErrnoMapper.of(fault));
    }

    assertThat(mapped).isEqualTo(TABLE);
  }
}
