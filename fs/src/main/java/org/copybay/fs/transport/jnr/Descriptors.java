package org.copybay.fs.transport.jnr;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** File descriptors of this process that libfuse opens and writes to. */
final class Descriptors {

  private static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
  private static final Path OWN = Path.of("/proc/self/fd");
  private static final Path DEVICE = Path.of("/dev/fuse");
  private static final int STDERR = 2;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EINTR = 4;
  private static final int POLLFD_BYTES = 8;

  private Descriptors() {}

  /** The descriptors of /dev/fuse that this process has open. */
  static Set<Integer> ofDevice() throws IOException {
    Set<Integer> found = new TreeSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(OWN)) {
      for (Path descriptor : all) {
        if (leadsToDevice(descriptor)) {
          found.add(Integer.valueOf(String.valueOf(descriptor.getFileName())));
        }
      }
    }
    return found;
  }

  private static boolean leadsToDevice(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).equals(DEVICE);
    } catch (NoSuchFileException e) {
      return false; // closed meanwhile
    }
  }

  /**
   * Waits until the connection of that descriptor of /dev/fuse is over: unmounted, cut, or closed.
   */
  static void awaitEnd(int device) {
    Pointer pollfd = Memory.allocateDirect(RUNTIME, POLLFD_BYTES, true);
    pollfd.putInt(0, device); // no events: an error of the descriptor always shows
    while (LIBC.poll(pollfd, 1, -1) < 0 && RUNTIME.getLastError() == EINTR) {
      pollfd.putInt(0, device);
    }
  }

  /** Takes what this process writes to its standard error, from now until it is closed. */
  static final class Stderr implements AutoCloseable {
    private final int kept;
    private final int[] pipe = new int[2];

    Stderr() throws IOException {
      if (LIBC.pipe2(pipe, O_NONBLOCK | O_CLOEXEC) != 0) {
        throw failure("pipe");
      }
      kept = LIBC.dup(STDERR);
      if (kept < 0 || LIBC.dup2(pipe[1], STDERR) < 0) {
        IOException failure = failure("standard error");
        close();
        throw failure;
      }
    }

    /** What was said until now, at most what a pipe holds. */
    String text() {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      byte[] piece = new byte[4096];
      long count = LIBC.read(pipe[0], piece, piece.length);
      while (count > 0) {
        said.write(piece, 0, (int) count);
        count = LIBC.read(pipe[0], piece, piece.length);
      }
      return said.toString(StandardCharsets.UTF_8).strip().replace("\n", "; ");
    }

    @Override
    public void close() {
      if (kept >= 0) {
        LIBC.dup2(kept, STDERR);
        LIBC.close(kept);
      }
      LIBC.close(pipe[0]);
      LIBC.close(pipe[1]);
    }

    private static IOException failure(String what) {
      return new IOException(what + ": " + LIBC.strerror(RUNTIME.getLastError()));
    }
  }
}
