package org.copybay.nativetest.transport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Random operations on a mounted bay, the same ones for the same seed, and what came of each: the
 * result or the error number, and a checksum of what was read. What one operation draws never
 * depends on what another one answered.
 */
final class Script {
  /** Not an operation, but asking for attributes by the descriptor of a file without a name. */
  static final String NAMELESS = "attributes of an open file without its name";

  /** Not an operation, but why a write at or behind the end of a volume is refused. */
  static final String END_SENTENCE = "sentence about the end of a resized volume";

  private final Random random;
  private final Set<String> leftOut;
  private final List<String> names = new ArrayList<>();
  private final List<Supplier<String>> operations = new ArrayList<>();
  private final OpenFiles files;

  /**
   * A script for the bay that is mounted there.
   *
   * @param leftOut what is not made or not compared, by name
   */
  Script(Path mountPoint, long seed, Set<String> leftOut) {
    this.random = new Random(seed);
    this.leftOut = leftOut;
    Draws draws = new Draws(random, mountPoint);
    files = new OpenFiles(draws, !leftOut.contains(NAMELESS));
    new FileOperations(draws, files).addTo(this);
    new NameOperations(draws, files).addTo(this);
    new ControlOperations(draws, files, !leftOut.contains(END_SENTENCE)).addTo(this);
    Set<String> unknown = new TreeSet<>(leftOut);
    unknown.removeAll(names);
    unknown.removeAll(Set.of(NAMELESS, END_SENTENCE));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("no such operations: " + unknown);
    }
  }

  /** Adds an operation that is drawn as often as its weight says. */
  void add(int weight, String name, Supplier<String> operation) {
    for (int i = 0; i < weight; i++) {
      names.add(name);
      operations.add(operation);
    }
  }

  /** Makes so many operations; one line for each. */
  List<String> run(int count) {
    List<String> log = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        long seed = random.nextLong();
        int which = random.nextInt(operations.size());
        random.setSeed(seed);
        String name = names.get(which);
        log.add(
            leftOut.contains(name)
                ? name + ": left out"
                : name + ": " + operations.get(which).get());
        random.setSeed(seed + 1);
      }
    } finally {
      files.closeAll();
    }
    return log;
  }

  /** What operations draw: names, places, lengths and bytes. */
  static final class Draws {
    private static final List<String> VOLUMES = List.of("a", "b", "c", "d", "e");

    final Random random;
    final Path mountPoint;

    Draws(Random random, Path mountPoint) {
      this.random = random;
      this.mountPoint = mountPoint;
    }

    int below(int bound) {
      return random.nextInt(bound);
    }

    boolean oneOf(int times) {
      return random.nextInt(times) == 0;
    }

    String volume() {
      return VOLUMES.get(below(VOLUMES.size()));
    }

    <T> T pick(List<T> from) {
      return from.get(below(from.size()));
    }

    byte[] path(String inTheMount) {
      return SystemCalls.c(mountPoint.resolve(inTheMount).toString());
    }

    byte[] volumePath(String name) {
      return path("volumes/" + name);
    }

    /** Odd or even, small or large, mostly within the volumes. */
    long offset() {
      return switch (below(5)) {
        case 0 -> 4096L * below(200);
        case 1 -> below(5000);
        case 2 -> below(2_500_000);
        default -> below(800_000);
      };
    }

    int length() {
      return switch (below(6)) {
        case 0 -> 4096 * below(60);
        case 1 -> 131_072 + below(9) - 4;
        case 2 -> below(400_000);
        default -> below(9000);
      };
    }

    byte[] bytes(int length) {
      byte[] bytes = new byte[length];
      if (oneOf(4)) {
        Arrays.fill(bytes, (byte) 0);
      } else {
        random.nextBytes(bytes);
      }
      return bytes;
    }
  }
}
