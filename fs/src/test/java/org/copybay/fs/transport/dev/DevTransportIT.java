package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.MountSpec;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.store.MountTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transport with a real kernel. The mount is used by other processes only: this one serves it.
 */
@Timeout(60)
class DevTransportIT {

  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir Path temporary;
  private Path back;
  private Path mount;
  private FuseSession session;

  /** Writes to the files "frozen" and "computing" wait for this, asleep or awake. */
  private final CountDownLatch thaw = new CountDownLatch(1);

  private PassThrough handler;

  @BeforeEach
  void prepare() throws IOException {
    if (!Files.isWritable(Path.of("/dev/fuse")) || Posix.LIBC.geteuid() != 0) {
      System.err.println("SKIPPED " + getClass() + ": needs root and a writable /dev/fuse");
      Assumptions.abort("needs root and a writable /dev/fuse");
    }
    back = Files.createDirectory(temporary.resolve("back"));
    mount = Files.createDirectory(temporary.resolve("a mount, here"));
    handler = new Freezing();
  }

  @AfterEach
  void unmount() throws Exception {
    thaw.countDown();
    if (session != null) {
      session.unmount();
      assertThat(session.awaitEnd(SOON)).as("session ends").isTrue();
      assertThat(handler.destroyed.getCount()).isZero();
      assertThat(MountTable.read().at(mount)).isEmpty();
    }
  }

  private final class Freezing extends PassThrough {
    Freezing() {
      super(back);
    }

    @Override
    public int write(
        Request request, long node, long handle, long offset, ByteBuffer source, int flags)
        throws FuseException {
      switch (name(node)) {
        case "frozen" -> awaitThaw();
        case "computing" -> computeUntilThaw();
        default -> {}
      }
      return super.write(request, node, handle, offset, source, flags);
    }

    private void computeUntilThaw() {
      while (thaw.getCount() > 0) {
        Thread.onSpinWait();
      }
    }

    private void awaitThaw() {
      try {
        thaw.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void mount(boolean readOnly) throws IOException {
    session =
        new DevTransport()
            .mount(new MountSpec(mount, "copybay#a b", readOnly, false, false), handler);
  }

  private record Result(int status, String output) {}

  private Process start(String script) throws IOException {
    return new ProcessBuilder("sh", "-ec", script)
        .directory(temporary.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private Result run(String script) throws Exception {
    Process process = start(script);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(script).isTrue();
    return new Result(process.exitValue(), output);
  }

  private String succeed(String script) throws Exception {
    Result result = run(script);
    assertThat(result.status()).as("%s%n%s", script, result.output()).isZero();
    return result.output();
  }

  @Test
  void ordinaryProgramsWork() throws Exception {
    mount(false);

    succeed(
        """
        cd 'a mount, here'
        dd if=/dev/urandom of=../data bs=64k count=40 status=none
        cp ../data copy
        cmp ../data copy
        dd if=../data of=direct bs=128k oflag=direct status=none
        dd if=direct of=../read bs=128k iflag=direct status=none
        cmp ../data ../read
        cmp ../data ../back/direct
        mv copy moved
        test "$(ls -a | tr '\\n' ' ')" = '. .. direct moved '
        test "$(stat -c '%s %a' moved)" = '2621440 644'
        chmod 600 moved
        truncate -s 1000 moved
        touch -d '2001-02-03 04:05:06.789' moved
        test "$(stat -c '%s %a %.9Y' ../back/moved)" = \
             "1000 600 $(date -d '2001-02-03 04:05:06' +%s).789000000"
        rm moved
        test ! -e ../back/moved
        df . > /dev/null
        flock direct true
        """);
    assertThat(run("mkdir 'a mount, here/d'").output()).contains("Operation not permitted");
  }

  @Test
  void manyNamesAreListedOnceEach() throws Exception {
    for (int i = 0; i < 3000; i++) {
      Files.createFile(back.resolve("volume-with-a-longer-name-" + i));
    }
    mount(false);

    String script = "ls 'a mount, here' | sort -u | wc -l; ls -l 'a mount, here' | wc -l";
    assertThat(succeed(script)).isEqualTo("3000\n3001\n");
  }

  @Test
  void holesArePunchedAndFound() throws Exception {
    mount(false);

    succeed(
        """
        dd if=/dev/urandom of='a mount, here/v' bs=1M count=4 status=none
        fallocate -p -o 1048576 -l 2097152 'a mount, here/v'
        test "$(stat -c %b back/v)" -le 4096
        cp --sparse=auto 'a mount, here/v' copy
        cmp 'a mount, here/v' copy
        test "$(stat -c %b copy)" -le 4200
        fallocate -l 8M 'a mount, here/v'
        test "$(stat -c %s back/v)" = 8388608
        """);
    assertThat(handler.seeks.get()).isPositive();
  }

  @Test
  void aWriteThatMustBeDurableSaysSo() throws Exception {
    mount(false);

    succeed(
        """
        cd 'a mount, here'
        dd if=/dev/zero of=v bs=64k count=2 status=none
        dd if=/dev/zero of=v bs=64k count=2 oflag=direct conv=notrunc status=none
        """);
    assertThat(handler.durableWrites.get()).isZero();

    succeed("dd if=/dev/zero of='a mount, here/v' bs=64k count=2 oflag=direct,dsync conv=notrunc");
    assertThat(handler.durableWrites.get()).isEqualTo(2);
  }

  @Test
  void whatChangedBehindTheKernelIsSeenAfterInvalidation() throws Exception {
    Files.writeString(back.resolve("v"), "old");
    mount(false);
    assertThat(succeed("cat 'a mount, here/v'")).isEqualTo("old");

    Files.writeString(back.resolve("v"), "new");
    assertThat(succeed("cat 'a mount, here/v'")).as("from the page cache").isEqualTo("old");
    session.invalidateData(handler.node("v"), 0, 0).get(5, TimeUnit.SECONDS);

    assertThat(succeed("cat 'a mount, here/v'")).isEqualTo("new");
    session.invalidateAttributes(handler.node("v")).get(5, TimeUnit.SECONDS);
    session.invalidateData(4711, 0, 4096).get(5, TimeUnit.SECONDS);
  }

  @Test
  void blockedWritersStopNobodyElse() throws Exception {
    writersLeaveOthersAlone("frozen", 64);
  }

  @Test
  void longComputationsStopNobodyElse() throws Exception {
    writersLeaveOthersAlone("computing", 6);
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("fuse-[0-9]+"))
        .count();
  }

  /** Starts writers that do not end before thaw, and uses another file meanwhile. */
  private void writersLeaveOthersAlone(String file, int count) throws Exception {
    mount(false);
    succeed("cd 'a mount, here'; truncate -s 16M %s; echo hello > other".formatted(file));
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      writers.add(
          start(
              "dd if=/dev/zero of='a mount, here/%s' bs=4k count=1 seek=%d".formatted(file, i)
                  + " oflag=direct conv=notrunc status=none"));
    }
    while (workers() < count) {
      assertThat(writers).allMatch(Process::isAlive);
      Thread.onSpinWait();
    }

    succeed("cd 'a mount, here'; ls > /dev/null; echo more >> other; cat other > /dev/null");
    assertThat(writers).allMatch(Process::isAlive);

    thaw.countDown();
    for (Process writer : writers) {
      assertThat(writer.waitFor()).isZero();
    }
  }

  @Test
  void aReadOnlyMountRefusesChanges() throws Exception {
    Files.writeString(back.resolve("v"), "x");
    mount(true);

    assertThat(succeed("cat 'a mount, here/v'")).isEqualTo("x");
    assertThat(run("touch 'a mount, here/w'").output()).contains("Read-only file system");
  }

  @Test
  void anOpenFileOutlivesALazyUnmount() throws Exception {
    Files.writeString(back.resolve("v"), "still here");
    mount(false);
    Process reader = start("exec 3< 'a mount, here/v'; echo open; read line; cat <&3");
    assertThat((char) reader.getInputStream().read()).isEqualTo('o');

    session.unmount();
    assertThat(MountTable.read().at(mount)).isEmpty();
    assertThat(session.awaitEnd(Duration.ofMillis(100))).isFalse();

    reader.getOutputStream().write('\n');
    reader.getOutputStream().close();
    assertThat(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith("still here");
    assertThat(session.awaitEnd(SOON)).isTrue();
  }

  @Test
  void anUnmountFindsItsMountWhereItIsNow() throws Exception {
    mount = Files.createDirectories(temporary.resolve("parent/here"));
    mount(false);
    Files.move(temporary.resolve("parent"), temporary.resolve("renamed"));

    session.unmount();

    assertThat(session.awaitEnd(SOON)).isTrue();
    assertThat(MountTable.read().at(temporary.resolve("renamed/here"))).isEmpty();
  }

  @Test
  void anUnmountTouchesNoOtherMount() throws Exception {
    mount(false);
    Process reader = start("cd 'a mount, here'; echo inside; read line");
    assertThat((char) reader.getInputStream().read()).isEqualTo('i');
    try {
      succeed("mount -t tmpfs over 'a mount, here'");
      assertThatThrownBy(session::unmount).hasMessageContaining("mounted over");

      succeed("umount 'a mount, here'; umount -l 'a mount, here'");
      succeed("mount -t tmpfs after 'a mount, here'");
      session.unmount();
      assertThat(MountTable.read().at(mount)).get().extracting("source").isEqualTo("after");
    } finally {
      run("umount 'a mount, here'");
      reader.getOutputStream().close();
    }
  }

  @Test
  void anUnmountThatOnePlaceRefusesIsMadeAtTheOthers() throws Exception {
    Path other = Files.createDirectory(temporary.resolve("other"));
    mount(false);
    succeed("mount --bind 'a mount, here' other");
    succeed("mount --make-private 'a mount, here'; mount -t tmpfs over 'a mount, here'");
    try {
      assertThatThrownBy(session::unmount).hasMessageContaining("mounted over " + mount);

      assertThat(MountTable.read().at(other)).isEmpty();
    } finally {
      run("umount 'a mount, here'; umount -l other");
    }
  }

  @Test
  void fusermountMountsAndUnmounts() throws Exception {
    Assumptions.assumeTrue(run("command -v fusermount3").status() == 0, "no fusermount3");
    Files.writeString(back.resolve("v"), "x");
    MountSpec spec = new MountSpec(mount, "copybay#a, b\\c", false, false, false);

    session = DevTransport.serve(spec, handler, Fusermount.mount(spec));

    assertThat(MountTable.read().at(mount))
        .get()
        .extracting(MountTable.Mount::source)
        .isEqualTo("copybay#a, b\\c");
    assertThat(succeed("cat 'a mount, here/v'")).isEqualTo("x");
    Fusermount.unmount(mount);
    assertThat(session.awaitEnd(SOON)).isTrue();
  }

  @Test
  void aMountThatIsRefusedSaysWhy() {
    MountSpec missing =
        new MountSpec(temporary.resolve("missing"), "copybay#x", false, false, false);

    assertThatThrownBy(() -> new DevTransport().mount(missing, handler))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing: No such file or directory");
    assertThatThrownBy(() -> Fusermount.mount(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No such file or directory");
  }

  @Test
  void theMountOfADeadDaemonIsStaleAndCanBeDetached() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process daemon =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PassThroughMain.class.getName(),
                back.toString(),
                mount.toString())
            .start();
    assertThat((char) daemon.getInputStream().read()).isEqualTo('m');
    try {
      assertThat(DeadMount.stale(mount, SOON)).isFalse();
      daemon.destroyForcibly().waitFor();

      assertThat(DeadMount.stale(mount, SOON)).isTrue();
      assertThat(MountTable.read().bays()).extracting("mountPoint").contains(mount);
    } finally {
      DeadMount.detach(mount);
    }
    assertThat(MountTable.read().at(mount)).isEmpty();
  }
}
