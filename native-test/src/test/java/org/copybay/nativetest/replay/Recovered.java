package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.copybay.nativetest.TestBay;

/**
 * The bay after a power loss at one cut and the recovery from it, mounted. What was read of a file
 * stays so: whoever looks again, after another mount, must find the same.
 */
final class Recovered {
  private final TestBay bay;
  private final long position;
  private final List<String> wrong = new ArrayList<>();
  // By file the stamps of the sectors that were read.
  private final Map<Path, long[]> seen = new HashMap<>();
  private final Set<Path> replaced = new HashSet<>();

  /** The power failed when the log was that long. */
  Recovered(TestBay bay, long position) {
    this.bay = bay;
    this.position = position;
  }

  TestBay bay() {
    return bay;
  }

  /** Whether what survives from that position on must be here. */
  boolean after(long acknowledgedAt) {
    return acknowledgedAt <= position;
  }

  /** The versions of the sectors of a file that was read. */
  int[] versions(Path file) {
    return Arrays.stream(stamps(file)).mapToInt(Stamp::version).toArray();
  }

  /** The stamps of the sectors of a file that was read. */
  long[] stamps(Path file) {
    return seen.getOrDefault(file, new long[0]);
  }

  /** The check itself let a file hold from here on what that other one does. */
  void replaced(Path file, Path other) {
    seen.put(file, stamps(other));
    replaced.add(file);
  }

  /** Whether the check itself did that. */
  boolean isReplaced(Path file) {
    return replaced.contains(file);
  }

  /** Notes that something is not as it must be. */
  void complain(String sentence) {
    wrong.add(sentence);
  }

  List<String> complaints() {
    return wrong;
  }

  /** {@code .control/health} says what is well. */
  void requireHealth(Predicate<String> isWell) {
    String health = bay.must("cat $C/health");
    if (!isWell.test(health)) {
      complain("health is " + health);
    }
  }

  /** Acknowledged bytes of the volume are there, and nothing that was not written to it. */
  void requireVolume(StampedVolume volume) {
    Path file = bay.mountPoint().resolve(volume.path());
    if (Files.exists(file)) {
      requireImage(file, volume.mayHoldAt(position));
    } else if (after(volume.createdAt()) || seen.containsKey(file)) {
      complain("volume " + volume.name() + " is gone");
    }
  }

  /**
   * A file below the mount holds stamps of that volume, each sector one of a version between these
   * two; version 0 are zeros.
   */
  void requireImage(Path file, StampedVolume volume, int[] oldest, int[] newest) {
    requireImage(file, Contents.between(volume, oldest, newest));
  }

  /** Each sector of a file below the mount holds what it may. */
  void requireImage(Path file, Contents contents) {
    ByteBuffer image = ByteBuffer.allocate(contents.count() * Stamp.BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (image.hasRemaining()) {
        if (channel.read(image, image.position()) < 0) {
          complain(file.getFileName() + " ends early: bytes=" + image.position());
          return;
        }
      }
    } catch (IOException e) {
      complain(file.getFileName() + " cannot be read: " + e.getMessage());
      return;
    }
    image.flip();
    long[] before = seen.get(file);
    if (before == null) {
      compare(image, file, contents::allow, contents::describe);
      long[] stamps = new long[contents.count()];
      Arrays.setAll(stamps, sector -> Stamp.at(image, sector));
      seen.put(file, stamps);
    } else {
      compare(
          image,
          file,
          (sector, stamp) -> before[sector] == stamp,
          sector -> "what was read before, version " + Stamp.version(before[sector]));
    }
  }

  /** Whether a sector may have a stamp. */
  @FunctionalInterface
  private interface Rule {
    boolean allows(int sector, long stamp);
  }

  private void compare(ByteBuffer image, Path file, Rule rule, IntFunction<String> wanted) {
    int bad = 0;
    String first = "";
    for (int sector = 0; sector < image.limit() / Stamp.BYTES; sector++) {
      if (!rule.allows(sector, Stamp.at(image, sector)) && bad++ == 0) {
        first =
            "sector=%d wanted %s, got %s"
                .formatted(sector, wanted.apply(sector), Stamp.describe(image, sector));
      }
    }
    if (bad > 0) {
      complain(file.getFileName() + ": bad sectors=" + bad + ", the first: " + first);
    }
  }
}
