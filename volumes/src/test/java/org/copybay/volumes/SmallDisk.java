package org.copybay.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A small file system of its own, mounted until it is closed; needs root. */
public final class SmallDisk implements AutoCloseable {
  private final Path mountPoint;

  private SmallDisk(Path mountPoint) {
    this.mountPoint = mountPoint;
  }

  /**
   * Mounts one of that type (tmpfs, ext4) below the directory of the test; skips the test loudly
   * where this user cannot.
   */
  public static SmallDisk mount(Path directory, String type, int mebibytes) throws IOException {
    Path mountPoint = Files.createDirectory(directory.resolve("disk"));
    if (type.equals("tmpfs")) {
      need("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", "" + mountPoint);
    } else {
      Path image = directory.resolve("image");
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength((long) mebibytes << 20);
      }
      need("mkfs." + type, "-q", "-m", "0", "" + image);
      need("mount", "-o", "loop", "" + image, "" + mountPoint);
    }
    return new SmallDisk(mountPoint);
  }

  private static void need(String... command) throws IOException {
    String error;
    try {
      error = run(command);
    } catch (IOException e) {
      error = e.toString();
    }
    if (!error.isEmpty()) {
      String why = "SKIPPED, needs root and loop devices: " + List.of(command) + ": " + error;
      System.err.println(why);
      Assumptions.abort(why);
    }
  }

  /** Runs it; what it said when it failed, or nothing. */
  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return process.exitValue() == 0 ? "" : "exit " + process.exitValue() + " " + said.strip();
  }

  /** Where it is mounted. */
  public Path path() {
    return mountPoint;
  }

  /** Leaves no free block, in a file that {@link #free} deletes. */
  public void fill() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(filler().toFile(), "rw")) {
      for (int length : new int[] {64 * 1024, 4096}) {
        fill(file, new byte[length]);
      }
    }
  }

  private static void fill(RandomAccessFile file, byte[] piece) throws IOException {
    file.seek(file.length());
    while (true) {
      try {
        file.write(piece);
        file.getFD().sync();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("No space left");
        return;
      }
    }
  }

  /** Gives the filled space back. */
  public void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  private Path filler() {
    return mountPoint.resolve("filler");
  }

  @Override
  public void close() throws IOException {
    assertThat(run("umount", "" + mountPoint)).isEmpty();
  }
}
