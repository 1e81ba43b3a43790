package org.copybay.nativetest.point;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the kernel keeps of volumes and points: who has one open or mapped while it changes behind
 * the kernel sees what it opened, or an error, and never a mixture. The reader is a process of its
 * own: a fault in a map may end it.
 */
class KernelCacheIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private static final int SIZE = 3_000_001;
  private static final int PAGE = 4096;

  private void child(String what) throws URISyntaxException {
    Path classes =
        Path.of(KernelCacheIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String said =
        bay.must(
            "%s/bin/java -Xmx64m -cp %s '%s' %s $MNT"
                .formatted(System.getProperty("java.home"), classes, Child.class.getName(), what));
    assertThat(said).endsWith("done");
  }

  @Test
  void aPointOfADroppedNameShowsNoStaleBytes() throws URISyntaxException {
    child("dropped-name");
    bay.must("cmp $MNT/points/P/a $V/a");
    bay.remount();
    bay.must("cmp $MNT/points/P/a $V/a");
  }

  @Test
  void settlingChangesNothingThatAReaderSees() throws URISyntaxException {
    child("settle");
    bay.must("cmp $BAY/volumes/*/home $V/a");
  }

  @Test
  void aDuplicateOntoAVolumeIsSeenByWhoOpensItThen() throws URISyntaxException {
    child("duplicate");
    bay.must("cmp $V/a $V/b");
  }

  /** The process that has files open and mapped. */
  static final class Child {
    private final Random random = new Random(7);
    private final Path mount;
    private final byte[] model = new byte[SIZE];

    private Child(Path mount) {
      this.mount = mount;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
      Child child = new Child(Path.of(args[1]));
      child.command("create volume a size=" + SIZE);
      switch (args[0]) {
        case "dropped-name" -> child.droppedName();
        case "settle" -> child.settle();
        default -> child.duplicate();
      }
      System.out.println("done");
    }

    private void command(String line) throws IOException {
      Files.writeString(mount.resolve(".control/ctl"), line + "\n", StandardOpenOption.WRITE);
    }

    private Path volume(String name) {
      return mount.resolve("volumes").resolve(name);
    }

    /** Writes all over the volume, half of it through a map, which stays open. */
    private void change(boolean mapped) throws IOException {
      try (FileChannel channel =
          FileChannel.open(volume("a"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        MappedByteBuffer map = mapped ? channel.map(MapMode.READ_WRITE, 0, SIZE) : null;
        for (int i = 0; i < 60; i++) {
          byte[] bytes = new byte[1 + random.nextInt(100_000)];
          random.nextBytes(bytes);
          int at = random.nextInt(SIZE - bytes.length + 1);
          System.arraycopy(bytes, 0, model, at, bytes.length);
          if (map != null && i % 2 == 0) {
            map.duplicate().position(at).put(bytes);
            map.force();
          } else {
            channel.write(ByteBuffer.wrap(bytes), at);
          }
        }
      }
    }

    /** A file that is open and mapped, of which some pages were looked at. */
    private final class Reader {
      final String name;
      final FileChannel channel;
      final MappedByteBuffer map;
      final byte[] bytes = model.clone();

      Reader(String name, Path file) throws IOException {
        this.name = name;
        this.channel = FileChannel.open(file);
        this.map = channel.map(MapMode.READ_ONLY, 0, SIZE);
        for (int page = 0; page * PAGE < SIZE; page += 256) {
          compare(page, true);
        }
      }

      /** Each page has the bytes of then; where an error is allowed it may be one. */
      void compareAll(boolean whole) throws IOException {
        int failed = 0;
        for (int page = 0; page * PAGE < SIZE; page++) {
          failed += compare(page, whole) ? 0 : 1;
        }
        System.out.println(name + ": pages with an error: " + failed);
      }

      private boolean compare(int page, boolean whole) throws IOException {
        int at = page * PAGE;
        byte[] got = new byte[Math.min(PAGE, SIZE - at)];
        boolean good = true;
        try {
          map.get(at, got);
          require("map", at, got);
        } catch (InternalError e) { // SIGBUS
          good = false;
        }
        try {
          ByteBuffer target = ByteBuffer.wrap(got);
          if (channel.read(target, at) != got.length) {
            throw new AssertionError(name + ": short read at " + at);
          }
          require("read", at, got);
        } catch (IOException e) {
          good = false;
          if (whole) {
            throw e;
          }
        }
        if (whole && !good) {
          throw new AssertionError(name + ": a fault at " + at);
        }
        return good;
      }

      private void require(String how, int at, byte[] got) {
        if (!Arrays.equals(got, 0, got.length, bytes, at, at + got.length)) {
          throw new AssertionError(name + ": " + how + " at " + at + " has other bytes");
        }
      }
    }

    private void droppedName() throws IOException {
      Path point = mount.resolve("points/P/a");
      change(true);
      command("freeze volumes=a name=P");
      new Reader("point with every write that was acknowledged", point).compareAll(true);
      for (int round = 0; round < 3; round++) {
        Reader old = new Reader("old point " + round, point);
        change(true);
        old.compareAll(true);
        command("drop point=P");
        command("freeze volumes=a name=P");
        old.compareAll(false);
        new Reader("new point " + round, point).compareAll(true);
        old.compareAll(false);
      }
    }

    private void settle() throws IOException, InterruptedException {
      change(true);
      command("freeze volumes=a name=P");
      change(true);
      Reader live = new Reader("live", volume("a"));
      command("drop point=P");
      String status;
      do {
        live.compareAll(true);
        new Reader("live anew", volume("a")).compareAll(true);
        status = Files.readString(mount.resolve(".control/volumes/a/status"));
      } while (!status.contains("away_bytes: 0\n"));
      live.compareAll(true);
    }

    private void duplicate() throws IOException {
      change(false);
      command("freeze volumes=a name=P");
      change(false);
      command("duplicate from=a to=b id=first");
      Files.readAllBytes(mount.resolve(".control/jobs/first/wait"));
      Reader old = new Reader("old copy", volume("b"));
      change(false);
      command("duplicate from=a to=b replace=yes id=second");
      Files.readAllBytes(mount.resolve(".control/jobs/second/wait"));
      old.compareAll(true);
      new Reader("new copy", volume("b")).compareAll(true);
      old.compareAll(true);
    }
  }
}
