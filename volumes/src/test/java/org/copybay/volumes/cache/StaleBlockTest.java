package org.copybay.volumes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every meeting of a load with what changes its block, step by step: one request is begun in the
 * middle of the other, in one thread. Whatever the two saw, who reads afterwards reads what the
 * disk has.
 */
class StaleBlockTest {
  private static final int BLOCK = 64;
  private static final int BLOCKS = 8;
  private static final int SIZE = BLOCK * BLOCKS - 7;

  private final BlockCache cache = new BlockCache(1 << 20, BLOCK);
  private final LookUps lookUps = new LookUps();
  private final Disk disk = new Disk(SIZE);
  private final CachedDevice device = new CachedDevice(cache, lookUps, disk);

  @BeforeEach
  void fill() {
    System.arraycopy(Bytes.random(1, SIZE), 0, disk.bytes, 0, SIZE);
    device.setSize(SIZE);
    device.use(true);
  }

  private static byte[] read(CachedDevice from, int offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    from.read(offset, target);
    return Bytes.of(target);
  }

  private void write(int offset, int length) throws StorageException {
    device.write(offset, Bytes.direct(Bytes.random(2, length)));
  }

  private void assertReadsTheDisk() throws StorageException {
    assertThat(read(device, 0, SIZE)).isEqualTo(disk.bytes);
    assertThat(read(device, 0, SIZE)).as("from memory").isEqualTo(disk.bytes);
  }

  // ---- a load and a change of the same block

  @Test
  void aLoadThatReadOldBytesIsNotKeptWhenAWriteEndedMeanwhile() throws Exception {
    byte[] old = disk.bytes.clone();
    disk.afterRead(() -> write(10, 20));

    assertThat(read(device, 0, BLOCK)).as("it began before").isEqualTo(Arrays.copyOf(old, BLOCK));

    assertReadsTheDisk();
  }

  @Test
  void aLoadInTheMiddleOfAWriteIsNotKept() throws Exception {
    disk.beforeChange(() -> read(device, 0, BLOCK));

    write(10, 20);

    assertReadsTheDisk();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLoadThatMeetsAZeroingIsNotKept(boolean keepSpace) throws Exception {
    disk.afterRead(() -> device.zero(0, 2 * BLOCK, keepSpace));
    read(device, 0, BLOCK);
    assertReadsTheDisk();

    disk.beforeChange(() -> read(device, 2 * BLOCK, 2 * BLOCK));
    device.zero(2 * BLOCK + 1, BLOCK, keepSpace);
    assertReadsTheDisk();
  }

  @Test
  void aWriteIsReadInEveryBlockThatItTouches() throws Exception {
    assertReadsTheDisk();
    write(BLOCK - 1, 2 * BLOCK + 2);
    assertReadsTheDisk();
    write(SIZE - 1, 1);
    assertReadsTheDisk();
    device.zero(3, SIZE - 3, false);
    assertReadsTheDisk();
  }

  /** So many blocks are not forgotten one by one. */
  @Test
  void aChangeOfThousandsOfBlocksIsRead() throws Exception {
    int size = 5000 * BLOCK;
    Disk large = new Disk(size);
    CachedDevice over = new CachedDevice(cache, lookUps, large);
    over.setSize(size);
    over.use(true);
    Arrays.fill(large.bytes, (byte) 1);
    read(over, 0, size);

    large.beforeChange(() -> read(over, 0, size));
    over.zero(1, size - 2, false);

    assertThat(read(over, 0, size)).isEqualTo(large.bytes);
  }

  // ---- failures

  @Test
  void aWriteThatFailsBeforeItChangedAnythingLeavesTheOldBytes() throws Exception {
    assertReadsTheDisk();
    disk.beforeChange(Disk.failing());

    assertThatThrownBy(() -> write(10, 200)).hasMessage("disk");

    assertReadsTheDisk();
  }

  @Test
  void ofAWriteThatFailsInTheMiddleWhatTheDiskTookIsRead() throws Exception {
    assertReadsTheDisk();
    disk.afterChange(Disk.failing());
    assertThatThrownBy(() -> write(10, 200)).hasMessage("disk");
    assertReadsTheDisk();

    disk.afterChange(Disk.failing());
    assertThatThrownBy(() -> device.zero(10, 200, false)).hasMessage("disk");
    assertReadsTheDisk();
  }

  @Test
  void aLoadThatFailsPoisonsNothing() throws Exception {
    disk.afterRead(Disk.failing());
    assertThatThrownBy(() -> read(device, 0, BLOCK)).hasMessage("disk");
    assertThat(cache.bytes()).isZero();

    assertReadsTheDisk();
  }

  // ---- a switch of the content, of the size, of use

  /** Changes the bytes without passing the device. */
  private void switchContent() {
    System.arraycopy(Bytes.random(3, SIZE), 0, disk.bytes, 0, SIZE);
    device.contentSwitched();
  }

  @Test
  void aLoadThatSpansASwitchOfTheContentIsNotKept() throws Exception {
    assertReadsTheDisk();
    switchContent();
    assertReadsTheDisk();

    device.contentSwitched();
    disk.afterRead(this::switchContent);
    read(device, 0, BLOCK);
    assertReadsTheDisk();
  }

  /** The bytes that the load saw are behind the end, and are zeros when it is larger again. */
  @Test
  void aLoadThatSpansAResizeDownAndUpIsNotKept() throws Exception {
    disk.afterRead(
        () -> {
          device.setSize(BLOCK / 2);
          Arrays.fill(disk.bytes, BLOCK / 2, SIZE, (byte) 0); // the file is cut
          device.setSize(SIZE);
        });

    read(device, 0, BLOCK);

    assertReadsTheDisk();
  }

  @Test
  void aLoadThatSpansAGrowthHidesNothingThatIsWrittenBehindTheOldEnd() throws Exception {
    device.setSize(10);
    Arrays.fill(disk.bytes, 10, SIZE, (byte) 0);
    disk.afterRead(
        () -> {
          device.setSize(SIZE);
          write(20, 30);
        });

    read(device, 0, 10);

    assertReadsTheDisk();
  }

  @Test
  void aLoadThatSpansDisuseIsNotKept() throws Exception {
    disk.afterRead(
        () -> {
          device.use(false);
          write(0, 100); // invalidates nothing
          device.use(true);
        });

    read(device, 0, BLOCK);

    assertReadsTheDisk();
  }

  @Test
  void aWriteThatSpansDisuseForgetsWhatWasLoadedInTheNewUse() throws Exception {
    disk.beforeChange(
        () -> {
          device.use(false);
          device.use(true);
          read(device, 0, SIZE);
        });
    write(0, 100);
    assertReadsTheDisk();

    device.use(false);
    disk.beforeChange(
        () -> {
          device.use(true);
          read(device, 0, SIZE);
        });
    device.zero(0, 100, false);
    assertReadsTheDisk();
  }

  @Test
  void blocksOfAnEarlierUseAreNotFoundAgain() throws Exception {
    assertReadsTheDisk();
    device.use(false);
    write(0, 100);
    assertThat(read(device, 0, SIZE)).isEqualTo(disk.bytes);
    device.use(true);
    assertReadsTheDisk();
  }

  // ---- sharing

  @Test
  void twoDevicesNeverSeeTheBlocksOfEachOther() throws Exception {
    Disk other = new Disk(SIZE);
    Arrays.fill(other.bytes, (byte) 5);
    CachedDevice second = new CachedDevice(cache, new LookUps(), other);
    second.setSize(SIZE);
    second.use(true);

    for (int i = 0; i < 2; i++) {
      assertReadsTheDisk();
      assertThat(read(second, 0, SIZE)).isEqualTo(other.bytes);
      write(i * 50, 200);
    }
    int reads = other.readCount();
    device.contentSwitched();
    assertThat(read(second, 0, SIZE)).isEqualTo(other.bytes);
    assertThat(other.readCount()).as("it keeps its own blocks").isEqualTo(reads);
  }

  @Test
  void whatIsEvictedIsReadAgain() throws Exception {
    CachedDevice tight = new CachedDevice(new BlockCache(2 * BLOCK, BLOCK), lookUps, disk);
    tight.setSize(SIZE);
    tight.use(true);
    for (int i = 0; i < 20; i++) {
      tight.write(i * 20L, Bytes.direct(Bytes.random(i, 30)));
      assertThat(read(tight, 0, SIZE)).isEqualTo(disk.bytes);
    }
    assertThat(lookUps.misses()).isGreaterThan(20L * (BLOCKS - 2) - 1);
  }

  /** Nothing runs inside of the map: who looks for another block never waits for a load. */
  @Test
  void whileABlockIsLoadedEveryOtherOneIsRead() throws Exception {
    Disk large = new Disk(500 * BLOCK);
    CachedDevice over = new CachedDevice(cache, lookUps, large);
    over.setSize(500 * BLOCK);
    over.use(true);
    large.afterRead(
        () -> {
          CompletableFuture<Void> others =
              CompletableFuture.runAsync(
                  () ->
                      assertThatCode(() -> read(over, BLOCK, 499 * BLOCK))
                          .doesNotThrowAnyException());
          assertThat(others).succeedsWithin(Duration.ofSeconds(20));
        });

    read(over, 0, BLOCK);

    assertThat(lookUps.misses()).isEqualTo(500);
  }

  // ---- counting

  @Test
  void lookUpsAreCountedForTheDeviceAndForAll() throws Exception {
    CachedDevice second = new CachedDevice(cache, new LookUps(), new Disk(SIZE));
    second.setSize(SIZE);
    second.use(true);
    assertThat(lookUps.hitPercent()).isNull();

    read(device, 0, SIZE); // 8 misses
    read(device, 0, 2 * BLOCK); // 2 hits
    assertThat(List.of(lookUps.hits(), lookUps.misses())).containsExactly(2L, 8L);
    assertThat(lookUps.hitPercent()).isEqualTo(20);
    read(second, 0, 2 * BLOCK);
    assertThat(lookUps.hitPercent()).isEqualTo(20);
    assertThat(cache.lookUps().hitPercent()).isEqualTo(16);

    write(0, SIZE);
    device.use(false);
    read(device, 0, SIZE);
    assertThat(List.of(lookUps.hits(), lookUps.misses())).as("reads only").containsExactly(2L, 8L);
    int reads = disk.readCount();
    device.use(true);
    disk.afterRead(Disk.failing());
    assertThatThrownBy(() -> read(device, 0, 1)).hasMessage("disk");
    assertThat(disk.readCount()).isEqualTo(reads + 1);
    assertThat(lookUps.misses()).isEqualTo(9);
  }
}
