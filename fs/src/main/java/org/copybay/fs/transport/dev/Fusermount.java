package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.copybay.fs.transport.MountSpec;
import org.copybay.fs.transport.UnfitTransportException;

/**
 * Mounts for an ordinary user through the set-uid program fusermount3, which opens /dev/fuse,
 * mounts, and sends the descriptor back over a socket whose number is in {@code _FUSE_COMMFD}.
 */
public final class Fusermount {

  private static final String PROGRAM = "fusermount3";

  /** That of libfuse 2, which unmounts as well; on Debian a link to the other one. */
  private static final String OLD_PROGRAM = "fusermount";

  private static final String MISSING = PROGRAM + " could not be run (Debian package fuse3)";
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int STDERR = 2;
  private static final int COMMFD = 3;

  /** At least the size of posix_spawn_file_actions_t of any libc. */
  private static final int ACTIONS_BYTES = 512;

  private static final int ERROR_TEXT_MAX = 4096;

  private Fusermount() {}

  /** Mounts and returns the descriptor of /dev/fuse. */
  static int mount(MountSpec spec) throws IOException {
    int[] socket = {-1, -1};
    int[] pipe = {-1, -1};
    try {
      if (Posix.LIBC.socketpair(AF_UNIX, SOCK_STREAM | Posix.O_CLOEXEC, 0, socket) != 0) {
        throw Posix.failure("socketpair");
      }
      if (Posix.LIBC.pipe2(pipe, Posix.O_CLOEXEC) != 0) {
        throw Posix.failure("pipe");
      }
      int pid = spawn(spec, socket[1], pipe[1]);
      socket[1] = closed(socket[1]);
      pipe[1] = closed(pipe[1]);
      int device = receiveDescriptor(socket[0]);
      String text = readText(pipe[0]);
      Posix.LIBC.waitpid(pid, new int[1], 0);
      if (device < 0) {
        throw new IOException(text.isEmpty() ? PROGRAM + " refused the mount" : text);
      }
      return device;
    } finally {
      for (int fd : new int[] {socket[0], socket[1], pipe[0], pipe[1]}) {
        Posix.close(fd);
      }
    }
  }

  /** Takes a mount of this user out of the name space, also while files are open. */
  static void unmount(Path mountPoint) throws IOException {
    Process process = startUnmount(mountPoint, true);
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(text.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + mountPoint, e);
    }
  }

  /**
   * Starts the unmounting of a mount of this user; what it says comes all on its standard output.
   *
   * @param lazy also while files are open, which then go on working
   * @throws IOException if there is no such program
   */
  public static Process startUnmount(Path mountPoint, boolean lazy) throws IOException {
    IOException missing = new IOException(MISSING);
    for (String program : List.of(PROGRAM, OLD_PROGRAM)) {
      try {
        return new ProcessBuilder(program, lazy ? "-uz" : "-u", "--", mountPoint.toString())
            .redirectErrorStream(true)
            .start();
      } catch (IOException e) {
        missing.addSuppressed(e);
      }
    }
    throw missing;
  }

  /** The options for {@code fusermount3 -o}. */
  static String options(MountSpec spec) {
    List<String> options = spec.options();
    options.add("max_read=" + RequestBuffer.DATA_LENGTH);
    return String.join(",", options);
  }

  private static int spawn(MountSpec spec, int socket, int stderr) throws IOException {
    String[] argv = {PROGRAM, "-o", options(spec), "--", spec.mountPoint().toString()};
    List<String> environment = new ArrayList<>();
    System.getenv().forEach((key, value) -> environment.add(key + "=" + value));
    environment.add("_FUSE_COMMFD=" + COMMFD);
    Pointer actions = Memory.allocateDirect(Posix.RUNTIME, ACTIONS_BYTES, true);
    Posix.LIBC.posix_spawn_file_actions_init(actions);
    try {
      Posix.LIBC.posix_spawn_file_actions_adddup2(actions, stderr, STDERR);
      Posix.LIBC.posix_spawn_file_actions_adddup2(actions, socket, COMMFD);
      int[] pid = new int[1];
      String[] envp = environment.toArray(new String[0]);
      int error = Posix.LIBC.posix_spawnp(pid, PROGRAM, actions, null, argv, envp);
      if (error != 0) {
        throw new UnfitTransportException(MISSING + ": " + Posix.LIBC.strerror(error));
      }
      return pid[0];
    } finally {
      Posix.LIBC.posix_spawn_file_actions_destroy(actions);
    }
  }

  /** Waits for the descriptor; -1 if the other side closes without sending one. */
  private static int receiveDescriptor(int socket) {
    Pointer payload = Memory.allocateDirect(Posix.RUNTIME, 8, true);
    Pointer vector = Memory.allocateDirect(Posix.RUNTIME, 16, true);
    vector.putAddress(0, payload.address());
    vector.putLong(8, 1);
    Pointer control = Memory.allocateDirect(Posix.RUNTIME, 24, true);
    Pointer message = Memory.allocateDirect(Posix.RUNTIME, 56, true);
    message.putAddress(16, vector.address());
    message.putLong(24, 1);
    message.putAddress(32, control.address());
    message.putLong(40, 24);
    long received;
    do {
      received = Posix.LIBC.recvmsg(socket, message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && Posix.errno() == Posix.EINTR);
    boolean holdsDescriptor = received > 0 && message.getLong(40) >= 20;
    return holdsDescriptor ? control.getInt(16) : -1;
  }

  private static String readText(int fd) {
    Pointer memory = Memory.allocateDirect(Posix.RUNTIME, ERROR_TEXT_MAX);
    int length = 0;
    while (length < ERROR_TEXT_MAX) {
      long count = Posix.LIBC.read(fd, memory.address() + length, ERROR_TEXT_MAX - length);
      if (count == 0 || (count < 0 && Posix.errno() != Posix.EINTR)) {
        break;
      }
      length += (int) Math.max(0, count);
    }
    byte[] bytes = new byte[length];
    memory.get(0, bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  private static int closed(int fd) {
    Posix.close(fd);
    return -1;
  }
}
