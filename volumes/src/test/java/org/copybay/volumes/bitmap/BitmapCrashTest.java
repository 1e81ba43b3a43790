package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;

/**
 * P3 and crashes: a volume with three bitmaps, and for each a target that a copier keeps up, is
 * stopped after every single change of its store, started again, and so on for several lives. After
 * each crash a region with a clear bit is the same in volume and target; when the blocks that the
 * bitmap names are copied, all is the same. A failure names the seed; run it again with
 * -Dcopybay.seed=N.
 */
final class BitmapCrashTest {
  private static final int FIRST_SIZE = 6000;
  private static final Grain[] GRAINS = {
    new Grain(127, 8), new Grain(512, 32), new Grain(64 * 9, 64)
  };
  private static final ZoneGrain ZONES = new ZoneGrain(512, 8, 2);
  private static final int LIVES = 4;
  private static final int STEPS = 25;

  /** How a life ends. */
  private enum Crash {
    PROCESS,
    POWER,
    EITHER
  }

  /** A change that was announced and has not ended. */
  private record Pending(int offset, int length, long seed) {}

  private String history = "";
  private Random random;
  private int size; // as the catalogue has it, which no crash changes
  private CrashStore store;
  private BitmapSet set;
  private final Deque<Pending> pending = new ArrayDeque<>();

  @Test
  void afterTheDeathOfTheProcessABitmapNamesNothingTooLittle() throws Exception {
    stopEverywhere(Crash.PROCESS, CrashStore.Loss.NONE);
  }

  @Test
  void afterPowerLossABitmapNamesNothingTooLittle() throws Exception {
    for (CrashStore.Loss loss : CrashStore.Loss.values()) {
      stopEverywhere(Crash.POWER, loss);
    }
  }

  @Test
  void afterOneCrashAfterAnotherABitmapNamesNothingTooLittle() throws Exception {
    for (CrashStore.Loss loss : CrashStore.Loss.values()) {
      stopEverywhere(Crash.EITHER, loss);
    }
  }

  private void stopEverywhere(Crash crash, CrashStore.Loss loss) throws Exception {
    long seed = Long.getLong("copybay.seed", System.nanoTime());
    for (int script = 0; script < Integer.getInteger("scripts", 1); script++) {
      long all = live(seed + script, Long.MAX_VALUE, crash, loss);
      for (long stop = 0; stop < all; stop++) {
        live(seed + script, stop, crash, loss);
      }
    }
  }

  /** All lives of one volume; returns the number of changes in the first. */
  private long live(long seed, long stop, Crash crash, CrashStore.Loss loss) throws Exception {
    history = "-Dcopybay.seed=" + seed + " stop=" + stop + " " + crash + " " + loss + ":";
    random = new Random(seed);
    begin();
    long before = store.changes();
    store.stopAfter(stop);
    act();
    long firstLife = store.changes() - before;
    random = new Random(seed ^ stop);
    for (int life = 1; life < LIVES; life++) {
      crash(crash, loss);
      store.stopAfter(random.nextInt(4) == 0 ? random.nextInt(30) : random.nextInt(200));
      if (open()) {
        act();
      }
    }
    crash(crash, loss);
    store.stopAfter(Long.MAX_VALUE);
    assertThat(open()).as(history).isTrue();
    check();
    return firstLife;
  }

  private void begin() throws StorageException {
    size = FIRST_SIZE;
    store = CrashStore.create(size);
    set =
        BitmapSet.open(
            store, List.of(), size, ZONES, RecoverMode.AUTO, this::endAll, this::syncHome);
    for (int i = 0; i < GRAINS.length; i++) {
      try (StoreFile target = store.create(target(i))) {
        target.setSize(size);
        target.flush();
      }
      set.add(set.create(bitmap(i), GRAINS[i]));
    }
    store.syncNames();
  }

  private void crash(Crash crash, CrashStore.Loss loss) {
    pending.clear();
    if (crash == Crash.POWER || (crash == Crash.EITHER && random.nextBoolean())) {
      note("power loss");
      store = store.afterPowerLoss(random, loss);
    } else {
      note("death");
      store = store.afterProcessDeath();
    }
  }

  /** Starts again and looks at what is there; false when the store stopped before the end of it. */
  private boolean open() {
    try {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < GRAINS.length; i++) {
        names.add(bitmap(i));
      }
      setSizes(size);
      set =
          BitmapSet.open(store, names, size, ZONES, RecoverMode.AUTO, this::endAll, this::syncHome);
      for (int i = 0; i < GRAINS.length; i++) {
        checkClearRegions(i);
      }
      return true;
    } catch (StorageException e) {
      assertThat(e).as(history).hasMessage("stopped");
      return false;
    }
  }

  // ---- what is done in a life

  private void act() {
    try {
      for (int i = 0; i < STEPS; i++) {
        step();
      }
    } catch (StorageException e) {
      assertThat(e).as(history).hasMessage("stopped");
    } catch (Stopped e) {
      note("stopped in a change");
    }
  }

  private void step() throws StorageException {
    switch (random.nextInt(15)) {
      case 0 -> syncHome();
      case 1 -> advance();
      case 2, 3, 4 -> copy(random.nextInt(GRAINS.length));
      case 5 -> stopAndStart();
      case 6 -> reset(random.nextInt(GRAINS.length));
      case 7, 8 -> endAll();
      case 9 -> resize();
      default -> announce();
    }
  }

  /** The first half of a change; the second comes later, after other steps. */
  private void announce() throws StorageException {
    int offset = random.nextInt(size);
    int length = 1 + random.nextInt(Math.min(size - offset, 300));
    note("announce", offset, length);
    set.aboutToChange(offset, length);
    pending.add(new Pending(offset, length, random.nextLong()));
    if (random.nextBoolean()) {
      endAll();
    }
  }

  /** Waiting for the changes in flight lets them end. */
  private void endAll() {
    try {
      while (!pending.isEmpty()) {
        Pending change = pending.remove();
        note("write", change.offset(), change.length());
        write(store.home(), change.offset(), Bytes.random(change.seed(), change.length()));
      }
    } catch (StorageException e) {
      throw new Stopped(e);
    }
  }

  private void syncHome() throws StorageException {
    note("sync");
    store.home().flush();
  }

  private void advance() throws StorageException {
    note("advance");
    set.advance();
  }

  private void copy(int number) throws StorageException {
    WriteBitmap bitmap = set.find(bitmap(number));
    int first = random.nextInt((int) bitmap.regions());
    int count = 1 + random.nextInt((int) bitmap.regions());
    note("take " + number, first, count);
    Taken taken = bitmap.take(first, count);
    while (random.nextInt(3) != 0) {
      announce();
    }
    endAll();
    while (random.nextInt(3) == 0) {
      announce();
    }
    if (random.nextInt(6) == 0) {
      note("put back");
      bitmap.putBack(taken);
      return;
    }
    copy(taken, number);
    if (random.nextInt(3) == 0) {
      announce();
    }
    note("clear");
    bitmap.clear(taken);
  }

  private void copy(Taken taken, int number) throws StorageException {
    try (StoreFile target = store.open(target(number))) {
      for (Extent extent : taken.extents()) {
        write(target, (int) extent.offset(), read(store.home(), extent));
      }
      target.flush();
    }
  }

  /** All is copied, so all may be clear. */
  private void reset(int number) throws StorageException {
    endAll();
    note("reset " + number);
    try (StoreFile target = store.open(target(number))) {
      write(target, 0, read(store.home(), new Extent(0, size)));
      target.flush();
    }
    int[] left = {random.nextInt(3)};
    set.find(bitmap(number))
        .reset(
            () -> {
              while (left[0]-- > 0) {
                announceOrStop();
              }
            });
  }

  private void announceOrStop() {
    try {
      announce();
    } catch (StorageException e) {
      throw new Stopped(e);
    }
  }

  private void resize() throws StorageException {
    endAll();
    int newSize = 3000 + random.nextInt(6000);
    note("resize", newSize);
    if (newSize > size) {
      set.extend(newSize);
      setSizes(newSize);
      size = newSize;
    } else {
      size = newSize;
      set.shrink(newSize);
      setSizes(newSize);
    }
  }

  /** Of the volume and the targets; what was cut off must not come back. */
  private void setSizes(int newSize) throws StorageException {
    setSize(store.home(), newSize);
    for (int i = 0; i < GRAINS.length; i++) {
      try (StoreFile target = store.open(target(i))) {
        setSize(target, newSize);
      }
    }
  }

  private static void setSize(StoreFile file, int newSize) throws StorageException {
    boolean longer = newSize > file.size();
    file.setSize(newSize);
    if (!longer) {
      file.flush(); // also of a cut that a crash kept from being synced
    }
  }

  private void stopAndStart() throws StorageException {
    endAll();
    note("stop");
    set.stop();
    set.close();
    if (random.nextInt(4) == 0) {
      note("power off");
      store = store.afterPowerLoss(random, CrashStore.Loss.SOME);
    }
    if (!open()) {
      throw new Stopped(null);
    }
    if (random.nextBoolean()) {
      check(); // copies, by the blocks that were saved, and sets nothing again
    }
  }

  // ---- what must hold

  private void check() throws StorageException {
    byte[] home = read(store.home(), new Extent(0, size));
    for (int i = 0; i < GRAINS.length; i++) {
      WriteBitmap bitmap = set.find(bitmap(i));
      Taken taken = bitmap.take(0, (int) bitmap.regions());
      copy(taken, i);
      try (StoreFile target = store.open(target(i))) {
        assertThat(Arrays.equals(read(target, new Extent(0, size)), home))
            .as("P3: blocks of " + i + " " + history)
            .isTrue();
      }
      bitmap.clear(taken);
    }
  }

  private void checkClearRegions(int number) throws StorageException {
    WriteBitmap bitmap = set.find(bitmap(number));
    Grain grain = bitmap.grain();
    try (StoreFile target = store.open(target(number))) {
      for (long r = 0; r < bitmap.regions(); r++) {
        Extent region = new Extent(grain.start(r), grain.end(r, size) - grain.start(r));
        if (!bitmap.isSet(r)) {
          assertThat(Arrays.equals(read(store.home(), region), read(target, region)))
              .as("P3: region " + r + " of " + number + " " + history)
              .isTrue();
        }
      }
    }
  }

  // ---- the test's own

  /** The store stopped where no error may pass. */
  private static final class Stopped extends RuntimeException {
    private Stopped(StorageException cause) {
      super(cause);
    }
  }

  private static String bitmap(int number) {
    return "bitmap" + number;
  }

  private static String target(int number) {
    return "target" + number;
  }

  private static byte[] read(StoreFile file, Extent extent) throws StorageException {
    byte[] bytes = new byte[(int) extent.length()];
    Direct.read(file, extent.offset(), bytes.length).get(bytes);
    return bytes;
  }

  private static void write(StoreFile file, int offset, byte[] bytes) throws StorageException {
    file.writeAll(offset, ByteBuffer.wrap(bytes));
  }

  private void note(String what, int... numbers) {
    history += " " + what + (numbers.length == 0 ? "" : Arrays.toString(numbers));
  }
}
