package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.fs.transport.UnfitTransportException;

/**
 * The kernel's first request, INIT, which is answered before any worker starts: the kernel sends
 * nothing else until then.
 */
final class Handshake implements AutoCloseable {

  private static final int FLAGS2_MINOR = 36;

  /** The most pages of a request, in Linux 6.13 and later. */
  private static final Path PAGES_LIMIT = Path.of("/proc/sys/fs/fuse/max_pages_limit");

  private final int device;
  private final RequestBuffer buffer = new RequestBuffer();
  private long unique;

  Handshake(int device) throws IOException {
    this.device = device;
  }

  /** Waits for INIT and agrees on features. */
  Features read() throws IOException {
    Incoming init = new Incoming(buffer.memory());
    long length;
    do {
      length = Posix.LIBC.read(device, buffer.requestAddress(), buffer.requestCapacity());
    } while (length < 0 && Posix.errno() == Posix.EINTR);
    if (length < 0) {
      throw Posix.failure("read of INIT from /dev/fuse");
    }
    init.load((int) length);
    int major = init.intAt(0);
    int minor = init.intAt(4);
    if (init.opcode() != Opcode.INIT || major != Features.MAJOR || minor < Features.MINOR_MIN) {
      throw new UnfitTransportException(
          "FUSE protocol: kernel offers %d.%d, wanted is 7.%d or later (Linux 5.4)"
              .formatted(major, minor, Features.MINOR_MIN));
    }
    long flags = Integer.toUnsignedLong(init.intAt(12));
    if (minor >= FLAGS2_MINOR) {
      flags |= (long) init.intAt(16) << 32;
    }
    unique = init.unique();
    return Features.agree(minor, flags, init.intAt(8), pagesLimit());
  }

  /** Read in one piece: the kernel gives nothing from the second byte on. */
  private static int pagesLimit() throws IOException {
    return Files.exists(PAGES_LIMIT)
        ? Integer.parseInt(Files.readAllLines(PAGES_LIMIT).get(0).strip())
        : Integer.MAX_VALUE;
  }

  /** Answers INIT; requests may come from now on. */
  void answer(Features features) throws IOException {
    ByteBuffer body = buffer.body();
    int length = Wire.OUT_HEADER + features.putInitOut(body);
    buffer.answerHeader(length, 0, unique);
    if (Posix.LIBC.write(device, buffer.answerAddress(), length) != length) {
      throw Posix.failure("answer to INIT");
    }
  }

  @Override
  public void close() {
    buffer.close();
  }
}
