package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Volumes mapped into memory, by a process of its own: a fault would end the one that maps. */
class MappedFileIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int SIZE = 3_000_001;

  @Test
  void mappedWritesAreInTheFileAndWritesAreInTheMap() throws URISyntaxException {
    long seed = new Random().nextLong();
    System.err.println("MappedFileIT seed=" + seed);
    BAY.must("truncate -s " + SIZE + " $V/v");

    child("change", seed);
    BAY.remount();

    child("compare", seed);
  }

  @Test
  void aMapSeesWhatAShellWritesOverTheVolume() {
    BAY.must("truncate -s 1M $V/w");
    BAY.must(
        """
        head -c 1M /dev/urandom >data; cp data $V/w
        printf head >$V/w
        fio --name=r --filename=$V/w --rw=read --bs=4k --size=1M --ioengine=mmap >/dev/null
        { printf head; tail -c +5 data; } | cmp - $V/w
        """);
  }

  private static void child(String what, long seed) throws URISyntaxException {
    Path classes =
        Path.of(MappedFileIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String said =
        BAY.must(
            "%s/bin/java -Xmx64m -cp %s %s %s $V/v %d"
                .formatted(
                    System.getProperty("java.home"),
                    classes,
                    MappedFileIT.Child.class.getName().replace("$", "\\$"),
                    what,
                    seed));
    assertThat(said).isEqualTo("done");
  }

  /** The process that maps. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[1]);
      Random random = new Random(Long.parseLong(args[2]));
      byte[] model = new byte[SIZE];
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        MappedByteBuffer map = channel.map(MapMode.READ_WRITE, 0, SIZE);
        boolean change = args[0].equals("change");
        for (int i = 0; i < 500; i++) {
          change(random, model, change ? map : null, channel);
          if (change && i % 10 == 0) {
            compare("map, round " + i, map.duplicate().position(0), model);
          }
        }
        map.force();
        compare("map", map.duplicate().position(0), model);
        ByteBuffer read = ByteBuffer.allocate(SIZE);
        while (read.hasRemaining() && channel.read(read, read.position()) > 0) {
          // until all is read
        }
        compare("file", read.flip(), model);
      }
      System.out.println("done");
    }

    private static void change(
        Random random, byte[] model, MappedByteBuffer map, FileChannel channel) throws IOException {
      byte[] bytes = new byte[1 + random.nextInt(20_000)];
      random.nextBytes(bytes);
      int at = random.nextInt(SIZE - bytes.length + 1);
      boolean mapped = random.nextBoolean();
      System.arraycopy(bytes, 0, model, at, bytes.length);
      if (map == null) {
        return;
      }
      if (mapped) {
        map.duplicate().position(at).put(bytes);
      } else {
        channel.write(ByteBuffer.wrap(bytes), at);
      }
    }

    private static void compare(String what, ByteBuffer got, byte[] model) {
      byte[] bytes = new byte[SIZE];
      got.get(bytes);
      int at = Arrays.mismatch(bytes, model);
      if (at >= 0) {
        throw new AssertionError(what + " differs at " + at);
      }
    }
  }
}
