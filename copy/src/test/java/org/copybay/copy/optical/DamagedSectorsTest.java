package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** Reading a medium of which some sectors cannot be read. */
final class DamagedSectorsTest {
  private static final int S = 512;
  private static final int SECTORS = 100;

  private final byte[] bytes = random(1, SECTORS * S);
  private final Set<Long> bad = new TreeSet<>();
  private final Image image =
      new Image() {
        @Override
        public void read(long offset, ByteBuffer target) throws StorageException {
          for (Long sector : bad) {
            if (sector * S < offset + target.remaining() && (sector + 1) * S > offset) {
              target.put((byte) 77); // some of it
              throw new StorageException(Fault.STORE_FAILED, "bad block");
            }
          }
          target.put(bytes, (int) offset, target.remaining());
        }

        @Override
        public long nextData(long offset) {
          return offset;
        }

        @Override
        public long nextHole(long offset) {
          return bytes.length;
        }
      };

  private DamagedSectors damaged(boolean allowed) {
    return new DamagedSectors("VOL", image, bytes.length, S, allowed, sector -> {});
  }

  private static byte[] read(DamagedSectors from, int offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocate(length + 10);
    from.read(new Extent(offset, length), target.limit(length));
    assertThat(target.position()).isEqualTo(length);
    return Arrays.copyOf(target.array(), length);
  }

  @Test
  void aSoundMediumIsReadAsItIs() throws Exception {
    DamagedSectors damaged = damaged(false);
    assertThat(read(damaged, 100, 5000)).isEqualTo(Arrays.copyOfRange(bytes, 100, 5100));
    assertThat(damaged.count()).isZero();
    assertThat(damaged.files()).isEmpty();
  }

  @Test
  void theFirstSectorThatCannotBeReadIsNamed() {
    bad.add(9L);
    bad.add(11L);
    assertFault(
        Fault.CORRUPT, () -> read(damaged(false), 0, 50 * S), "sector 9 of volume VOL cannot");
  }

  @Test
  void damagedSectorsAreZerosAndTheOthersWhole() throws Exception {
    bad.add(9L);
    bad.add(10L);
    bad.add(99L);
    byte[] expected = bytes.clone();
    Arrays.fill(expected, 9 * S, 11 * S, (byte) 0);
    Arrays.fill(expected, 99 * S, 100 * S, (byte) 0);
    DamagedSectors damaged = damaged(true);

    assertThat(read(damaged, 0, bytes.length)).isEqualTo(expected);
    assertThat(read(damaged, 9 * S + 5, S)).isEqualTo(new byte[S]);

    assertThat(damaged.count()).isEqualTo(3);
    assertThat(damaged.files()).containsExactly("/");
  }

  @Test
  void aSectorThatWasDamagedOnceStaysSo() throws Exception {
    bad.add(9L);
    DamagedSectors damaged = damaged(true);
    read(damaged, 0, 20 * S);
    bad.clear(); // else the look at the copy would find another source than the copy

    assertThat(read(damaged, 9 * S, S)).isEqualTo(new byte[S]);
    assertThat(read(damaged, 8 * S, S)).isEqualTo(Arrays.copyOfRange(bytes, 8 * S, 9 * S));
  }
}
