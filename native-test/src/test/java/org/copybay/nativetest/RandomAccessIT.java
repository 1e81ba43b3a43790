package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on a volume against a byte array, with remounts and kills of the daemon in
 * between. A failure is repeated by -Dcopybay.seed=SEED.
 */
class RandomAccessIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int SIZE = 3_000_001;
  private static final int STEPS = 400 * Integer.getInteger("soak.rounds", 3);
  private static final int PAGE = 4096;

  private final byte[] model = new byte[SIZE];
  private Random random;
  private FileChannel buffered;
  private FileChannel direct;

  @ParameterizedTest
  @ValueSource(strings = {"page", "block"})
  void aVolumeIsAByteArray(String cache) throws IOException {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("RandomAccessIT cache=" + cache + " seed=" + seed);
    random = new Random(seed);
    BAY.must("rm -f $V/v");
    BAY.command("create volume v size=" + SIZE + " cache=" + cache);
    openChannels();

    int step = 0;
    try {
      for (; step < STEPS; step++) {
        doSomething(step);
      }
      remount(false);
      compare(0, SIZE);
    } catch (IOException | AssertionError e) {
      throw new AssertionError("step=" + step + " seed=" + seed + ": " + e.getMessage(), e);
    } finally {
      closeChannels();
    }
    BAY.must("rm $V/v");
  }

  private void doSomething(int step) throws IOException {
    // The rare and slow ones have their turns, the others are drawn.
    if (step % 400 == 399) {
      remount(step % 800 == 799);
      compare(0, SIZE);
    } else if (step % 100 == 99) {
      zero(random.nextBoolean());
    } else if (step % 100 == 49) {
      overwriteFromASparseFile();
    } else {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> write(buffered, 0, 1 + random.nextInt(200_000), 1);
        case 3 -> write(buffered, 0, 1 + random.nextInt(600), 1);
        case 4 -> write(direct, 0, PAGE * (1 + random.nextInt(40)), PAGE);
        case 5 -> writeAcrossTheEnd();
        case 6 -> compareDirect();
        case 7 -> buffered.force(random.nextBoolean());
        default -> {
          int length = 1 + random.nextInt(200_000);
          compare(random.nextInt(SIZE - length + 1), length);
        }
      }
    }
  }

  private void write(FileChannel channel, int from, int length, int grain) throws IOException {
    int places = (SIZE - length - from) / grain;
    int at = from + grain * random.nextInt(places + 1);
    ByteBuffer bytes = randomBytes(length);
    bytes.get(0, model, at, length);
    assertThat(channel.write(bytes, at)).isEqualTo(length);
  }

  private void writeAcrossTheEnd() throws IOException {
    int inside = 1 + random.nextInt(5000);
    ByteBuffer bytes = randomBytes(inside + 1 + random.nextInt(5000));
    bytes.get(0, model, SIZE - inside, inside);
    assertThat(buffered.write(bytes, SIZE - inside)).isEqualTo(inside);
  }

  private ByteBuffer randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.allocateDirect(length + 2 * PAGE).alignedSlice(PAGE);
    return buffer.limit(length).put(bytes).flip();
  }

  private void zero(boolean punch) {
    int length = 1 + random.nextInt(300_000);
    int at = random.nextInt(SIZE - length + 1);
    BAY.must("fallocate %s -n -o %d -l %d $V/v".formatted(punch ? "-p" : "-z", at, length));
    Arrays.fill(model, at, at + length, (byte) 0);
  }

  /** cp opens with O_TRUNC and skips the holes; the volume keeps the tail behind the source. */
  private void overwriteFromASparseFile() throws IOException {
    Path source = BAY.scratch().resolve("source");
    Files.deleteIfExists(source);
    byte[] head = new byte[200_000 + random.nextInt(1_000_000)];
    try (FileChannel file =
        FileChannel.open(source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 3; i++) {
        ByteBuffer bytes = randomBytes(1 + random.nextInt(30_000));
        int at = i == 2 ? head.length - bytes.remaining() : random.nextInt(160_000);
        bytes.get(0, head, at, bytes.remaining());
        file.write(bytes, at);
      }
    }
    BAY.must("cp --sparse=auto source $V/v");
    System.arraycopy(head, 0, model, 0, head.length);
  }

  private void compareDirect() throws IOException {
    int length = PAGE * (1 + random.nextInt(40));
    int at = PAGE * random.nextInt((SIZE - length) / PAGE + 1);
    ByteBuffer read = ByteBuffer.allocateDirect(length + 2 * PAGE).alignedSlice(PAGE).limit(length);
    assertThat(direct.read(read, at)).isEqualTo(length);
    assertSame("direct read", read.flip(), at);
  }

  private void compare(int at, int length) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length);
    while (read.hasRemaining()) {
      assertThat(buffered.read(read, at + read.position())).isPositive();
    }
    assertSame("read", read.flip(), at);
  }

  private void assertSame(String what, ByteBuffer read, int at) {
    int wrong = ByteBuffer.wrap(model, at, read.remaining()).slice().mismatch(read);
    assertThat(wrong).as("%s: first wrong byte of the one at %d", what, at).isEqualTo(-1);
  }

  private void remount(boolean kill) throws IOException {
    closeChannels();
    if (kill) {
      BAY.kill9();
      BAY.mount();
    } else {
      BAY.remount();
    }
    openChannels();
  }

  private void openChannels() throws IOException {
    Path file = BAY.volume("v");
    buffered = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    direct =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, DirectOption.DIRECT);
  }

  private void closeChannels() throws IOException {
    buffered.close();
    direct.close();
  }
}
