package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on one write bitmap beside plain arrays, in regions, blocks and pages of a few
 * bytes too. A failure names the seed; run it again with -Dcopybay.seed=N.
 */
final class WriteBitmapModelTest {
  private static final Grain[] GRAINS = {
    new Grain(5, 2), new Grain(1, 1), new Grain(31, 1), new Grain(127, 8), new Grain(64, 4)
  };
  private static final int STEPS = 400;

  @TempDir Path directory;

  private HookedStore store;
  private Random random;
  private String history = "";
  private WriteBitmap bitmap;
  private long run;

  // the model: what is set, and which blocks of each region changed
  private int size;
  private Grain grain;
  private boolean[] set;
  private int[] masks;

  @Test
  void aBitmapIsAnArrayOfBitsAndBlocks() throws Exception {
    long seed = Long.getLong("copybay.seed", System.nanoTime());
    int number = 0;
    for (Grain each : GRAINS) {
      for (int regions : new int[] {1, 63, 64, 200}) {
        run(
            seed + number,
            each,
            (int) (each.regionBytes() * regions - number % 3 % each.regionBytes()),
            number);
        number++;
      }
    }
  }

  private void run(long seed, Grain newGrain, int newSize, int number) throws Exception {
    random = new Random(seed);
    history = "-Dcopybay.seed=" + seed + " " + newGrain + " size=" + newSize + ":";
    grain = newGrain;
    size = newSize;
    set = new boolean[(int) grain.regions(size)];
    masks = new int[set.length];
    store = HookedStore.create(Files.createDirectory(directory.resolve("v" + number)));
    bitmap = WriteBitmap.create(store, "b", grain, size, 64);
    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
    bitmap.close();
    store.close();
  }

  private void step() throws StorageException {
    switch (random.nextInt(16)) {
      case 0 -> dieAndReopen();
      case 1 -> stopAndReopen();
      case 2 -> resize();
      case 3 -> reset();
      case 4, 5, 6, 7 -> {
        if (grain.single()) { // no copier takes from it
          change();
        } else {
          copy();
        }
      }
      default -> change();
    }
  }

  // ---- operations, each on the bitmap and on the model

  private void change() throws StorageException {
    int start = random.nextInt(size);
    int most = random.nextInt(8) == 0 ? size - start : Math.min(size - start, 20);
    int length = 1 + random.nextInt(most);
    note("change", start, length);
    bitmap.aboutToChange(start, length);
    for (int at = start; at < start + length; at++) {
      int region = (int) (at / grain.regionBytes());
      set[region] = true;
      masks[region] |= bit(region, at);
    }
  }

  private int bit(int region, long at) {
    return 1 << (at / grain.blockBytes() - region * grain.regionBytes() / grain.blockBytes());
  }

  private int all(int region) {
    int mask = 0;
    for (long at = region * grain.regionBytes();
        at < Math.min(size, (region + 1) * grain.regionBytes());
        at++) {
      mask |= bit(region, at);
    }
    return mask;
  }

  private void copy() throws StorageException {
    int first = random.nextInt(set.length);
    int count = 1 + random.nextInt(set.length - first);
    note("take", first, count);
    Taken taken = bitmap.take(first, count);
    int[] before = masks.clone();
    for (int r = first; r < first + count; r++) {
      masks[r] = 0;
    }
    assertThat(taken.extents()).as(history).isEqualTo(extents(before, first, count));
    while (random.nextBoolean()) {
      change();
    }
    if (random.nextInt(3) == 0) {
      note("put back");
      bitmap.putBack(taken);
      for (int r = first; r < first + count; r++) {
        masks[r] |= before[r] & all(r);
      }
    } else {
      note("clear");
      bitmap.clear(taken);
      for (int r = first; r < first + count; r++) {
        set[r] &= (masks[r] & all(r)) != 0;
      }
    }
  }

  private List<Extent> extents(int[] of, int first, int count) {
    List<Extent> found = new ArrayList<>();
    long end = Math.min((first + count) * grain.regionBytes(), size);
    for (long at = first * grain.regionBytes(); at < end; at++) {
      int region = (int) (at / grain.regionBytes());
      if (set[region] && (of[region] & bit(region, at)) != 0) {
        Extent last = found.isEmpty() ? new Extent(0, 0) : found.get(found.size() - 1);
        if (!found.isEmpty() && last.end() == at) {
          found.set(found.size() - 1, new Extent(last.offset(), last.length() + 1));
        } else {
          found.add(new Extent(at, 1));
        }
      }
    }
    return found;
  }

  private void reset() throws StorageException {
    note("reset");
    Arrays.fill(set, false);
    Arrays.fill(masks, 0);
    bitmap.reset(
        () -> {
          try {
            while (random.nextBoolean()) {
              change();
            }
          } catch (StorageException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void dieAndReopen() throws StorageException {
    note("die");
    bitmap.close();
    bitmap = WriteBitmap.open(store, "b", size, 64);
    for (int r = 0; r < set.length; r++) {
      masks[r] = set[r] ? -1 : 0;
    }
  }

  private void stopAndReopen() throws StorageException {
    note("stop");
    run++;
    SavedRefinement.save(store, bitmap, run);
    bitmap.close();
    bitmap = WriteBitmap.open(store, "b", size, 64);
    SavedRefinement.load(store, bitmap, run);
    for (int r = 0; r < set.length; r++) {
      int mask = masks[r] & all(r);
      masks[r] = !set[r] ? 0 : mask != 0 ? mask : all(r);
    }
  }

  private void resize() throws StorageException {
    int newSize = 1 + random.nextInt(2 * size);
    note("resize", newSize);
    boolean shorter = newSize < size;
    if (shorter) {
      bitmap.shrink(newSize);
    } else {
      bitmap.reserve(newSize);
      bitmap.grow(newSize);
    }
    size = newSize;
    set = Arrays.copyOf(set, (int) grain.regions(size));
    masks = Arrays.copyOf(masks, set.length);
    for (int r = 0; shorter && r < set.length; r++) {
      masks[r] &= all(r);
    }
  }

  // ---- comparison

  private void check() {
    Runs regions = new Runs(Integer.MAX_VALUE);
    boolean[] blocks = new boolean[size / grain.blockBytes() + 2];
    byte[] map = new byte[(set.length + 7) / 8];
    for (int r = 0; r < set.length; r++) {
      if (set[r]) {
        regions.add(r);
        map[r / 8] |= (byte) (1 << r % 8);
        long base = r * grain.regionBytes() / grain.blockBytes();
        for (int rest = masks[r] & all(r); rest != 0; rest &= rest - 1) {
          blocks[(int) base + Integer.numberOfTrailingZeros(rest)] = true;
        }
      }
    }
    assertThat(bitmap.changedRegions(0, Integer.MAX_VALUE)).as(history).isEqualTo(regions.toList());
    ByteBuffer read = ByteBuffer.allocate((int) bitmap.mapBytes());
    bitmap.map(0, read);
    assertThat(read.array()).as(history).isEqualTo(map);
    checkBlocks(blocks);
  }

  private void checkBlocks(boolean[] blocks) {
    Runs wanted = new Runs(Integer.MAX_VALUE);
    long bytes = 0;
    for (int b = 0; b < blocks.length; b++) {
      if (blocks[b]) {
        wanted.add(b);
        bytes += Math.min((b + 1) * grain.blockBytes(), size) - b * grain.blockBytes();
      }
    }
    assertThat(bitmap.changedBlocks(0, Integer.MAX_VALUE)).as(history).isEqualTo(wanted.toList());
    assertThat(bitmap.changedBytes()).as(history).isEqualTo(bytes);
    int from = random.nextInt(blocks.length);
    int limit = 1 + random.nextInt(3);
    Runs some = new Runs(limit);
    for (int b = from; b < blocks.length && (!blocks[b] || some.add(b)); ) {
      b++;
    }
    assertThat(bitmap.changedBlocks(from, limit)).as(history).isEqualTo(some.toList());
  }

  private void note(String what, int... numbers) {
    history += " " + what + (numbers.length == 0 ? "" : Arrays.toString(numbers));
  }
}
