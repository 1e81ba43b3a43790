package org.copybay.control.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import org.copybay.control.report.Errno;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** An open ctl file: a line goes in, its reply or its error comes out. For one thread. */
final class Ctl implements AutoCloseable {
  private static final int REPLY_BYTES = 64 * 1024;

  private static final String AGAIN = "Resource temporarily unavailable";

  /** What Java says of an errno: only its text in the C library. */
  private static final Map<String, Errno> TEXTS =
      Map.ofEntries(
          Map.entry("No such file or directory", Errno.ENOENT),
          Map.entry("File exists", Errno.EEXIST),
          Map.entry("Read-only file system", Errno.EROFS),
          Map.entry("No space left on device", Errno.ENOSPC),
          Map.entry("Device or resource busy", Errno.EBUSY),
          Map.entry("Operation already in progress", Errno.EALREADY),
          Map.entry("File too large", Errno.EFBIG),
          Map.entry("Invalid argument", Errno.EINVAL),
          Map.entry("Argument list too long", Errno.E2BIG),
          Map.entry("File name too long", Errno.ENAMETOOLONG),
          Map.entry("Input/output error", Errno.EIO),
          Map.entry("Operation not supported", Errno.EOPNOTSUPP),
          Map.entry("Operation not permitted", Errno.EPERM),
          Map.entry("Permission denied", Errno.EACCES),
          Map.entry("Bad file descriptor", Errno.EBADF),
          Map.entry("Operation canceled", Errno.ECANCELED),
          Map.entry("Stale file handle", Errno.ESTALE),
          Map.entry("Invalid cross-device link", Errno.EXDEV),
          Map.entry("No medium found", Errno.ENOMEDIUM),
          Map.entry("Wrong medium type", Errno.EMEDIUMTYPE),
          Map.entry(AGAIN, Errno.EAGAIN));

  private final ControlFiles bay;
  private final SeekableByteChannel channel;
  private final OwnErrors errors;

  private Ctl(ControlFiles bay, SeekableByteChannel channel, OwnErrors errors) {
    this.bay = bay;
    this.channel = channel;
    this.errors = errors;
  }

  /** Opens the ctl of the bay or of an object in it. READ_ONLY, DENIED. */
  static Ctl open(ControlFiles bay, Path file) throws StorageException {
    OwnErrors errors = OwnErrors.of(bay);
    try {
      return new Ctl(
          bay,
          Files.newByteChannel(file, StandardOpenOption.READ, StandardOpenOption.WRITE),
          errors);
    } catch (IOException e) {
      throw bay.failure("open " + file, e);
    }
  }

  /** Runs one line and returns the reply, or fails with the sentence that the bay has for it. */
  String send(String line) throws StorageException {
    long before = errors.newest();
    try {
      ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0) {
          throw new IOException(AGAIN); // Java's answer to EAGAIN is that nothing was written
        }
      }
      return reply();
    } catch (IOException e) {
      StorageException plain = bay.failure("write to ctl", e);
      String sentence = plain.fault() == Fault.CLOSED ? null : errors.since(before);
      if (sentence == null) {
        throw plain;
      }
      throw new StorageException(plain.fault(), told(e, sentence), null, e);
    }
  }

  private String reply() throws IOException {
    ByteBuffer reply = ByteBuffer.allocate(REPLY_BYTES);
    while (reply.hasRemaining() && channel.read(reply) > 0) {
      // more may follow
    }
    return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
  }

  /** The sentence with the name of its errno in front. */
  private static String told(IOException e, String sentence) {
    String text = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    Errno errno = TEXTS.get(Objects.requireNonNullElse(text, ""));
    return errno == null ? sentence : errno + ": " + sentence;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // What was written was answered line by line; a close has nothing more to say.
    }
  }
}
