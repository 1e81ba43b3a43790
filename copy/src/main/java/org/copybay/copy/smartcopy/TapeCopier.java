package org.copybay.copy.smartcopy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.smartcopy.RecordsAhead.Item;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.MediumHeader;

/** Copies what a cartridge holds, record by record, and reads the copy again. */
final class TapeCopier {
  /** All was copied, and is on its way to the disk. */
  static final String SYNCING = "syncing";

  /** All was copied, and is read again. */
  static final String VERIFYING = "verifying";

  private final Job job;

  /** Objects at the beginning that are the target's own: its medium header, or none. */
  private long own;

  TapeCopier(Job job) {
    this.job = job;
  }

  /**
   * Appends all objects of the source to a blank target, which survive power loss then.
   *
   * @param header of the target, which takes the place of that of the source, where it has one
   */
  void copy(Cartridge source, Cartridge target, MediumHeader header) throws StorageException {
    job.begin("copying", source.end().imageBytes());
    long start = System.nanoTime();
    target.compress(false);
    if (MediumHeader.read(source) != null) {
      header.write(target);
      own = MediumHeader.OBJECTS;
    }
    try (RecordsAhead ahead = new RecordsAhead(source, own)) {
      for (List<Item> items = ahead.next(); !items.isEmpty(); items = ahead.next()) {
        long bytes = 0;
        for (Item each : items) {
          append(target, each);
          bytes += each.imageBytes();
        }
        moved(bytes, start);
      }
    }
    job.begin(SYNCING, 0);
    target.settle();
  }

  private void moved(long bytes, long startNanos) throws StorageException {
    job.progress().copied(bytes);
    job.progress().setCopyMillis((System.nanoTime() - startNanos) / 1_000_000);
    job.proceed(bytes);
  }

  private static void append(Cartridge target, Item item) throws StorageException {
    if (item.mark()) {
      target.mark(1, false);
    } else {
      target.append(item.bytes(), item.damaged());
    }
  }

  /**
   * Reads the copy again from its disk and compares every object with what the source has on record
   * of it. CORRUPT.
   *
   * @return SHA-256 of its tape file in hexadecimal digits
   */
  String verify(Cartridge source, Cartridge copy) throws StorageException {
    job.begin(VERIFYING, copy.end().imageBytes());
    copy.dropCached();
    if (copy.end().objects() != source.end().objects()) {
      throw differ("objects", source.end().objects(), copy.end().objects());
    }
    return read(
        copy,
        number -> {
          if (number >= own && !copy.sameObject(number, source)) {
            throw new StorageException(Fault.CORRUPT, "source and copy differ in object " + number);
          }
        });
  }

  /** Reads every record from its disk. CORRUPT. */
  void check(Cartridge tape) throws StorageException {
    job.begin("checking", tape.end().imageBytes());
    tape.dropCached();
    read(tape, number -> {});
  }

  /** What is asked of each object besides. */
  @FunctionalInterface
  private interface Question {
    /** CORRUPT where the answer is no. */
    void ask(long number) throws StorageException;
  }

  /** Reads all of it. The digest of its tape file, as it must be. */
  private String read(Cartridge tape, Question question) throws StorageException {
    MessageDigest digest = sha256();
    try (RecordsAhead ahead = new RecordsAhead(tape, 0)) {
      for (List<Item> items = ahead.next(); !items.isEmpty(); items = ahead.next()) {
        long bytes = 0;
        for (Item each : items) {
          question.ask(each.number());
          digest(each, digest);
          bytes += each.imageBytes();
        }
        job.progress().passed(bytes);
        job.proceed(bytes);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static StorageException differ(String what, long want, long got) {
    return new StorageException(
        Fault.CORRUPT, "source and copy differ in " + what + ": want=" + want + " got=" + got);
  }

  /** Gives the bytes of an object in the tape file to the digest. */
  private static void digest(Item item, MessageDigest digest) {
    ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int length = item.bytes().limit();
    word.putInt(0, length | (item.damaged() ? 1 << 31 : 0));
    digest.update(word.array());
    if (!item.mark()) {
      digest.update(item.bytes().duplicate());
      digest.update(new byte[length & 1]);
      digest.update(word.array());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
