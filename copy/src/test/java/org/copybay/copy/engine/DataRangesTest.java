package org.copybay.copy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Extent;
import org.junit.jupiter.api.Test;

class DataRangesTest {
  private static final int SIZE = 60;

  private static BitSet random(Random random) {
    BitSet bits = new BitSet();
    for (int i = 0; i < SIZE; i++) {
      bits.set(i, random.nextBoolean() || (i > 0 && bits.get(i - 1) && random.nextBoolean()));
    }
    return bits;
  }

  private static DataRanges of(BitSet bits) {
    return offset -> {
      int start = bits.nextSetBit((int) offset);
      return start < 0 ? null : new Extent(start, bits.nextClearBit(start) - start);
    };
  }

  private static List<Extent> list(DataRanges ranges) throws Exception {
    List<Extent> list = new ArrayList<>();
    for (Extent next = ranges.next(0); next != null; next = ranges.next(next.end())) {
      list.add(next);
    }
    return list;
  }

  @Test
  void withinHasWhatIsInBothAndNothingElse() throws Exception {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      BitSet data = random(random);
      BitSet some = random(random);
      BitSet both = (BitSet) data.clone();
      both.and(some);

      BitSet found = new BitSet();
      for (Extent range : list(DataRanges.within(list(of(some)), of(data)))) {
        found.set((int) range.offset(), (int) range.end());
      }

      assertThat(found).as("seed=%d", seed).isEqualTo(both);
    }
  }
}
