package org.copybay.nativetest.transport;

import static org.copybay.nativetest.transport.SystemCalls.LIBC;
import static org.copybay.nativetest.transport.SystemCalls.O_APPEND;
import static org.copybay.nativetest.transport.SystemCalls.O_CLOEXEC;
import static org.copybay.nativetest.transport.SystemCalls.O_CREAT;
import static org.copybay.nativetest.transport.SystemCalls.O_DIRECT;
import static org.copybay.nativetest.transport.SystemCalls.O_DIRECTORY;
import static org.copybay.nativetest.transport.SystemCalls.O_DSYNC;
import static org.copybay.nativetest.transport.SystemCalls.O_EXCL;
import static org.copybay.nativetest.transport.SystemCalls.O_RDONLY;
import static org.copybay.nativetest.transport.SystemCalls.O_RDWR;
import static org.copybay.nativetest.transport.SystemCalls.O_TRUNC;
import static org.copybay.nativetest.transport.SystemCalls.O_WRONLY;
import static org.copybay.nativetest.transport.SystemCalls.said;
import static org.copybay.nativetest.transport.SystemCalls.stat;

import java.util.List;
import java.util.function.IntFunction;

/** Operations on open files. */
final class FileOperations {
  private final Script.Draws draws;
  private final OpenFiles files;

  FileOperations(Script.Draws draws, OpenFiles files) {
    this.draws = draws;
    this.files = files;
  }

  void addTo(Script script) {
    script.add(8, "make", this::make);
    script.add(14, "open", this::open);
    script.add(3, "close", () -> on(slot -> said(files.close(slot))));
    script.add(18, "pread", this::pread);
    script.add(20, "pwrite", this::pwrite);
    script.add(4, "read", this::read);
    script.add(5, "write", this::write);
    script.add(3, "lseek", this::lseek);
    script.add(2, "lseek data or hole", this::seekDataOrHole);
    script.add(2, "fsync", () -> on(slot -> said(LIBC.fsync(files.descriptor(slot)))));
    script.add(2, "fdatasync", () -> on(slot -> said(LIBC.fdatasync(files.descriptor(slot)))));
    script.add(4, "ftruncate", this::ftruncate);
    script.add(7, "fallocate", this::fallocate);
    script.add(4, "fstat", () -> named(slot -> stat(files.descriptor(slot))));
    script.add(2, "fchmod", this::fchmod);
    script.add(2, "futimens", this::futimens);
    script.add(2, "copy_file_range", this::copyFileRange);
    script.add(2, "flock", this::flock);
  }

  private String on(IntFunction<String> operation) {
    int slot = files.drawOpen();
    return "slot %d: %s".formatted(slot, operation.apply(slot));
  }

  /** Of a file that has its name, or all are asked. */
  private String named(IntFunction<String> operation) {
    return on(slot -> files.hasAttributes(slot) ? operation.apply(slot) : "no name");
  }

  /** A new file that grows until it is closed: nobody else opens it meanwhile. */
  private String make() {
    String name = draws.volume();
    int flags = O_CLOEXEC | O_CREAT | draws.pick(List.of(O_WRONLY, O_RDWR));
    flags |= draws.oneOf(2) ? O_EXCL : 0;
    flags |= draws.oneOf(3) ? O_TRUNC : 0;
    int fd = LIBC.open(draws.volumePath(name), flags, draws.below(01000));
    StringBuilder said = new StringBuilder(name).append(" flags %x ".formatted(flags));
    said.append(fd < 0 ? said(fd) : "open");
    int steps = 1 + draws.below(4);
    for (int i = 0; i < steps; i++) {
      byte[] bytes = draws.bytes(draws.length());
      long offset = draws.offset() / 3;
      long size = draws.offset();
      boolean cut = draws.oneOf(3);
      if (fd >= 0) {
        said.append(" at ").append(offset).append(' ');
        said.append(said(LIBC.pwrite(fd, bytes, bytes.length, offset)));
        said.append(cut ? " size " + size + " " + said(LIBC.ftruncate(fd, size)) : "");
        said.append(' ').append(stat(fd));
      }
    }
    if (fd >= 0) {
      said.append(" close ").append(said(LIBC.close(fd)));
    }
    return said.toString();
  }

  private String open() {
    String name = draws.volume();
    int flags = O_CLOEXEC | draws.pick(List.of(O_RDONLY, O_WRONLY, O_RDWR, O_RDWR));
    flags |= draws.oneOf(5) ? O_TRUNC : 0;
    flags |= draws.oneOf(5) ? O_APPEND : 0;
    flags |= draws.oneOf(4) ? O_DIRECT : 0;
    flags |= draws.oneOf(5) ? O_DSYNC : 0;
    flags |= draws.oneOf(15) ? O_DIRECTORY : 0;
    flags |= draws.oneOf(10) ? O_CREAT | O_EXCL : 0;
    return open(name, flags, (flags & O_EXCL) != 0);
  }

  private String open(String name, int flags, boolean exclusive) {
    int slot = files.draw();
    if (files.descriptor(slot) >= 0) {
      files.close(slot);
    }
    int fd = LIBC.open(draws.volumePath(name), flags, 0600);
    String said = "slot %d: %s flags %x ".formatted(slot, name, flags);
    if (fd < 0) {
      return said + said(fd);
    }
    if (exclusive) { // what is new is held open by "make" only
      return said + "close " + said(LIBC.close(fd));
    }
    files.put(slot, fd, name);
    return said + "open";
  }

  private String pread() {
    long offset = draws.offset();
    byte[] bytes = new byte[draws.length()];
    return on(
        slot -> {
          long count = LIBC.pread(files.descriptor(slot), bytes, bytes.length, offset);
          return "at %d of %d %s".formatted(offset, bytes.length, said(count, bytes));
        });
  }

  private String pwrite() {
    long offset = draws.offset();
    byte[] bytes = draws.bytes(draws.length());
    return on(
        slot -> {
          long count = LIBC.pwrite(files.descriptor(slot), bytes, bytes.length, offset);
          return "at %d of %d %s".formatted(offset, bytes.length, said(count));
        });
  }

  private String read() {
    byte[] bytes = new byte[draws.length()];
    return on(slot -> said(LIBC.read(files.descriptor(slot), bytes, bytes.length), bytes));
  }

  private String write() {
    byte[] bytes = draws.bytes(draws.length());
    return on(slot -> said(LIBC.write(files.descriptor(slot), bytes, bytes.length)));
  }

  private String lseek() {
    int whence = draws.below(3);
    long offset = draws.offset() - (whence == 0 ? draws.below(50) : 500_000);
    return named(
        slot ->
            "whence %d by %d %s"
                .formatted(
                    whence, offset, said(LIBC.lseek(files.descriptor(slot), offset, whence))));
  }

  private String seekDataOrHole() {
    long offset = draws.offset();
    int whence = 3 + draws.below(2);
    return on(slot -> said(LIBC.lseek(files.descriptor(slot), offset, whence)));
  }

  private String ftruncate() {
    long size = draws.oneOf(4) ? 0 : draws.offset();
    return on(slot -> size + " " + said(LIBC.ftruncate(files.descriptor(slot), size)));
  }

  private String fallocate() {
    int mode = draws.pick(List.of(0, 1, 3, 3, 3, 16, 17, 2, 8, 32));
    long offset = draws.offset();
    int length = draws.length();
    return on(
        slot -> {
          int result = LIBC.fallocate(files.descriptor(slot), mode, offset, length);
          return "mode %d at %d of %d %s".formatted(mode, offset, length, said(result));
        });
  }

  private String fchmod() {
    int mode = draws.below(01000) | 0600;
    return named(slot -> said(LIBC.fchmod(files.descriptor(slot), mode)));
  }

  private String futimens() {
    long[] times = {draws.below(2_000_000_000), draws.below(1_000_000_000), 1, 2};
    return named(slot -> said(LIBC.futimens(files.descriptor(slot), times)));
  }

  /**
   * As cp does, with the attributes first: a volume that was opened with O_TRUNC is empty for the
   * kernel until it asks for them, which a read through pages does and one that passes them does
   * not.
   */
  private String copyFileRange() {
    int to = files.drawOpen();
    long[] fromOffset = {draws.offset()};
    long[] toOffset = {draws.offset()};
    int length = draws.length();
    return named(
        slot -> {
          if (!files.hasAttributes(to)) {
            return "no name";
          }
          String attributes = stat(files.descriptor(slot));
          long count =
              LIBC.copy_file_range(
                  files.descriptor(slot), fromOffset, files.descriptor(to), toOffset, length, 0);
          return "of %s to slot %d of %d %s".formatted(attributes, to, length, said(count));
        });
  }

  private String flock() {
    int operation = draws.pick(List.of(1, 2, 8, 8)) | 4;
    return on(slot -> operation + " " + said(LIBC.flock(files.descriptor(slot), operation)));
  }
}
