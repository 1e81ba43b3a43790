package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.WRITER;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on one volume beside a byte array. A failure names the seed; run it again with
 * -Dseed=N.
 */
class OpenFileModelTest {
  private static final int[] SIZES = {1, 2, 511, 4097, 65_537, 200_003, 3 * 65_536};
  private static final int STEPS = 500;

  @TempDir Path directory;

  private TestBay test;
  private Random random;
  private byte[] model;
  private OpenFile open;
  private String history = "";

  @Test
  void aVolumeIsAnArrayOfBytes() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    test = TestBay.create(directory.resolve("bay"));
    int number = 0;
    for (CacheMode mode : CacheMode.values()) {
      for (int size : SIZES) {
        run(seed + number, "v" + number, size, mode);
        number++;
      }
    }
    test.close();
  }

  private void run(long seed, String name, int size, CacheMode mode) throws StorageException {
    history = "-Dseed=" + seed + " size=" + size + " cache=" + mode + ":";
    random = new Random(seed);
    model = new byte[size];
    test.bay.create(new NewVolume(name, size, null, mode, TestBay.OWNER), NOTHING);
    open = test.bay.find(name).open(WRITER, false);
    for (int i = 0; i < STEPS; i++) {
      step(name);
    }
    open.close();
    test.reopen();
    assertThat(TestBay.read(test.bay.find(name))).as(history).isEqualTo(model);
  }

  private void step(String name) throws StorageException {
    switch (random.nextInt(20)) {
      case 0 -> reopen(name);
      case 1 -> writeTruncating(name);
      case 2 -> grow(name);
      case 3 -> switchCache(name);
      case 4 -> open.file().flush();
      case 5, 6 -> zero();
      case 7 -> reserve();
      case 8, 9, 10, 11, 12 -> write();
      default -> read();
    }
  }

  /** A range inside of the volume, often with ends on borders of sectors, pages and blocks. */
  private int[] range() {
    int start = border(random.nextInt(model.length));
    int length = 1 + border(random.nextInt(Math.max(1, model.length - start)));
    return new int[] {start, Math.min(length, model.length - start)};
  }

  private int border(int n) {
    return switch (random.nextInt(5)) {
      case 0 -> n & -512;
      case 1 -> n & -4096;
      case 2 -> n & -65_536;
      default -> n;
    };
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void note(String what) {
    history += " " + what;
  }

  private void write() throws StorageException {
    int[] range = range();
    byte[] bytes = bytes(range[1]);
    note("write" + Arrays.toString(range));
    assertThat(open.write(range[0], Bytes.direct(bytes))).as(history).isEqualTo(bytes.length);
    System.arraycopy(bytes, 0, model, range[0], bytes.length);
  }

  private void zero() throws StorageException {
    int[] range = range();
    boolean keepSpace = random.nextBoolean();
    note("zero" + Arrays.toString(range));
    open.zero(range[0], range[1], keepSpace);
    Arrays.fill(model, range[0], range[0] + range[1], (byte) 0);
  }

  private void reserve() throws StorageException {
    int[] range = range();
    note("reserve" + Arrays.toString(range));
    open.reserve(range[0], range[1], random.nextBoolean());
  }

  private void read() throws StorageException {
    int[] range = range();
    int beyond = random.nextInt(3) == 0 ? random.nextInt(5000) : 0;
    ByteBuffer target = ByteBuffer.allocateDirect(range[1] + beyond);
    note("read" + Arrays.toString(range));
    int expected = Math.min(range[1] + beyond, model.length - range[0]);
    assertThat(open.read(range[0], target)).as(history).isEqualTo(expected);
    assertThat(Bytes.of(target))
        .as(history)
        .isEqualTo(Arrays.copyOfRange(model, range[0], range[0] + expected));
  }

  private void reopen(String name) throws StorageException {
    note("reopen");
    open.close();
    test.reopen();
    open = test.bay.find(name).open(WRITER, false);
  }

  private void grow(String name) throws StorageException {
    if (model.length > 400_000) {
      return;
    }
    int size = model.length + random.nextInt(5000);
    note("grow" + size);
    test.bay.resize(test.bay.find(name), size, false, NOTHING);
    model = Arrays.copyOf(model, size);
  }

  private void switchCache(String name) throws StorageException {
    CacheMode mode = random.nextBoolean() ? CacheMode.BLOCK : CacheMode.PAGE;
    note("cache=" + mode);
    test.bay.setCacheMode(test.bay.find(name), mode, NOTHING);
  }

  /**
   * An opener with O_TRUNC sees its own file, which begins empty; what lies past the end of that
   * file keeps its bytes.
   */
  private void writeTruncating(String name) throws StorageException {
    note("truncating{");
    byte[] own = new byte[model.length];
    int end = 0;
    try (OpenFile truncating = test.bay.find(name).open(WRITER, true)) {
      for (int i = random.nextInt(5); i > 0; i--) {
        int[] range = range();
        if (random.nextInt(4) == 0) {
          note("reserve" + Arrays.toString(range));
          truncating.reserve(range[0], range[1], false);
        } else {
          byte[] bytes = bytes(range[1]);
          note("write" + Arrays.toString(range));
          truncating.write(range[0], Bytes.direct(bytes));
          System.arraycopy(bytes, 0, own, range[0], bytes.length);
        }
        end = Math.max(end, range[0] + range[1]);
      }
      if (random.nextInt(3) == 0) {
        note("setSize");
        truncating.setSize(model.length);
        end = model.length;
      }
    }
    note("}");
    System.arraycopy(own, 0, model, 0, end);
  }
}
