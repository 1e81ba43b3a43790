package org.copybay.copy.smartcopy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.MediumHeader;

/** Copies what a cartridge holds, record by record, and reads the copy again. */
final class TapeCopier {
  /** Bytes between two questions whether the job may go on. */
  private static final int STEP_BYTES = 1 << 20;

  private static final int WORD_BYTES = 4;

  private final Job job;

  /** Objects at the beginning that are the target's own: its medium header, or none. */
  private long own;

  private ByteBuffer buffer = ByteBuffer.allocateDirect(STEP_BYTES);

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
    long pending = 0;
    if (MediumHeader.read(source) != null) {
      header.write(target);
      own = MediumHeader.OBJECTS;
    }
    for (long number = own; number < source.end().objects(); number++) {
      if (source.isMark(number)) {
        target.mark(1, false);
        pending += WORD_BYTES;
      } else {
        ByteBuffer record = buffer(source.length(number));
        source.read(number, record);
        target.append(record.flip(), source.isDamaged(number));
        pending += record.limit() + 2L * WORD_BYTES + (record.limit() & 1);
      }
      if (pending >= STEP_BYTES) {
        moved(pending, start);
        pending = 0;
      }
    }
    moved(pending, start);
    job.begin("syncing", 0);
    target.settle();
  }

  private void moved(long bytes, long startNanos) throws StorageException {
    job.progress().copied(bytes);
    job.progress().setCopyMillis((System.nanoTime() - startNanos) / 1_000_000);
    job.proceed(bytes);
  }

  private ByteBuffer buffer(int length) {
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocateDirect(length);
    }
    return buffer.clear().limit(length);
  }

  /**
   * Reads the copy again from its disk and compares every object with what the source has on record
   * of it. CORRUPT.
   *
   * @return SHA-256 of its tape file in hexadecimal digits
   */
  String verify(Cartridge source, Cartridge copy) throws StorageException {
    job.begin("verifying", copy.end().imageBytes());
    copy.dropCached();
    if (copy.end().objects() != source.end().objects()) {
      throw differ("objects", source.end().objects(), copy.end().objects());
    }
    MessageDigest digest = sha256();
    long pending = 0;
    for (long number = 0; number < copy.end().objects(); number++) {
      if (number >= own && !copy.sameObject(number, source)) {
        throw new StorageException(Fault.CORRUPT, "source and copy differ in object " + number);
      }
      pending += read(copy, number, digest);
      if (pending >= STEP_BYTES) {
        job.progress().passed(pending);
        job.proceed(pending);
        pending = 0;
      }
    }
    job.progress().passed(pending);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Reads every record from its disk. CORRUPT. */
  void check(Cartridge tape) throws StorageException {
    job.begin("checking", tape.end().imageBytes());
    tape.dropCached();
    MessageDigest digest = sha256();
    long pending = 0;
    for (long number = 0; number < tape.end().objects(); number++) {
      pending += read(tape, number, digest);
      if (pending >= STEP_BYTES) {
        job.progress().passed(pending);
        job.proceed(pending);
        pending = 0;
      }
    }
    job.progress().passed(pending);
  }

  private static StorageException differ(String what, long want, long got) {
    return new StorageException(
        Fault.CORRUPT, "source and copy differ in " + what + ": want=" + want + " got=" + got);
  }

  /** Reads one object, checked, and gives its bytes in the tape file to the digest. */
  private long read(Cartridge copy, long number, MessageDigest digest) throws StorageException {
    ByteBuffer word = ByteBuffer.allocate(WORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int length = copy.length(number);
    word.putInt(0, length | (copy.isDamaged(number) ? 1 << 31 : 0));
    digest.update(word.array());
    if (copy.isMark(number)) {
      return WORD_BYTES;
    }
    ByteBuffer record = buffer(length);
    copy.read(number, record);
    digest.update(record.flip());
    digest.update(new byte[length & 1]);
    digest.update(word.array());
    return length + 2L * WORD_BYTES + (length & 1);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
