package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.copybay.nativetest.TestBay;

/** The bay after a power loss at one cut and the recovery from it, mounted. */
final class Recovered {
  private final TestBay bay;
  private final long position;
  private final List<String> wrong = new ArrayList<>();

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
    Path file = bay.volume(volume.name());
    if (Files.exists(file)) {
      requireImage(file, volume, volume.acknowledgedAt(position), volume.issued());
    } else if (after(volume.createdAt())) {
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
    image.flip();
    int bad = 0;
    String first = "";
    for (int sector = 0; sector < volume.sectors(); sector++) {
      int got = Stamp.versionAt(image, volume.number(), sector);
      if (got < oldest[sector] || got > newest[sector]) {
        first = bad++ == 0 ? describe(image, sector, got, oldest, newest) : first;
      }
    }
    if (bad > 0) {
      complain(file.getFileName() + ": bad sectors=" + bad + ", the first: " + first);
    }
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
