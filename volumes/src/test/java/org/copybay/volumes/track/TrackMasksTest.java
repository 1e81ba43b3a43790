package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks against a plain map, over several pages. */
final class TrackMasksTest {
  private static final int PAGE = 1 << 11;
  private static final int TRACKS = 5 * PAGE;

  /** The plain map, in which no mask is 0. */
  private static final class Model {
    final TreeMap<Long, Integer> masks = new TreeMap<>();

    void set(long track, int mask) {
      if (mask == 0) {
        masks.remove(track);
      } else {
        masks.put(track, mask);
      }
    }

    void add(long from, long end, int mask) {
      for (long track = from; track < end; track++) {
        set(track, masks.getOrDefault(track, 0) | mask);
      }
    }

    Model both(Model other) {
      Model both = new Model();
      both.masks.putAll(masks);
      other.masks.forEach((track, mask) -> both.add(track, track + 1, mask));
      return both;
    }

    List<Unfilled.Run> runs() {
      List<Unfilled.Run> runs = new ArrayList<>();
      for (Map.Entry<Long, Integer> each : masks.entrySet()) {
        int last = runs.size() - 1;
        Unfilled.Run before = last < 0 ? null : runs.get(last);
        if (before != null
            && before.track() + before.count() == each.getKey()
            && before.mask() == each.getValue()) {
          runs.set(
              last, new Unfilled.Run(before.track(), before.count() + 1, before.mask(), false));
        } else {
          runs.add(new Unfilled.Run(each.getKey(), 1, each.getValue(), false));
        }
      }
      return runs;
    }

    void requireSame(TrackMasks found, String what, Random random) {
      assertThat(found.trackCount()).as("%s: tracks", what).isEqualTo(masks.size());
      assertThat(found.blockCount())
          .as("%s: blocks", what)
          .isEqualTo(masks.values().stream().mapToInt(Integer::bitCount).sum());
      List<Unfilled.Run> runs = new ArrayList<>();
      found.forEach((track, count, mask) -> runs.add(new Unfilled.Run(track, count, mask, false)));
      assertThat(runs).as(what).isEqualTo(runs());
      for (int i = 0; i < 200; i++) {
        long track = random.nextInt(TRACKS + 2 * PAGE);
        assertThat(found.mask(track))
            .as("%s: track %d", what, track)
            .isEqualTo(masks.getOrDefault(track, 0));
        Long next = masks.ceilingKey(track);
        assertThat(found.next(track))
            .as("%s: next of %d", what, track)
            .isEqualTo(next == null ? -1 : next);
      }
    }
  }

  /** Near a border of pages more often than elsewhere. */
  private static int track(Random random) {
    int border = PAGE * random.nextInt(6);
    int near = border + random.nextInt(9) - 4;
    return Math.max(0, Math.min(TRACKS, random.nextInt(3) > 0 ? near : random.nextInt(TRACKS)));
  }

  private static int mask(Random random) {
    return random.nextBoolean() ? Geometry.WHOLE_TRACK : 1 + random.nextInt(0xffff);
  }

  private static void step(TrackMasks masks, Model model, Random random) {
    long one = track(random);
    long other = track(random);
    long from = Math.min(one, other);
    long end = Math.max(one, other);
    int mask = mask(random);
    switch (random.nextInt(5)) {
      case 0 -> {
        masks.set(from, mask);
        model.set(from, mask);
      }
      case 1 -> {
        masks.set(from, 0);
        model.set(from, 0);
      }
      case 2 -> {
        masks.clear(from, end);
        model.masks.subMap(from, end).clear();
      }
      case 3 -> {
        long stop = Math.min(end, from + random.nextInt(40));
        masks.add(from, stop, mask);
        model.add(from, stop, mask);
      }
      default -> {
        masks.add(from, end, mask);
        model.add(from, end, mask);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void masksAreThoseOfAPlainMap(int seed) {
    Random random = new Random(seed);
    TrackMasks masks = new TrackMasks();
    Model model = new Model();
    for (int i = 0; i < 40; i++) {
      step(masks, model, random);
      if (random.nextInt(4) == 0) {
        TrackMasks more = new TrackMasks();
        Model moreModel = new Model();
        for (int j = random.nextInt(4); j > 0; j--) {
          step(more, moreModel, random);
        }
        masks = random.nextBoolean() ? TrackMasks.both(masks, more) : TrackMasks.both(more, masks);
        model = model.both(moreModel);
      }
      model.requireSame(masks, "seed " + seed + " step " + i, random);
    }
  }

  @Test
  void wholePagesOfAVolumeOfManyTerabytesAreCounted() {
    TrackMasks masks = new TrackMasks();
    long tracks = (1L << 28) + 3;

    masks.add(0, tracks, Geometry.WHOLE_TRACK);

    assertThat(masks.trackCount()).isEqualTo(tracks);
    assertThat(masks.blockCount()).isEqualTo(tracks * Geometry.TRACK_BLOCKS);
    assertThat(masks.mask(tracks - 1)).isEqualTo(Geometry.WHOLE_TRACK);
    assertThat(masks.mask(tracks)).isZero();
    masks.clear(0, PAGE * 2L);
    assertThat(masks.next(0)).isEqualTo(PAGE * 2L);
    assertThat(masks.trackCount()).isEqualTo(tracks - PAGE * 2L);
  }

  /** Threads that begin at once clear every fourth track each, up to a track of a whole page. */
  private static void clearAtOnce(TrackMasks masks, int end) {
    int threads = 4;
    AtomicInteger missing = new AtomicInteger(threads);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int first = t;
      Thread thread =
          new Thread(
              () -> {
                missing.decrementAndGet();
                while (missing.get() > 0) {
                  Thread.onSpinWait();
                }
                for (int track = first; track < end; track += threads) {
                  masks.clear(track, track + 1L);
                }
              });
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** They meet where the page gets space for its masks. */
  @Test
  void threadsThatBeginAWholePageAtOnceLoseNothing() {
    for (int round = 0; round < 1000; round++) {
      TrackMasks masks = new TrackMasks();
      masks.add(0, PAGE, Geometry.WHOLE_TRACK);

      clearAtOnce(masks, 4);

      assertThat(masks.next(0)).as("round %d", round).isEqualTo(4);
      assertThat(masks.trackCount()).isEqualTo(PAGE - 4);
    }
  }

  @Test
  void threadsThatClearDifferentTracksOfAPageLoseNothing() {
    for (int round = 0; round < 20; round++) {
      TrackMasks masks = new TrackMasks();
      masks.add(0, 2L * PAGE, Geometry.WHOLE_TRACK);

      clearAtOnce(masks, PAGE);

      assertThat(masks.trackCount()).isEqualTo(PAGE);
      assertThat(masks.blockCount()).isEqualTo((long) PAGE * Geometry.TRACK_BLOCKS);
      assertThat(masks.next(0)).isEqualTo(PAGE);
      masks.set(5, 3);
      assertThat(masks.next(0)).isEqualTo(5);
    }
  }
}
