package org.copybay.copy.shadow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.NativeFile;
import org.jspecify.annotations.Nullable;

/*
 * Steps, and what a crash after each leaves (P3, P6: of a member there is a label, old or new):
 *
 *   the first copy, synced    the new label in the first, the one before in the second
 *   the second copy, synced   the new label in both
 *
 * The first label of a volume gets its name when it is whole.
 *
 * A read takes the copy with the higher serial of those that check.
 */
/** The labels of members on their disks: two copies in one file. One thread at a time for each. */
final class LabelStore {
  private LabelStore() {}

  private static Path file(Path directory) {
    return directory.resolve(MemberBytes.LABEL);
  }

  /**
   * The label in the directory of a member; null where there is none. CORRUPT when there is one of
   * which neither copy checks; STORE_FAILED.
   */
  static @Nullable MemberLabel read(Path directory) throws StorageException {
    Path path = file(directory);
    try {
      MemberLabel newest = newest(bytes(path));
      if (newest == null) {
        throw new StorageException(
            Fault.CORRUPT,
            "the label " + path + " is damaged: want one of two copies that checks, got none");
      }
      return newest;
    } catch (StorageException e) {
      if (e.fault() == Fault.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  /** Whether both copies of the label in that file check. */
  static boolean bothCheck(Path file) throws StorageException {
    byte[] bytes = bytes(file);
    return copy(bytes, 0) != null && copy(bytes, MemberLabel.COPY_BYTES) != null;
  }

  private static byte[] bytes(Path path) throws StorageException {
    try (NativeFile file = NativeFile.openForReading(path)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(2 * MemberLabel.COPY_BYTES);
      int length = file.read(0, buffer);
      byte[] bytes = new byte[2 * MemberLabel.COPY_BYTES];
      buffer.flip().get(bytes, 0, length);
      return bytes;
    }
  }

  private static @Nullable MemberLabel newest(byte[] bytes) {
    MemberLabel first = copy(bytes, 0);
    MemberLabel second = copy(bytes, MemberLabel.COPY_BYTES);
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return first.serial() >= second.serial() ? first : second;
  }

  private static @Nullable MemberLabel copy(byte[] bytes, int from) {
    byte[] copy = new byte[MemberLabel.COPY_BYTES];
    System.arraycopy(bytes, from, copy, 0, copy.length);
    return MemberLabel.decode(copy);
  }

  /** Writes it; it survives power loss when this returns. NO_SPACE, STORE_FAILED. */
  static void write(Path directory, MemberLabel label) throws StorageException {
    Path path = file(directory);
    if (Files.exists(path)) {
      writeCopies(path, label.encode());
      return;
    }
    Path made = directory.resolve(MemberBytes.NEW_LABEL);
    writeCopies(made, label.encode());
    try {
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw FileFailure.of("make " + path, e);
    }
    NativeFile.syncDirectory(directory);
  }

  private static void writeCopies(Path path, byte[] copy) throws StorageException {
    try (NativeFile file = NativeFile.openOrCreate(path)) {
      for (int i = 0; i < 2; i++) {
        put(file, (long) i * copy.length, copy);
        file.sync();
      }
    }
  }

  private static void put(NativeFile file, long offset, byte[] bytes) throws StorageException {
    ByteBuffer source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    for (long at = offset; source.hasRemaining(); ) {
      at += file.write(at, source);
    }
  }

  /** Takes it away; none is no error. */
  static void remove(Path directory) throws StorageException {
    try {
      Files.deleteIfExists(file(directory));
    } catch (IOException e) {
      throw FileFailure.of("remove " + file(directory), e);
    }
    NativeFile.syncDirectory(directory);
  }
}
