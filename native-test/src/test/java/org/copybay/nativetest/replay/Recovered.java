package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.copybay.nativetest.TestBay;

/**
 * The bay after a power loss at one cut and the recovery from it, mounted. What was read of a file
 * stays so: whoever looks again, after another mount, must find the same.
 */
final class Recovered {
  private final TestBay bay;
  private final long position;
  private final List<String> wrong = new ArrayList<>();
  // By file the versions of the sectors that were read.
  private final Map<Path, int[]> seen = new HashMap<>();

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
    return seen.getOrDefault(file, new int[0]);
  }

  /** Notes that something is not as it must be. */
  void complain(String sentence) {
    wrong.add(sentence);
  }

  List<String> complaints() {
    return wrong;
  }

  /** {@code .control/health} says ok. */
  void requireHealth() {
    String health = bay.must("cat $C/health");
    if (!health.equals("ok")) {
      complain("health is " + health);
    }
  }

  /** Acknowledged bytes of the volume are there, and nothing that was not written to it. */
  void requireVolume(StampedVolume volume) {
    Path file = bay.mountPoint().resolve(volume.path());
    if (Files.exists(file)) {
      requireImage(file, volume, volume.acknowledgedAt(position), volume.issued());
    } else if (after(volume.createdAt()) || seen.containsKey(file)) {
      complain("volume " + volume.name() + " is gone");
    }
  }

  /**
   * A file below the mount holds stamps of that volume, each sector one of a version between these
   * two; version 0 are zeros.
   */
  void requireImage(Path file, StampedVolume volume, int[] oldest, int[] newest) {
    ByteBuffer image = ByteBuffer.allocate(volume.sectors() * Stamp.BYTES);
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
    int[] before = seen.get(file);
    if (before == null) {
      seen.put(file, compare(image.flip(), file, volume, oldest, newest));
    } else {
      compare(image.flip(), file, volume, before, before);
    }
  }

  /** Returns the versions in the image. */
  private int[] compare(
      ByteBuffer image, Path file, StampedVolume volume, int[] oldest, int[] newest) {
    int[] got = new int[volume.sectors()];
    int bad = 0;
    String first = "";
    for (int sector = 0; sector < got.length; sector++) {
      got[sector] = Stamp.versionAt(image, volume.number(), sector);
      if (got[sector] < oldest[sector] || got[sector] > newest[sector]) {
        first = bad++ == 0 ? describe(image, sector, got[sector], oldest, newest) : first;
      }
    }
    if (bad > 0) {
      complain(file.getFileName() + ": bad sectors=" + bad + ", the first: " + first);
    }
    return got;
  }

  private static String describe(
      ByteBuffer image, int sector, int got, int[] oldest, int[] newest) {
    return "sector=%d wanted version %d to %d, got %s"
        .formatted(
            sector,
            oldest[sector],
            newest[sector],
            got == Stamp.FOREIGN ? Stamp.describe(image, sector) : got);
  }
}
