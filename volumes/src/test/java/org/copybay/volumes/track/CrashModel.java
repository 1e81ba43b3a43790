package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.copybay.volumes.StorageException;

/**
 * What a volume may hold after a crash: of each sector the bytes at the last flush and those of
 * every write since, of each point what the volume was, by the promises P1, P2, P4 and P5. For one
 * thread.
 */
final class CrashModel {
  private static final int SECTOR = 512;

  private final Random random;
  private byte[] live;
  private final List<List<byte[]>> versions = new ArrayList<>(); // by sector, since the last flush
  private final Map<Integer, byte[]> points = new TreeMap<>();
  private final Set<Integer> fenced = new TreeSet<>(); // points that a flush made durable
  private final Set<Integer> dropped = new TreeSet<>(); // since the last flush
  private final Map<Integer, Long> locks = new TreeMap<>(); // the longest that was asked for
  private final Map<Integer, Long> fencedLocks = new TreeMap<>(); // that a flush made durable

  private final Map<Long, byte[]> origins = new TreeMap<>(); // by stamp
  private long stamps;

  // what was under way when the store stopped
  private byte[] target; // the volume after it
  private boolean freezing;
  private int dropping;
  private String last = "nothing";

  CrashModel(int size, Random random) {
    this.random = random;
    this.live = new byte[size];
    this.target = live;
    fencedNow();
  }

  private void fencedNow() {
    versions.clear();
    for (int at = 0; at < live.length; at += SECTOR) {
      versions.add(new ArrayList<>(List.of(sector(live, at / SECTOR))));
    }
    fenced.clear();
    fenced.addAll(points.keySet());
    dropped.clear();
    fencedLocks.clear();
    fencedLocks.putAll(locks);
  }

  private static byte[] sector(byte[] of, int number) {
    return Arrays.copyOfRange(of, number * SECTOR, Math.min(of.length, (number + 1) * SECTOR));
  }

  // ---- steps

  /** One random operation; what the store throws leaves it under way. */
  void step(EngineFixture engine) throws StorageException {
    int what = random.nextInt(100);
    if (what < 45) {
      change(engine, false);
    } else if (what < 49) {
      switchTo(engine);
    } else if (what < 55) {
      last = "fill";
      var filled = engine.fillNext(random.nextInt(3), 1 + random.nextInt(2));
      assertThat(filled == null || filled.count() > 0).isTrue();
    } else if (what < 63) {
      change(engine, true);
    } else if (what < 72) {
      freeze(engine);
    } else if (what < 78) {
      drop(engine);
    } else if (what < 81) {
      lock(engine);
    } else if (what < 90) {
      last = "upkeep";
      engine.upkeep();
    } else {
      flush(engine);
    }
  }

  private void change(EngineFixture engine, boolean zero) throws StorageException {
    int at = random.nextInt(live.length);
    at = random.nextBoolean() ? at / SECTOR * SECTOR : at;
    int length = Math.min(live.length - at, 1 + random.nextInt(SECTOR * 20));
    byte[] bytes = new byte[length];
    if (!zero) {
      random.nextBytes(bytes);
    }
    last = (zero ? "zero at=" : "write at=") + at + " length=" + length;
    target = live.clone();
    System.arraycopy(bytes, 0, target, at, length);
    for (int s = at / SECTOR; s * SECTOR < at + length; s++) {
      versions.get(s).add(sector(target, s));
    }
    if (zero) {
      engine.zero(at, length, random.nextBoolean());
    } else {
      engine.write(at, bytes);
    }
    live = target;
  }

  /** Shows random bytes in some blocks, where the points let it. */
  private void switchTo(EngineFixture engine) throws StorageException {
    Unfilled unfilled = engine.engine().unfilled();
    if (unfilled.any() && engine.engine().points().stream().anyMatch(isAfter(unfilled))) {
      return;
    }
    byte[] origin = new byte[live.length];
    random.nextBytes(origin);
    Arrays.fill(origin, 0, random.nextInt(origin.length), (byte) 0);
    int blockBytes = engine.engine().geometry().blockBytes();
    int blocks = (live.length + blockBytes - 1) / blockBytes;
    Map<Long, Integer> masks = new TreeMap<>();
    for (int track = 0; track * Geometry.TRACK_BLOCKS < blocks; track++) {
      int count = Math.min(Geometry.TRACK_BLOCKS, blocks - track * Geometry.TRACK_BLOCKS);
      int mask = random.nextInt() & Geometry.mask(0, count);
      if (mask != 0 && random.nextInt(3) > 0) {
        masks.put((long) track, mask);
      }
    }
    last = "switch " + masks;
    target = live.clone();
    boolean all = masks.isEmpty();
    for (int block = 0; block < blocks; block++) {
      long track = Geometry.track((long) block);
      int mask = all ? -1 : masks.getOrDefault(track, 0) | unfilled.mask(track);
      if ((mask & 1 << block % Geometry.TRACK_BLOCKS) != 0) {
        int at = block * blockBytes;
        int length = Math.min(blockBytes, live.length - at);
        System.arraycopy(origin, at, target, at, length);
      }
    }
    for (int s = 0; s < versions.size(); s++) {
      versions.get(s).add(sector(target, s));
    }
    stamps++;
    origins.put(stamps, origin);
    engine.switchTo(origin, stamps, masks);
    live = target;
  }

  private static Predicate<PointSet.Point> isAfter(Unfilled unfilled) {
    return point -> point.number() > unfilled.now().mark();
  }

  /** As whoever opens the engine knows it; a switch that was under way counts. */
  void setOrigin(EngineFixture engine) {
    engine.origins.putAll(origins);
    engine.setOrigin();
  }

  private void freeze(EngineFixture engine) throws StorageException {
    if (points.size() < 5) {
      last = "freeze";
      freezing = true;
      points.put(engine.freeze(), live.clone());
      freezing = false;
    }
  }

  private void drop(EngineFixture engine) throws StorageException {
    if (!points.isEmpty()) {
      List<Integer> numbers = new ArrayList<>(points.keySet());
      dropping = numbers.get(random.nextInt(numbers.size()));
      last = "drop " + dropping;
      engine.drop(dropping);
      points.remove(dropping);
      fenced.remove(dropping);
      dropped.add(dropping);
      dropping = 0;
    }
  }

  private void lock(EngineFixture engine) throws StorageException {
    if (!points.isEmpty()) {
      List<Integer> numbers = new ArrayList<>(points.keySet());
      int number = numbers.get(random.nextInt(numbers.size()));
      long until = (1 + random.nextInt(1000)) * 1000L;
      last = "lock " + number;
      locks.merge(number, until, Math::max);
      engine.lock(number, until);
    }
  }

  private void flush(EngineFixture engine) throws StorageException {
    last = "flush";
    engine.engine().flush();
    fencedNow();
  }

  // ---- after a crash

  /** After the death of a process everything is there that was acknowledged (P1, P5). */
  void requireAfterProcessDeath(EngineFixture engine) throws StorageException {
    byte[] found = engine.read(0);
    for (int i = 0; i < found.length; i++) {
      if (found[i] != live[i] && found[i] != target[i]) {
        throw new AssertionError("P1: byte " + i + " after " + last);
      }
    }
    Set<Integer> expected = new TreeSet<>(points.keySet());
    Set<Integer> there = numbers(engine);
    requireSame(expected, there);
    requireImages(engine, there);
    requireLocks(engine, last.startsWith("lock") ? fencedLocks : locks);
    goOnWith(engine, found);
  }

  private void requireSame(Set<Integer> expected, Set<Integer> there) {
    Set<Integer> missing = new TreeSet<>(expected);
    missing.removeAll(there);
    missing.remove(dropping);
    assertThat(missing).as("P5: points missing after %s", last).isEmpty();
    Set<Integer> more = new TreeSet<>(there);
    more.removeAll(expected);
    assertThat(more.size())
        .as("points too many after %s: %s", last, more)
        .isLessThanOrEqualTo(freezing ? 1 : 0);
  }

  /**
   * After lost power: what was flushed, and of the rest whole sectors that were written (P2, P4).
   */
  void requireAfterPowerLoss(EngineFixture engine) throws StorageException {
    byte[] found = engine.read(0);
    for (int s = 0; s < versions.size(); s++) {
      byte[] sector = sector(found, s);
      if (!known(s, sector)) {
        throw new AssertionError(
            "P2, P4: sector " + s + " has " + (sector[0] & 0xff) + " after " + last);
      }
    }
    Set<Integer> there = numbers(engine);
    Set<Integer> missing = new TreeSet<>(fenced);
    missing.removeAll(there);
    missing.remove(dropping);
    assertThat(missing).as("P2: fenced points missing after %s", last).isEmpty();
    there.removeAll(dropped);
    there.remove(dropping);
    requireImages(engine, there);
    requireLocks(engine, fencedLocks);
    goOnWith(engine, found);
  }

  /** A write in which the process died may have ended in the middle of a sector. */
  private boolean known(int number, byte[] sector) {
    byte[] before = sector(live, number);
    byte[] after = sector(target, number);
    int cut = Arrays.mismatch(sector, after);
    boolean torn =
        cut >= 0 && Arrays.equals(sector, cut, sector.length, before, cut, sector.length);
    return torn
        || versions.get(number).stream().anyMatch(version -> Arrays.equals(version, sector));
  }

  private static Set<Integer> numbers(EngineFixture engine) {
    Set<Integer> numbers = new TreeSet<>();
    engine.engine().points().forEach(point -> numbers.add(point.number()));
    return numbers;
  }

  private void requireImages(EngineFixture engine, Set<Integer> numbers) throws StorageException {
    for (int number : numbers) {
      byte[] want = points.getOrDefault(number, live); // one that was being made has the live bytes
      assertThat(engine.read(number)).as("P5: point %d after %s", number, last).isEqualTo(want);
    }
  }

  private void requireLocks(EngineFixture engine, Map<Integer, Long> least) {
    for (int number : numbers(engine)) {
      long until = engine.engine().lockedUntil(number);
      assertThat(until)
          .as("P2: lock of point %d after %s", number, last)
          .isBetween(least.getOrDefault(number, 0L), locks.getOrDefault(number, 0L));
    }
  }

  /** What was found is the volume from now on. */
  private void goOnWith(EngineFixture engine, byte[] found) throws StorageException {
    Map<Integer, byte[]> kept = new TreeMap<>();
    for (int number : numbers(engine)) {
      if (dropped.contains(number) || number == dropping) {
        engine.drop(number); // as the catalogue would have it
      } else {
        kept.put(number, points.getOrDefault(number, live));
      }
    }
    points.clear();
    points.putAll(kept);
    locks.clear();
    points.keySet().forEach(number -> locks.put(number, engine.engine().lockedUntil(number)));
    live = found;
    target = live;
    freezing = false;
    dropping = 0;
    engine.engine().flush();
    fencedNow();
    last = "recovery";
  }
}
