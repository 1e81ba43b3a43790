package org.copybay.copy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.HomeFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataRangesTest {
  private static final int BLOCK = 4096;

  @TempDir Path directory;

  private static List<Extent> list(DataRanges ranges, long offset) throws StorageException {
    List<Extent> list = new ArrayList<>();
    for (Extent each = ranges.next(offset); each != null; each = ranges.next(each.end())) {
      list.add(each);
    }
    return list;
  }

  private HomeFile file(String name, int... blocks) throws StorageException {
    HomeFile file = HomeFile.create(directory.resolve(name));
    file.setSize(100L * BLOCK);
    for (int block : blocks) {
      file.write((long) block * BLOCK, ByteBuffer.allocateDirect(BLOCK));
    }
    return file;
  }

  @Test
  void dataEndsAtTheSizeThoughTheFileIsLonger() throws Exception {
    try (HomeFile file = file("a", 1, 2, 50)) {
      assertThat(list(DataRanges.of(file, 100L * BLOCK), 0))
          .containsExactly(new Extent(BLOCK, 2 * BLOCK), new Extent(50 * BLOCK, BLOCK));
      assertThat(list(DataRanges.of(file, 50L * BLOCK + 7), 0))
          .containsExactly(new Extent(BLOCK, 2 * BLOCK), new Extent(50 * BLOCK, 7));
      assertThat(list(DataRanges.of(file, 50L * BLOCK), 0)).hasSize(1);
      assertThat(list(DataRanges.of(file, 100L * BLOCK), BLOCK + 1))
          .startsWith(new Extent(BLOCK + 1, 2 * BLOCK - 1));
      assertThat(list(DataRanges.of(file, 100L * BLOCK), 51L * BLOCK)).isEmpty();
    }
  }

  @Test
  void aUnionHasEveryByteOfBothOnce() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      int[] one = random.ints(random.nextInt(20), 0, 100).toArray();
      int[] other = random.ints(random.nextInt(20), 0, 100).toArray();
      BitSet expected = new BitSet();
      for (int block : one) {
        expected.set(block);
      }
      for (int block : other) {
        expected.set(block);
      }
      try (HomeFile a = file("a" + round, one);
          HomeFile b = file("b" + round, other)) {
        long size = 100L * BLOCK;
        BitSet found = new BitSet();
        long end = 0;
        for (Extent each :
            list(DataRanges.union(DataRanges.of(a, size), DataRanges.of(b, size)), 0)) {
          assertThat(each.offset()).as("-Dseed=%d", seed).isGreaterThanOrEqualTo(end);
          found.set((int) (each.offset() / BLOCK), (int) (each.end() / BLOCK));
          end = each.end();
        }
        assertThat(found).as("-Dseed=%d round=%d", seed, round).isEqualTo(expected);
      }
    }
  }
}
