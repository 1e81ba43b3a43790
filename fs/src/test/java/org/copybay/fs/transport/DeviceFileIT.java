package org.copybay.fs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.dev.DevTransport;
import org.copybay.fs.transport.jnr.JnrTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A file that stands for a device, through a real kernel and both transports. The mount is used by
 * other processes only: this one serves it.
 */
@Timeout(60)
class DeviceFileIT {

  private static final Duration SOON = Duration.ofMinutes(1);

  /** What every script begins with: the file is open as fd, and calls of libc set errno. */
  private static final String PROLOGUE =
      """
      import ctypes, errno, fcntl, mmap, os, struct, sys, threading
      name = sys.argv[1]
      fd = os.open(name, os.O_RDWR)
      libc = ctypes.CDLL(None, use_errno=True)

      def refused(number, call, *arguments):
          try:
              call(*arguments)
          except OSError as e:
              assert e.errno == number, e
          else:
              raise AssertionError('not refused')

      class Buffer:
          def __init__(self, size, inset):
              self.size, self.inset = size, inset
              self.memory = mmap.mmap(-1, size + 2 * 4096)
              start = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
              assert start % 4096 == 0
              self.address = ctypes.c_void_p(start + inset)

          def bytes(self):
              return self.memory[self.inset:self.inset + self.size]

          def call(self, function):
              count = function(fd, self.address, ctypes.c_size_t(self.size))
              assert count == self.size, (count, ctypes.get_errno())

      def pattern(size):
          return (bytes(range(251)) * (size // 251 + 1))[:size]
      """;

  enum Kind {
    DEV(1_044_480),
    JNR(126_976);

    private final int unsplitBytes;

    Kind(int unsplitBytes) {
      this.unsplitBytes = unsplitBytes;
    }

    private FuseTransport transport() {
      return this == DEV ? new DevTransport() : new JnrTransport();
    }
  }

  @TempDir Path temporary;
  private Path mount;
  private FuseSession session;
  private final DeviceFile handler = new DeviceFile();

  @BeforeEach
  void prepare() throws IOException {
    if (!Files.isWritable(Path.of("/dev/fuse"))
        || !"root".equals(System.getProperty("user.name"))) {
      skip("needs root and a writable /dev/fuse");
    }
    mount = Files.createDirectory(temporary.resolve("mount"));
  }

  private void skip(String reason) {
    System.err.println("SKIPPED " + getClass() + ": " + reason);
    Assumptions.abort(reason);
  }

  private void mount(Kind kind) throws IOException {
    MountSpec spec = new MountSpec(mount, "copybay#device", false, false, false);
    try {
      session = kind.transport().mount(spec, handler);
    } catch (UnfitTransportException e) {
      skip(e.getMessage());
    }
  }

  @AfterEach
  void unmount() throws Exception {
    if (session != null) {
      session.unmount();
      assertThat(session.awaitEnd(SOON)).as("session ends").isTrue();
    }
  }

  /** Runs a script of Python, which has an assertion for what must be. */
  private void python(String script) throws Exception {
    Path file = Files.writeString(temporary.resolve("script.py"), PROLOGUE + script);
    Process process =
        new ProcessBuilder("python3", file.toString(), mount.resolve(DeviceFile.NAME).toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", script, output).isZero();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anIoctlBringsAndTakesTheBytesOfItsNumber(Kind kind) throws Exception {
    mount(kind);

    python(
        """
        given = bytearray(b'x' * 64)
        assert fcntl.ioctl(fd, 0x80306d02, given) == 0
        assert given[:48] == struct.pack('=qqqqqii', 0x72, 0, 0, 0, 0, 3, -1), given
        assert given[48:] == b'x' * 16, given
        assert fcntl.ioctl(fd, 0x40086d01, struct.pack('=hxxi', 6, 11)) is not None
        assert fcntl.ioctl(fd, 0xc0086d7f, struct.pack('=Q', 1)) == struct.pack('=Q', 1 << 63)
        assert fcntl.ioctl(fd, 0x6d7e) == 0
        assert fcntl.ioctl(fd, 0x80086601, bytearray(b'x' * 8)) == 0
        """);

    assertThat(handler.calls)
        .containsExactly("get 0 0 of 48", "operation 6 11 of 8", "nudge of 0", "flags of 4");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anIoctlThatIsRefusedOrUnknownSaysSo(Kind kind) throws Exception {
    mount(kind);

    python(
        """
        refused(errno.EIO, fcntl.ioctl, fd, 0x40086d01, struct.pack('=hxxi', 6, -1))
        refused(errno.ENOTTY, fcntl.ioctl, fd, 0x80086d03, bytearray(8))
        refused(errno.ENOTTY, fcntl.ioctl, fd, 0x1268)
        directory = os.open(os.path.dirname(name), os.O_RDONLY)
        refused(errno.ENOTTY, fcntl.ioctl, directory, 0x80306d02, bytearray(48))
        """);

    assertThat(handler.calls).containsExactly("operation 6 -1 of 8");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aTransferIsOneRequestWhereverItsBufferBegins(Kind kind) throws Exception {
    mount(kind);
    assertThat(session.unsplitBytes()).isEqualTo(kind.unsplitBytes);

    python(
        """
        size = %d
        for inset in 0, 16, 4095:
            buffer = Buffer(size, inset)
            buffer.memory[inset:inset + size] = pattern(size)
            buffer.call(libc.write)
        for inset in 0, 16, 4095:
            buffer = Buffer(size, inset)
            buffer.call(libc.read)
            assert buffer.bytes() == pattern(size)
        """
            .formatted(kind.unsplitBytes));

    assertThat(handler.calls.subList(0, 3))
        .isEqualTo(Collections.nCopies(3, "write " + kind.unsplitBytes));
    assertThat(handler.calls.subList(3, handler.calls.size()))
        .isEqualTo(Collections.nCopies(3, "read " + kind.unsplitBytes));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFileWithoutPositionsRefusesThem(Kind kind) throws Exception {
    mount(kind);

    python(
        """
        refused(errno.ESPIPE, os.lseek, fd, 0, os.SEEK_SET)
        refused(errno.ESPIPE, os.pread, fd, 512, 0)
        refused(errno.ESPIPE, os.pwrite, fd, b'x', 0)
        """);

    assertThat(handler.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theReadsAndWritesOfADescriptorComeOneAfterTheOther(Kind kind) throws Exception {
    mount(kind);

    python(
        """
        def work(function):
            buffer = Buffer(251, 0)
            buffer.memory[:251] = pattern(251)
            for i in range(50):
                buffer.call(function)

        threads = [threading.Thread(target=work, args=[f])
                   for f in (libc.read, libc.write, libc.read, libc.write)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """);

    assertThat(handler.calls).hasSize(200).containsOnly("read 251", "write 251");
    assertThat(handler.together).isFalse();
  }
}
