package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.copybay.nativetest.TestBay;

/**
 * What was answered of the backups of the session PAY, and what a command that was cut may have
 * done. Used by one thread.
 */
final class KnownBackups {
  private final TestBay bay;
  private final SequenceWriters writers;
  private final List<String> volumes;

  /** Hashes of what each has of the volumes; empty for one that was not read yet. */
  private final TreeMap<Long, List<String>> there = new TreeMap<>();

  /** The same of those that were expired, for recoveries that show them still. */
  private final Map<Long, List<String>> expired = new HashMap<>();

  private final Set<Long> recovered = new HashSet<>(); // some time

  // what a command does now; it may be cut
  private boolean making;
  private boolean made; // and answered
  private Set<Long> removing = Set.of();

  KnownBackups(TestBay bay, SequenceWriters writers, List<String> volumes) {
    this.bay = bay;
    this.writers = writers;
    this.volumes = volumes;
  }

  // ---- what commands do

  /** Those that were not expired. */
  NavigableSet<Long> ids() {
    return new TreeSet<>(there.keySet());
  }

  /** A command makes one now. */
  void making() {
    making = true;
  }

  /** A command removes these now. */
  void removing(Set<Long> ids) {
    removing = Set.copyOf(ids);
  }

  /** A command lets volumes show that one. */
  void recovering(long id) {
    recovered.add(id);
  }

  /** It was refused, and did nothing. */
  void refused() {
    making = false;
    removing = Set.of();
  }

  /** It was answered. */
  void answered() throws IOException {
    removing.forEach(id -> expired.put(id, there.remove(id)));
    removing = Set.of();
    if (making) {
      made = true;
      look("after a backup");
    }
  }

  /** The hashes of that one, or none. */
  List<String> image(long id) {
    return there.getOrDefault(id, expired.getOrDefault(id, List.of()));
  }

  // ---- what is there

  /** The numbers of all that the mount shows. */
  NavigableSet<Long> shown() throws IOException {
    TreeSet<Long> ids = new TreeSet<>();
    try (Stream<Path> list = Files.list(directory())) {
      list.forEach(each -> ids.add(Long.valueOf(each.getFileName().toString())));
    }
    return ids;
  }

  /** Those that were expired, and go when no recovery needs them any more. */
  private Set<Long> marked() throws IOException {
    Path table = bay.mountPoint().resolve(".control/safeguard/PAY/backups");
    return Files.readAllLines(table).stream()
        .filter(line -> line.contains(" dependent_deleting "))
        .map(line -> Long.valueOf(line.split(" ", 2)[0]))
        .collect(Collectors.toSet());
  }

  private Path directory() {
    return bay.mountPoint().resolve("backups/PAY");
  }

  /**
   * What was answered is there, or gone; what was cut is there, or gone, as a whole (P7); all that
   * is there is of one instant, and has the bytes that it had.
   */
  void look(String when) throws IOException {
    Set<Long> marked = marked(); // before the others are asked for: they go when a copy ends
    NavigableSet<Long> shown = shown();
    TreeSet<Long> fresh = new TreeSet<>(shown);
    fresh.removeAll(there.keySet());
    fresh.removeAll(expired.keySet());
    assertThat(fresh).as(when + ": new ones").hasSizeBetween(made ? 1 : 0, making ? 1 : 0);
    fresh.forEach(id -> there.put(id, List.of()));
    TreeSet<Long> lost = new TreeSet<>(there.keySet());
    lost.removeIf(id -> shown.contains(id) && !marked.contains(id));
    requireAllOrNone(lost, when);
    lost.forEach(id -> expired.put(id, there.remove(id)));
    assertThat(recovered)
        .as(when + ": expired ones that nothing needs")
        .containsAll(expired.keySet().stream().filter(shown::contains).toList());
    making = false;
    made = false;
    removing = Set.of();
    for (long id : ids()) {
      List<String> now = read(id, when);
      List<String> before = there.put(id, now);
      assertThat(before).as("%s: backup %d", when, id).isIn(List.of(), now);
    }
  }

  /** One that a recovery needs stays longer than the others. */
  private void requireAllOrNone(Set<Long> lost, String when) {
    assertThat(removing).as(when + ": lost ones").containsAll(lost);
    Set<Long> free = new HashSet<>(removing);
    free.removeAll(recovered);
    Set<Long> gone = new HashSet<>(lost);
    gone.removeAll(recovered);
    assertThat(gone).as(when + ": all or none").isIn(Set.of(), free);
  }

  private List<String> read(long id, String when) throws IOException {
    Path backup = directory().resolve(String.valueOf(id));
    try (Stream<Path> list = Files.list(backup)) {
      assertThat(list.map(each -> each.getFileName().toString()))
          .as("%s: volumes of backup %d", when, id)
          .containsExactlyInAnyOrderElementsOf(volumes);
    }
    writers.requireOneInstant(backup, when);
    return hashes(volumes.stream().map(backup::resolve).toList());
  }

  static List<String> hashes(List<Path> files) throws IOException {
    List<String> hashes = new ArrayList<>();
    for (Path file : files) {
      hashes.add(hash(file));
    }
    return hashes;
  }

  static String hash(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
