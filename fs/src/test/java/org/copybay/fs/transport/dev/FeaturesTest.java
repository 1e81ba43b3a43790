package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What is agreed on with kernels of different age. */
class FeaturesTest {

  private static final long EVERYTHING = -1;
  private static final long MAX_PAGES = 1L << 22;

  /** What Linux 6.13 and later let a request have, unless it is told otherwise. */
  private static final int LIMIT = 256;

  private static String initOut(Features features) {
    ByteBuffer out = ByteBuffer.allocate(Features.INIT_OUT).order(ByteOrder.LITTLE_ENDIAN);
    features.putInitOut(out);
    return HexFormat.of().formatHex(out.array());
  }

  @Test
  void aNewKernelIsAnsweredWithProtocol42AndMappingsBesideDirectIo() {
    Features features = Features.agree(45, EVERYTHING, 131072, LIMIT);

    assertThat(features.parallelDirectWrites()).isTrue();
    assertThat(initOut(features))
        .isEqualTo(
            "070000002a000000000002"
                + "0029804442c000900000001000010000000001000010000000"
                + "00".repeat(28));
  }

  @Test
  void theKernelOfDebian12IsAnsweredWithItsOwnProtocol() {
    Features features = Features.agree(38, 0x7fff_ffffL, 131072, LIMIT);

    assertThat(features.parallelDirectWrites()).isFalse();
    assertThat(initOut(features))
        .isEqualTo(
            "0700000026000000000002"
                + "0029804442c000900000001000010000000001000000000000"
                + "00".repeat(28));
  }

  @Test
  void nothingIsAgreedThatWasNotOffered() {
    Features features = Features.agree(31, 1L << 22 | 1L << 16, 4096, LIMIT);

    assertThat(features.flags()).as("MAX_PAGES without WRITEBACK_CACHE").isEqualTo(1L << 22);
    assertThat(features).hasToString("protocol=7.31 features=MAX_PAGES");
  }

  @Test
  void parallelDirectWritesNeedTheProtocolAndMappingsBesideThem() {
    assertThat(Features.agree(38, EVERYTHING, 0, LIMIT).parallelDirectWrites()).isFalse();
    assertThat(Features.agree(39, EVERYTHING, 0, LIMIT).parallelDirectWrites()).isTrue();
    assertThat(Features.agree(39, ~(1L << 36), 0, LIMIT).parallelDirectWrites()).isFalse();
  }

  @Test
  void aTransferOfOnePageLessThanARequestMayHaveIsNeverSplit() {
    assertThat(Features.agree(45, EVERYTHING, 0, LIMIT).unsplitBytes()).isEqualTo(1_044_480);
    assertThat(Features.agree(31, MAX_PAGES, 0, Integer.MAX_VALUE).unsplitBytes())
        .as("a kernel without a limit")
        .isEqualTo(1_044_480);
    assertThat(Features.agree(45, ~MAX_PAGES, 0, LIMIT).unsplitBytes()).isEqualTo(126_976);
  }

  @Test
  void theLimitOfTheKernelHoldsWhateverIsAgreed() {
    Features features = Features.agree(45, EVERYTHING, 0, 64);

    assertThat(features.unsplitBytes()).isEqualTo(63 * 4096);
    assertThat(initOut(features).substring(56, 60)).as("max_pages").isEqualTo("4000");
  }

  @Test
  void backgroundRequestsLeaveThreadsForTheOthers() {
    assertThat(Features.MAX_BACKGROUND).isLessThan(WorkerPool.LIMIT);
  }
}
