package org.copybay.volumes.store;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The text of a small file that says by itself whether it is whole: lines {@code key=value}, the
 * first of them {@code crc} over the rest. It is written anew as a whole.
 */
public final class SealedText {
  /** What the name of the next one ends with, until it is whole. */
  public static final String NEW = ".new";

  private static final String CRC = "crc=";
  private static final long MOST_BYTES = 1 << 20;

  private final StringBuilder body = new StringBuilder();

  /** Adds a line; none where there is no value. */
  public SealedText line(String key, @Nullable Object value) {
    if (value != null) {
      body.append(key).append('=').append(escaped(value.toString())).append('\n');
    }
    return this;
  }

  /**
   * As {@link Properties} reads it: blanks at the beginning and ends of lines stay what they are.
   */
  private static String escaped(String text) {
    String one = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return one.isEmpty() || !Character.isWhitespace(one.charAt(0)) ? one : "\\" + one;
  }

  /** All of it. */
  public String text() {
    return CRC + crc(body.toString()) + "\n" + body;
  }

  private static String crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", (int) crc.getValue());
  }

  // ---- files

  /**
   * Puts it into a file in place of what is there, in one step (P7); it survives power loss then. A
   * crash leaves the old one, and perhaps the beginning of the next one under its name.
   */
  public static void replace(Path file, String text) throws StorageException {
    Path made = file.resolveSibling(file.getFileName() + NEW);
    try {
      Files.deleteIfExists(made);
      try (NativeFile written = NativeFile.create(made)) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        for (long at = 0; source.hasRemaining(); ) {
          at += written.write(at, source);
        }
        written.sync();
      }
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw FileFailure.of("write " + file, e);
    }
    NativeFile.syncEntry(file);
  }

  /** What a file has, as it is. NOT_FOUND, CORRUPT: it is no text. */
  public static String load(Path file) throws StorageException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new StorageException(Fault.CORRUPT, file + " is too long for a label");
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new StorageException(Fault.CORRUPT, file + " is no text", null, e);
    } catch (IOException e) {
      throw FileFailure.of("read " + file, e);
    }
  }

  /** What the lines of a file say. NOT_FOUND, CORRUPT: it does not check. */
  public static Properties read(Path file) throws StorageException {
    String text = load(file);
    int end = text.indexOf('\n');
    String body = text.substring(end + 1);
    String want = CRC + crc(body);
    if (end < 0 || !text.substring(0, end).equals(want)) {
      String got = end < 0 ? "no line" : text.substring(0, Math.min(end, want.length()));
      throw new StorageException(
          Fault.CORRUPT, file + " does not check: want=" + want + " got=" + got);
    }
    Properties values = new Properties();
    try {
      values.load(new StringReader(body));
    } catch (IOException | IllegalArgumentException e) {
      throw new StorageException(Fault.CORRUPT, file + ": " + e.getMessage(), null, e);
    }
    return values;
  }
}
