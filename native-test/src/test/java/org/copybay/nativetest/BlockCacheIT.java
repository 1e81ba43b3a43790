package org.copybay.nativetest;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A volume with cache=block: its blocks in memory below the kernel's page cache. */
class BlockCacheIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int SIZE = 2 << 20;

  /** Changes the cache mode again and again until the file {@code stop} is there; counts. */
  private static final String SWITCHING =
      """
      rm -f stop; n=0
      (while test ! -e stop; do
         for mode in page block; do echo "cache mode=$mode" >$C/volumes/v/ctl; done
         n=$((n + 1)); echo $n >switches
       done) & switching=$!
      """;

  private static final String SWITCHED =
      """
      touch stop; wait $switching; test $(cat switches) -gt 0
      test $(cat $C/volumes/v/cache_mode) = block
      """;

  @BeforeEach
  void makeVolume() {
    Needs.program("fio");
    BAY.command("create volume v size=" + SIZE + " cache=block");
  }

  @AfterEach
  void removeVolume() {
    BAY.must("for p in $(ls $MNT/points); do echo \"drop point=$p\" >$C/ctl; done; rm -f $V/*");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readersAndWritersOfEveryKindSeeTheSameBytes(boolean switching) throws URISyntaxException {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("BlockCacheIT seed=" + seed);
    Path classes =
        Path.of(BlockCacheIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String child =
        "%s/bin/java -Xmx64m -cp %s %s $V/v $T/model %d\n"
            .formatted(
                System.getProperty("java.home"),
                classes,
                Child.class.getName().replace("$", "\\$"),
                seed);

    BAY.must(switching ? SWITCHING + child + SWITCHED : child);

    BAY.must("cmp model $V/v; cmp model <(dd if=$V/v bs=64K iflag=direct status=none)");
    BAY.remount();
    BAY.must("cmp model $V/v");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bs=4k --ioengine=libaio --iodepth=16 --direct=1",
        "--bsrange=512-96k --ioengine=libaio --iodepth=8 --direct=1 --blockalign=512",
      })
  void fioFindsEveryBlockAgainWhileTheModeChanges(String how) {
    BAY.must("rm $V/v");
    BAY.command("create volume v size=40M cache=block"); // more than the cache holds
    String job =
        "fio --name=v --filename=$V/v --size=40M --rw=randwrite --verify=crc32c --randseed=4711 "
            + how
            + " --verify_fatal=1 --verify_backlog=50 --output-format=terse --allow_file_create=0"
            + " >/dev/null\n";

    BAY.must(job);
    BAY.must(SWITCHING + job + SWITCHED);
    BAY.remount();
    BAY.must(job.replace("--verify_backlog=50", "--verify_only"));
  }

  @Test
  void pointsAndLiveBytesAreNotMixedUp() {
    BAY.must(
        """
        direct() { dd if=$1 bs=64K iflag=direct status=none; }
        head -c 2M /dev/urandom >was
        dd if=was of=$V/v bs=64K conv=notrunc oflag=direct status=none
        cmp was <(direct $V/v)
        cp was now
        for i in 1 2 3; do
          echo "freeze volumes=v name=P$i" >$C/ctl
          cp now was$i
          head -c 300000 /dev/urandom >piece
          dd if=piece of=$V/v bs=1000 seek=$((i * 400)) conv=notrunc status=none
          dd if=piece of=now bs=1000 seek=$((i * 400)) conv=notrunc status=none
          fallocate -p -o $((i * 100001)) -l 70000 $V/v
          dd if=/dev/zero of=now bs=1 seek=$((i * 100001)) count=70000 conv=notrunc status=none
          cmp now <(direct $V/v); cmp now $V/v
          for j in $(seq $i); do cmp was$j $MNT/points/P$j/v; done
        done
        echo 'check volume=v id=c' >$C/ctl; cat $C/jobs/c/wait | tail -n 1
        for i in 2 1 3; do
          echo "drop point=P$i" >$C/ctl
          cmp now <(direct $V/v)
        done
        echo 'resize volume=v size=1M shrink=yes' >$C/ctl
        echo 'resize volume=v size=2M' >$C/ctl
        truncate -s 1M now; truncate -s 2M now
        cmp now <(direct $V/v); cmp now $V/v
        """);
  }

  @Test
  void theStatusTellsOfItsOwnLookUps() {
    BAY.must(
        """
        rm $V/v; echo "create volume w size=256K" >$C/ctl; echo "create volume v size=256K" >$C/ctl
        grep -x 'cache_hit_percent: -' $C/volumes/v/status
        echo 'cache volume=v mode=block' >$C/ctl
        grep -x 'cache_hit_percent: -' $C/volumes/v/status
        for i in 1 2 3 4; do dd if=$V/v of=/dev/null bs=64K iflag=direct status=none; done
        dd if=$V/w of=/dev/null bs=64K iflag=direct status=none
        grep -x 'cache_hit_percent: 75' $C/volumes/v/status
        test $(jq .cache_hit_percent $C/volumes/v/status.json) = 75
        test $(jq .cache_hit_percent $C/volumes/w/status.json) = null
        echo 'cache volume=v mode=page' >$C/ctl
        grep -x 'cache_hit_percent: -' $C/volumes/v/status
        """);
    BAY.must("grep -x 'cache_hit_percent: [0-9]*' $C/status");
  }

  /** The process that reads and writes, and maps: a fault would end it. */
  static final class Child {
    private static final int PAGE = 4096;
    private static final int STEPS = 1200;

    private final byte[] model = new byte[SIZE];
    private final Random random;
    private final List<Way> ways = new ArrayList<>();
    private volatile boolean ended;

    private Child(long seed) {
      random = new Random(seed);
    }

    /** A way to the bytes; ranges are of whole pages. */
    private interface Way {
      void write(int at, ByteBuffer bytes) throws IOException;

      void read(int at, ByteBuffer target) throws IOException;
    }

    public static void main(String[] args) throws Exception {
      Path file = Path.of(args[0]);
      Child child = new Child(Long.parseLong(args[2]));
      try (FileChannel buffered =
              FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
          FileChannel direct =
              FileChannel.open(
                  file, StandardOpenOption.READ, StandardOpenOption.WRITE, DirectOption.DIRECT)) {
        child.ways.add(channel(buffered));
        child.ways.add(channel(direct));
        child.ways.add(mapped(buffered.map(MapMode.READ_WRITE, 0, SIZE)));
        Thread reader = new Thread(child::readOn);
        reader.start();
        child.run();
        child.ended = true;
        reader.join();
        buffered.force(false);
      }
      Files.write(Path.of(args[1]), child.model);
    }

    private static Way channel(FileChannel channel) {
      return new Way() {
        @Override
        public void write(int at, ByteBuffer bytes) throws IOException {
          while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position());
          }
        }

        @Override
        public void read(int at, ByteBuffer target) throws IOException {
          while (target.hasRemaining()) {
            channel.read(target, at + target.position());
          }
        }
      };
    }

    private static Way mapped(MappedByteBuffer map) {
      return new Way() {
        @Override
        public void write(int at, ByteBuffer bytes) {
          map.duplicate().position(at).put(bytes);
        }

        @Override
        public void read(int at, ByteBuffer target) {
          target.put(map.duplicate().position(at).limit(at + target.remaining()));
        }
      };
    }

    private static ByteBuffer pages(int count) {
      return ByteBuffer.allocateDirect((count + 1) * PAGE).alignedSlice(PAGE).limit(count * PAGE);
    }

    /** Loads blocks while they are written; what it reads is somewhere between old and new. */
    private void readOn() {
      Random own = new Random(1);
      try {
        while (!ended) {
          ByteBuffer target = pages(1 + own.nextInt(20));
          int at = PAGE * own.nextInt((SIZE - target.remaining()) / PAGE + 1);
          ways.get(own.nextInt(2)).read(at, target);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private void run() throws IOException {
      for (int i = 0; i < STEPS; i++) {
        byte[] bytes = new byte[PAGE * (1 + random.nextInt(20))];
        random.nextBytes(bytes);
        int at = PAGE * random.nextInt((SIZE - bytes.length) / PAGE + 1);
        int by = random.nextInt(ways.size());
        ways.get(by).write(at, pages(bytes.length / PAGE).put(bytes).flip());
        System.arraycopy(bytes, 0, model, at, bytes.length);
        for (int read = 0; read < ways.size(); read++) {
          compare(i, by, read, at, bytes.length);
        }
        if (i % 100 == 99) {
          compare(i, by, random.nextInt(ways.size()), 0, SIZE);
        }
      }
    }

    private void compare(int step, int written, int by, int at, int length) throws IOException {
      ByteBuffer target = pages(length / PAGE);
      ways.get(by).read(at, target);
      int wrong = ByteBuffer.wrap(model, at, length).slice().mismatch(target.flip());
      if (wrong >= 0) {
        throw new AssertionError(
            "step %d, written by %d, read by %d: byte %d differs"
                .formatted(step, written, by, at + wrong));
      }
    }
  }
}
