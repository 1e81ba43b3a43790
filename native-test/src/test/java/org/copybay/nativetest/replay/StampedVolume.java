package org.copybay.nativetest.replay;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What is known of the writes to one volume, sector by sector. A sector is written by one thread at
 * a time, each time with a higher version; 0 stands for the zeros of a new volume. Where copies are
 * started onto it, one at a time, they are known too. All methods may be called by every thread.
 */
final class StampedVolume {
  private final String name;
  private final String directory;
  private final int number;
  private final int[] issued;
  private final int[] written;
  // By the length of the log from which on they must not be lost.
  private final NavigableMap<Long, int[]> acknowledged = new TreeMap<>();
  private final Deque<Epoch> epochs = new ArrayDeque<>();
  private long createdAt = Long.MAX_VALUE;
  private int lastVersion;
  private int acknowledgements;

  StampedVolume(String name, String directory, int number, int sectors) {
    this.name = name;
    this.directory = directory;
    this.number = number;
    this.issued = new int[sectors];
    this.written = new int[sectors];
    epochs.add(Epoch.first(number, sectors));
  }

  String name() {
    return name;
  }

  /** Where it is below the mount. */
  String path() {
    return directory + "/" + name;
  }

  /** The number in its stamps. */
  int number() {
    return number;
  }

  int sectors() {
    return issued.length;
  }

  /** Where the log stood when the volume was there for sure. */
  synchronized long createdAt() {
    return createdAt;
  }

  synchronized void created(long position) {
    createdAt = position;
  }

  /** The version for a write that is about to be made. */
  synchronized int issue(int sector, int count) {
    lastVersion++;
    Arrays.fill(issued, sector, sector + count, lastVersion);
    return lastVersion;
  }

  /** Notes that a write returned. */
  synchronized void returned(int sector, int count, int version) {
    Arrays.fill(written, sector, sector + count, version);
  }

  /** Of each sector the newest version of which a write was begun. */
  synchronized int[] issued() {
    return issued.clone();
  }

  /** Of each sector the newest version of which a write returned: what a reader sees now. */
  synchronized int[] written() {
    return written.clone();
  }

  /** Notes that these versions, or later ones, survive a power loss from that position on. */
  synchronized void acknowledge(int[] versions, long position) {
    acknowledged.merge(position, versions, StampedVolume::newest);
    acknowledgements++;
  }

  /** {@link #acknowledge} of one write. */
  void acknowledge(int sector, int count, int version, long position) {
    int[] versions = new int[sectors()];
    Arrays.fill(versions, sector, sector + count, version);
    acknowledge(versions, position);
  }

  synchronized int acknowledgements() {
    return acknowledgements;
  }

  /** Of each sector the oldest version that it may have when the power fails at that position. */
  synchronized int[] acknowledgedAt(long position) {
    return acknowledged.headMap(position, true).values().stream()
        .reduce(new int[sectors()], StampedVolume::newest);
  }

  /** What it may hold when the power fails at that position. */
  synchronized Contents mayHoldAt(long position) {
    Contents contents = new Contents(sectors());
    int[] oldest = acknowledgedAt(position);
    Epoch last = epochs.getFirst();
    for (Epoch epoch : epochs) {
      last = epoch.madeBy(position) ? epoch : last;
      if (epoch.begunOnlyBy(position)) {
        epoch.addTo(contents, oldest, issued);
      }
    }
    last.addTo(contents, oldest, issued);
    return contents;
  }

  /** What a command fixes of it that begins now; asked when the command was answered. */
  synchronized Supplier<Contents> fixed() {
    int[] oldest = written();
    Epoch epoch = epochs.getLast();
    return () -> {
      Contents contents = new Contents(sectors());
      epoch.addTo(contents, oldest, issued());
      return contents;
    };
  }

  /** A start onto it begins; the end of it is told to what this returns. */
  synchronized Epoch start(long position) {
    Epoch epoch = new Epoch(number, position, written());
    epochs.add(epoch);
    return epoch;
  }

  private static int[] newest(int[] some, int[] others) {
    int[] newest = new int[some.length];
    Arrays.setAll(newest, i -> Math.max(some[i], others[i]));
    return newest;
  }
}
