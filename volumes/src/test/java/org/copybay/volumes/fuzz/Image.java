package org.copybay.volumes.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.TapeFormat;
import org.copybay.volumes.interchange.TapeTally;
import org.copybay.volumes.interchange.TapeWriter;

/** Tape images of any bytes, and the rules of their readers. */
final class Image {
  /** The longest record of AWSTAPE. */
  private static final int MOST_AWSTAPE_BYTES = 65535;

  /** What a reader may take for its buffers, and for each byte of an image. */
  private static final long BASE_BYTES = 1 << 20;

  private static final long BYTES_PER_BYTE = 64;

  /** What unpacking one record of bzip2 takes: five bytes for each of a block of 900,000. */
  private static final long UNPACKER_BYTES = 6 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Image() {}

  static void detect(byte[] head) throws StorageException {
    TapeFormat.detect(Arrays.copyOf(head, Math.min(head.length, TapeFormat.HEAD_BYTES)));
  }

  /**
   * Reads an image in bounded memory; what was told is written and read again, also of a damaged
   * image.
   */
  static void read(TapeFormat format, byte[] image) throws StorageException {
    Told told = new Told();
    try {
      read(format, image, told);
    } finally {
      writeAndRead(format, told);
    }
  }

  static void read(TapeFormat format, byte[] image, Told told) throws StorageException {
    long used = THREADS.getCurrentThreadAllocatedBytes();
    try {
      TapeTally tally = format.read(new ByteArrayInputStream(image), Told.LIMIT_BYTES, told);
      used = THREADS.getCurrentThreadAllocatedBytes() - used;
      FuzzTarget.require(
          tally.records() + tally.marks() == told.items.size(), "what was told", tally);
    } catch (StorageException e) {
      used = THREADS.getCurrentThreadAllocatedBytes() - used;
      throw e;
    } finally {
      long most = most(format, image, told);
      if (used > most) {
        requireMemory(format, image, most);
      }
    }
  }

  private static long most(TapeFormat format, byte[] image, Told told) {
    long most = BASE_BYTES + BYTES_PER_BYTE * image.length;
    return format == TapeFormat.AWSTAPE ? most + UNPACKER_BYTES * (told.items.size() + 1) : most;
  }

  /** Reads it again: the first time, classes may have been loaded. */
  private static void requireMemory(TapeFormat format, byte[] image, long most) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      format.read(new ByteArrayInputStream(image), Told.LIMIT_BYTES, new Told());
    } catch (StorageException e) {
      // as before
    }
    long used = THREADS.getCurrentThreadAllocatedBytes() - before;
    FuzzTarget.require(used <= most, "at most " + most + " bytes of memory", used);
  }

  private static void writeAndRead(TapeFormat format, Told told) throws StorageException {
    byte[] image;
    try {
      image = written(format, told);
    } catch (StorageException e) {
      boolean tooLong =
          told.items.stream().anyMatch(each -> each.bytes().remaining() > MOST_AWSTAPE_BYTES);
      FuzzTarget.require(
          format == TapeFormat.AWSTAPE && tooLong && e.fault() == Fault.UNSUPPORTED,
          "an image that can be written",
          e);
      return;
    }
    Told again = new Told();
    try {
      format.read(new ByteArrayInputStream(image), Told.LIMIT_BYTES, again);
      FuzzTarget.require(again.items.equals(told.items), told.items.toString(), again.items);
      FuzzTarget.require(again.manifest.equals(told.manifest), told.manifest, again.manifest);
      if (image.length > 0) {
        detectAgain(format, image);
      }
    } catch (StorageException e) {
      throw new AssertionError("what was written cannot be read: " + told.items, e);
    }
  }

  /** A reader is chosen by the first bytes: they must lead to the one for this format. */
  private static void detectAgain(TapeFormat format, byte[] image) throws StorageException {
    byte[] head = Arrays.copyOf(image, Math.min(image.length, TapeFormat.HEAD_BYTES));
    TapeFormat detected = TapeFormat.detect(head);
    FuzzTarget.require(detected == format, "the format " + format, detected);
  }

  private static byte[] written(TapeFormat format, Told told) throws StorageException {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    TapeWriter writer =
        switch (format) {
          case SIMH -> TapeWriter.simh(image);
          case AWSTAPE -> TapeWriter.awstape(image);
          case TAR -> TapeWriter.tar(image, told.manifest, Instant.EPOCH);
        };
    for (Told.Item item : told.items) {
      if (item.bytes().hasRemaining()) {
        writer.record(item.bytes(), item.damaged());
      } else {
        writer.mark();
      }
    }
    writer.finish();
    return image.toByteArray();
  }
}
