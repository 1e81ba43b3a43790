package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/** Tries in the directory of a bay what its files need: holes, and the largest size of a file. */
final class ScratchFile {
  private static final String HOLES = "holes";
  private static final String LARGEST = "largest file";
  private static final int PIECE_BYTES = 1 << 20;

  /** Of a file system with such files it is not worth a word. */
  private static final long SMALL_BYTES = 1L << 40;

  private ScratchFile() {}

  /** Makes a file, takes its name away at once, and tries. */
  static List<Finding> look(Path bay) throws IOException, StorageException {
    if (!Files.isWritable(bay)) {
      return List.of(); // said already
    }
    Path path = bay.resolve("doctor." + ProcessHandle.current().pid());
    try (HomeFile file = HomeFile.create(path)) {
      Files.delete(path);
      String failure = holes(file);
      return failure != null
          ? List.of(holesMissing(failure)) // a large size would be filled with zeros
          : List.of(Finding.ok(HOLES, "punched and found again"), largest(largestBytes(file)));
    } catch (StorageException e) {
      if (e.fault() == Fault.NO_SPACE || e.fault() == Fault.OUT_OF_RANGE) {
        return List.of(); // said by the looks at space and limits
      }
      throw e;
    }
  }

  /** Three pieces, the second one punched. What is wrong, or null. */
  private static @Nullable String holes(HomeFile file) throws StorageException {
    ByteBuffer ones = ByteBuffer.allocateDirect(3 * PIECE_BYTES);
    while (ones.hasRemaining()) {
      ones.put((byte) 1);
    }
    file.writeAll(0, ones.flip());
    try {
      file.zero(PIECE_BYTES, PIECE_BYTES, false);
    } catch (StorageException e) {
      if (e.fault() == Fault.UNSUPPORTED) {
        return "the disk punches no holes";
      }
      throw e;
    }
    boolean found =
        file.nextHole(0) == PIECE_BYTES && file.nextData(PIECE_BYTES) == 2 * PIECE_BYTES;
    return found ? null : "a punched hole is not found again (SEEK_HOLE)";
  }

  static Finding holesMissing(String failure) {
    return Finding.problem(
        HOLES,
        failure,
        "a disk with sparse files, or an empty volume takes all of its size",
        "put the bay on ext4, xfs, btrfs or tmpfs");
  }

  /** Tries sizes, each a hole. */
  private static long largestBytes(HomeFile file) throws StorageException {
    long fits = 0;
    for (long step = 1L << 62; step > 0; step >>= 1) {
      try {
        file.setSize(fits + step);
        fits += step;
      } catch (StorageException e) {
        if (e.fault() != Fault.OUT_OF_RANGE) {
          throw e;
        }
      }
    }
    file.setSize(0);
    return fits;
  }

  static Finding largest(long bytes) {
    String found = bytes + " bytes";
    return bytes >= SMALL_BYTES
        ? Finding.ok(LARGEST, found)
        : Finding.warning(
            LARGEST,
            found + ", and no volume can be larger",
            "a file system with files of 1 TiB or more, and no limit of file sizes",
            "ulimit -f unlimited; or create volume … path=/DIRECTORY/ON/ANOTHER/DISK");
  }
}
