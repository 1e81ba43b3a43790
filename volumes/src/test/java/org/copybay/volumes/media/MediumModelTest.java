package org.copybay.volumes.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random requests to a medium and to a model of it: its bytes, the set of written sectors and the
 * tail of its writer. A failure names the seed; run it again with -Dcopybay.seed=N.
 */
final class MediumModelTest {
  private static final int SECTORS = 100;
  private static final int STEPS = 200;

  @TempDir Path directory;

  private String history = "";
  private Random random;
  private int sector;
  private MediaType type;
  private TestMedium test;
  private int starts;

  // the model
  private byte[] bytes;
  private BitSet written;
  private int tail = -1;
  private int limit = SECTORS;

  @ParameterizedTest
  @CsvSource({
    "WORM,512",
    "WORM,1024",
    "WORM,2048",
    "WORM,4096",
    "WORM,65536",
    "ERASE,512",
    "ERASE,65536",
    "DVD_RAM,2048"
  })
  void everyRequestHasTheResultOfTheModel(MediaType of, int sectorBytes) throws Exception {
    long seed = Long.getLong("copybay.seed", System.nanoTime());
    history = "-Dcopybay.seed=" + seed + " " + of + " " + sectorBytes + ":";
    random = new Random(seed);
    sector = sectorBytes;
    type = of;
    bytes = new byte[SECTORS * sector];
    written = new BitSet();
    test = TestMedium.create(directory.resolve("bay"), type, sector, SECTORS);
    for (int i = 0; i < STEPS; i++) {
      step();
      if (i % 20 == 0) {
        check();
      }
    }
    check();
    test.close();
  }

  private void step() throws StorageException {
    switch (random.nextInt(20)) {
      case 0 -> {
        test.medium.flush();
        tail = -1;
      }
      case 1 -> restart();
      case 2 -> limit = random.nextInt(4) == 0 ? SECTORS : random.nextInt(SECTORS + 1);
      case 3 -> zero();
      case 4 -> blank();
      default -> write();
    }
  }

  private void restart() throws StorageException {
    if (starts++ < 3) {
      TestMedium next = test.after(RecoverMode.PROCESS, directory.resolve("start" + starts));
      test.close();
      test = next;
      tail = -1;
    }
  }

  private void write() throws StorageException {
    int offset = offset();
    int length = 1 + random.nextInt(random.nextBoolean() ? sector : 4 * sector);
    byte[] wanted = Bytes.random(random.nextLong(), length);
    if (random.nextInt(3) == 0) { // what is there already, as far as it goes
      for (int i = 0; i < length && offset + i < bytes.length; i++) {
        boolean free = tail >= 0 && (offset + i) / sector == tail / sector && offset + i >= tail;
        wanted[i] = written.get((offset + i) / sector) && !free ? bytes[offset + i] : wanted[i];
      }
    }
    history += " write " + offset + "+" + length;
    Object expected = model(offset, wanted);
    Object got;
    try {
      got = test.write(new Limit(Long.MAX_VALUE, limit), offset, wanted);
    } catch (StorageException e) {
      got = e.fault();
    }
    assertThat(got).as(history).isEqualTo(expected);
  }

  private int offset() {
    return switch (random.nextInt(4)) {
      case 0 -> tail >= 0 ? tail : 0;
      case 1 -> random.nextInt(SECTORS) * sector;
      case 2 -> random.nextInt(bytes.length);
      default -> Math.min(bytes.length - 1, written.length() * sector);
    };
  }

  /** Changes the model; the number of bytes that are written, or the fault. */
  private Object model(int offset, byte[] wanted) {
    int end = Math.min(offset + wanted.length, bytes.length);
    int left = limit - written.cardinality();
    for (int at = offset / sector; at * sector < end; at++) {
      if (!written.get(at) && left-- <= 0) {
        end = at * sector;
      }
    }
    if (end <= offset) {
      return Fault.NO_SPACE;
    }
    boolean once = type == MediaType.WORM;
    for (int at = offset; once && at < end; at++) {
      if (!isFresh(at, offset) && bytes[at] != wanted[at - offset]) {
        return Fault.READ_ONLY;
      }
    }
    boolean[] fresh = new boolean[end - offset];
    for (int at = offset; at < end; at++) {
      fresh[at - offset] = !once || isFresh(at, offset);
    }
    boolean any = false;
    for (int at = offset; at < end; at++) {
      if (fresh[at - offset]) {
        any = true;
        bytes[at] = wanted[at - offset];
      }
    }
    for (int at = offset / sector; at * sector < end; at++) {
      written.set(at);
    }
    if (any) {
      tail = fresh[end - offset - 1] && end % sector != 0 ? end : -1;
    }
    return end - offset;
  }

  /** Whether a request that begins at that offset may put anything there. */
  private boolean isFresh(int at, int offset) {
    boolean inTail = tail >= 0 && at / sector == tail / sector;
    return !written.get(at / sector) || (inTail && at >= tail && offset <= tail);
  }

  private void zero() throws StorageException {
    int offset = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(3 * sector);
    history += " zero " + offset + "+" + length;
    try {
      test.medium.zero("V", offset, length, random.nextBoolean());
      assertThat(type).as(history).isNotEqualTo(MediaType.WORM);
      int end = Math.min(offset + length, written.length() * sector);
      if (offset < end) {
        Arrays.fill(bytes, offset, end, (byte) 0);
        written.set(offset / sector, (end - 1) / sector + 1);
      }
    } catch (StorageException e) {
      assertThat(e.fault()).as(history).isEqualTo(Fault.READ_ONLY);
      assertThat(type).as(history).isEqualTo(MediaType.WORM);
    }
  }

  private void blank() throws StorageException {
    if (type == MediaType.WORM || random.nextInt(4) > 0) {
      return;
    }
    history += " blank";
    test.medium.blank("V");
    Arrays.fill(bytes, (byte) 0);
    written.clear();
  }

  private void check() throws StorageException {
    assertThat(Arrays.equals(test.all(), bytes)).as(history).isTrue();
    assertThat(test.written()).as(history).isEqualTo(written);
    assertThat(test.medium.size()).as(history).isEqualTo((long) written.length() * sector);
    assertThat(test.medium.sectorsWritten()).as(history).isEqualTo(written.cardinality());
  }
}
