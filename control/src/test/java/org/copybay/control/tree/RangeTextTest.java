package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.copybay.volumes.bitmap.Run;
import org.junit.jupiter.api.Test;

/** How ranges are written. */
class RangeTextTest {
  @Test
  void whatDoesNotFitIsNamed() {
    List<Run> runs =
        LongStream.rangeClosed(0, RangeText.LIMIT).mapToObj(i -> new Run(2 * i, 1)).toList();

    String lines = RangeText.lines("blocks of 4096 bytes", "blocks.from", runs);
    assertThat(lines).startsWith("# start count, in blocks of 4096 bytes\n0 1\n2 1\n");
    assertThat(lines).endsWith("\n199998 1\n# more: blocks.from/200000\n");
    assertThat(RangeText.json("block_bytes", 4096, runs)).endsWith("],\"more_from\":200000}\n");
  }

  @Test
  void whatFitsIsAll() {
    List<Run> runs = List.of(new Run(7, 2));

    assertThat(RangeText.lines("regions of 1 byte", "ranges.from", runs))
        .isEqualTo("# start count, in regions of 1 byte\n7 2\n");
    assertThat(RangeText.json("region_bytes", 1, runs))
        .isEqualTo(
            "{\"region_bytes\":1,\"ranges\":[{\"start\":7,\"count\":2}],\"more_from\":null}\n");
  }
}
