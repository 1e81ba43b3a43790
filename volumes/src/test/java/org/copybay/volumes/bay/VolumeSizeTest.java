package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.READER;
import static org.copybay.volumes.bay.TestBay.WRITER;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;
import static org.copybay.volumes.bay.TestBay.write;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.store.HomeFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of volumes, and what is kept of their bytes above the disk. */
class VolumeSizeTest extends BayFixture {

  // ---- size

  @Test
  void aFixedSizeIsKeptByWritesAndTruncates() throws Exception {
    Volume volume = test.createFilled("a", 1000, 1);
    try (OpenFile open = volume.open(WRITER, false)) {
      assertThat(open.write(990, Bytes.direct(new byte[20]))).isEqualTo(10);
      assertFault(Fault.NO_SPACE, () -> open.write(1000, Bytes.direct(new byte[1])));
      assertFault(Fault.FORBIDDEN, () -> open.setSize(999));
      open.setSize(1000);
      assertFault(Fault.NO_SPACE, () -> open.reserve(900, 101, false));
      open.zero(900, 5000, false);
    }
    assertThat(volume.size()).isEqualTo(1000);
    assertThat(volume.status().size()).isEqualTo(1000);
  }

  @Test
  void growingAddsZerosAlsoWhileItIsOpen() throws Exception {
    Volume volume = test.createFilled("a", 1000, 1);
    try (OpenFile open = volume.open(WRITER, false)) {
      bay.resize(volume, 3000, false, NOTHING);
      assertThat(open.write(2999, Bytes.direct((byte) 9))).isEqualTo(1);
    }
    reopen();
    byte[] bytes = read(bay.find("a"));
    assertThat(bytes).hasSize(3000).startsWith(Bytes.random(1, 1000)).endsWith(9);
    assertThat(java.util.Arrays.copyOfRange(bytes, 1000, 2999)).containsOnly(0);
  }

  @Test
  void shrinkingMustBeAskedForAndNeedsItClosed() throws Exception {
    Volume volume = test.createFilled("a", 1000, 1);
    assertFault(Fault.BAD_REQUEST, () -> bay.resize(volume, 999, false, NOTHING));
    assertFault(Fault.BAD_REQUEST, () -> bay.resize(volume, 0, true, NOTHING));
    try (OpenFile open = volume.open(READER, false)) {
      assertFault(Fault.BUSY, () -> bay.resize(volume, 999, true, NOTHING));
    }
    bay.resize(volume, 500, true, NOTHING);
    reopen();
    assertThat(read(bay.find("a"))).isEqualTo(Bytes.random(1, 500));
  }

  @Test
  void whatAnInterruptedShrinkLeftDoesNotComeBackByGrowing() throws Exception {
    Volume volume = test.createFilled("a", 1000, 1);
    bay.resize(volume, 500, true, NOTHING);
    reopen();
    // As if power had gone before the file was cut.
    try (HomeFile home = HomeFile.open(bay.find("a").home(), 0)) {
      home.setSize(1000);
      home.write(500, Bytes.direct(Bytes.random(7, 500)));
    }

    bay.resize(bay.find("a"), 1000, false, NOTHING);

    assertThat(read(bay.find("a"), 500, 500)).containsOnly(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shrinkingForgetsCachedBlocks(boolean block) throws Exception {
    Volume volume = test.createFilled("a", 200_000, 1);
    bay.setCacheMode(volume, block ? CacheMode.BLOCK : CacheMode.PAGE, NOTHING);
    assertThat(read(volume)).isEqualTo(Bytes.random(1, 200_000));

    bay.resize(volume, 100, true, NOTHING);
    bay.resize(volume, 200_000, false, NOTHING);

    assertThat(read(volume)).startsWith(Bytes.random(1, 100)).endsWith(new byte[199_900]);
  }

  @Test
  void bytesWrittenAroundASwitchOfTheCacheAreRead() throws Exception {
    Volume volume = test.createFilled("a", 100_000, 1);
    bay.setCacheMode(volume, CacheMode.BLOCK, NOTHING);
    assertThat(read(volume)).isEqualTo(Bytes.random(1, 100_000));
    bay.setCacheMode(volume, CacheMode.PAGE, NOTHING);
    write(volume, 0, Bytes.random(2, 100_000));
    bay.setCacheMode(volume, CacheMode.BLOCK, NOTHING);
    assertThat(read(volume)).isEqualTo(Bytes.random(2, 100_000));
    assertThat(bay.cache().lookUps().misses()).isPositive();
  }

  /** What the kernel was told, in order. */
  private List<String> recordNotices() {
    List<String> notices = new ArrayList<>();
    bay.setKernelView(
        new KernelView<>() {
          @Override
          public CompletableFuture<Void> sizeChanged(Volume volume) {
            notices.add("size " + volume.size());
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public CompletableFuture<Void> contentChanged(Volume volume, Extent changed) {
            notices.add("bytes " + changed.offset() + " to " + changed.end());
            return CompletableFuture.completedFuture(null);
          }
        });
    return notices;
  }

  @Test
  void theKernelHearsOfASizeAndOfBytesThatAreCutOff() throws Exception {
    Volume volume = test.createFilled("a", 1000, 1);
    List<String> notices = recordNotices();

    bay.resize(volume, 3000, false, NOTHING);
    bay.resize(volume, 500, true, NOTHING);

    assertThat(notices).containsExactly("size 3000", "size 500", "bytes 500 to 3000");
  }

  @ParameterizedTest
  @EnumSource(CacheMode.class)
  void afterARepairEveryReaderSeesWhatTheDiskHas(CacheMode mode) throws Exception {
    Volume volume = test.createFilled("a", 100_000, 1);
    bay.setCacheMode(volume, mode, NOTHING);
    assertThat(read(volume)).isEqualTo(Bytes.random(1, 100_000));
    // As if the disk had lost what a failed sync left in memory.
    try (HomeFile home = HomeFile.open(volume.home(), 0)) {
      home.write(0, Bytes.direct(new byte[100_000]));
    }
    bay.failed(volume, "sync: Input/output error");
    List<String> notices = recordNotices();

    bay.repaired(volume, NOTHING);

    assertThat(read(volume)).containsOnly(0);
    assertThat(notices).containsExactly("bytes 0 to 100000");
    bay.repaired(volume, NOTHING);
    assertThat(notices).hasSize(1);
  }
}
