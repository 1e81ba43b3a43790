package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P1, P3, P6, P7: kill -9 of the daemon at random moments of starts, restores, cancels and writes.
 * What was answered has happened, what was not has happened or not, block for block in writes and
 * as a whole in commands; {@code copybay check} is in order. More rounds by -Dsoak.rounds=N, a
 * failure again by -Dcopybay.seed=SEED (the moment of the kill differs).
 */
class QuickOpcKillIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int ROUNDS = Integer.getInteger("soak.rounds", 4);
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 96;
  private static final int INVALID = -1;

  private final OpcShell shell = new OpcShell(BAY);
  private final List<String> log = new ArrayList<>();
  private Random random;
  private int stamp;

  /** What both sides hold: the stamp of each block; INVALID in all of them. */
  private Map<String, int[]> now = zeros();

  /** The same after the last operation, which the kill may have cut. */
  private Map<String, int[]> after = zeros();

  private boolean cutWrite;
  private boolean cutCancel;

  private static Map<String, int[]> zeros() {
    return Map.of("a", new int[BLOCKS], "b", new int[BLOCKS]);
  }

  @Test
  void aCommandHasHappenedOrNot() throws Exception {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("QuickOpcKillIT rounds=" + ROUNDS + " seed=" + seed);
    random = new Random(seed);
    shell.must(
        """
        for v in a b; do echo "create volume $v size=%d" >$C/ctl; done
        pair a b
        """
            .formatted(BLOCKS * BLOCK));
    int answered = 0;
    for (int round = 0; round < ROUNDS; round++) {
      log.clear();
      cutCancel = false;
      Thread killer = new Thread(QuickOpcKillIT::killSoon);
      killer.start();
      while (step()) {
        now = after;
        answered++;
      }
      killer.join();
      String when = "seed=" + seed + " round=" + round + " " + String.join("\n  ", log);
      shell.must("$COPYBAY check $BAY");
      BAY.mount();
      now = found(when);
    }
    System.err.println("QuickOpcKillIT answered=" + answered);
    wholeInTheEnd();
  }

  private static void killSoon() {
    try {
      TimeUnit.MILLISECONDS.sleep(150 + new Random().nextInt(1500));
      BAY.kill9();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- one operation, and what it leaves

  /** Whether the daemon was there until its end; what it refused has changed nothing. */
  private boolean step() throws IOException {
    after = Map.of("a", now.get("a").clone(), "b", now.get("b").clone());
    cutWrite = false;
    int what = now.get("b")[0] == INVALID ? 10 : random.nextInt(20);
    if (what < 9) {
      return write(what < 5 ? "a" : "b");
    }
    String how = " open=allow" + (random.nextInt(4) == 0 ? " paused=yes" : "");
    if (what < 16) {
      System.arraycopy(now.get("a"), 0, after.get("b"), 0, BLOCKS);
      return command("start group=a-b mode=" + (what < 14 ? "auto" : "diff") + how);
    }
    if (what < 18) {
      System.arraycopy(now.get("b"), 0, after.get("a"), 0, BLOCKS);
      return command("start group=a-b mode=restore open=allow");
    }
    cutCancel = true;
    if (!command("cancel group=a-b force=yes")) {
      return false;
    }
    try (FileChannel file = FileChannel.open(BAY.volume("b"), StandardOpenOption.READ)) {
      if (!isReadable(file)) {
        Arrays.fill(after.get("b"), INVALID);
      }
      cutCancel = false;
      return true;
    } catch (IOException e) {
      return requireGone(e, "a read after a cancel");
    }
  }

  private static boolean isReadable(FileChannel file) throws IOException {
    try {
      return file.read(ByteBuffer.allocate(1)) == 1;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Input/output error")) {
        return false;
      }
      throw e;
    }
  }

  private boolean command(String line) {
    try {
      Files.writeString(BAY.mountPoint().resolve(".control/ctl"), "quickopc " + line + "\n");
      log.add("ok " + line);
    } catch (IOException e) {
      if (TestBay.isGone(e)) {
        log.add("cut " + line);
        return false;
      }
      log.add("refused " + line + ": " + e.getMessage());
      after = now;
    }
    return true;
  }

  private boolean requireGone(IOException e, String what) {
    if (!TestBay.isGone(e)) {
      throw new AssertionError(what + ": " + e.getMessage() + " after " + log, e);
    }
    log.add("cut " + what);
    return false;
  }

  private boolean write(String name) {
    int first = random.nextInt(BLOCKS);
    int count = Math.min(BLOCKS - first, 1 + random.nextInt(random.nextInt(3) == 0 ? 40 : 3));
    stamp++;
    Arrays.fill(after.get(name), first, first + count, stamp);
    String what = "write " + name + " blocks=" + first + "+" + count + " stamp=" + stamp;
    ByteBuffer bytes = ByteBuffer.allocate(count * BLOCK);
    IntBuffer ints = bytes.asIntBuffer();
    while (ints.hasRemaining()) {
      ints.put(stamp);
    }
    cutWrite = true;
    try (FileChannel file = FileChannel.open(BAY.volume(name), StandardOpenOption.WRITE)) {
      boolean whole = file.write(bytes, (long) first * BLOCK) == count * BLOCK;
      log.add((whole ? "ok " : "cut ") + what);
      return whole;
    } catch (IOException e) {
      return requireGone(e, what);
    }
  }

  // ---- what is there

  /** What the new mount shows, which is the state before or after the last operation. */
  private Map<String, int[]> found(String when) throws IOException {
    Map<String, int[]> got = Map.of("a", read("a"), "b", read("b"));
    for (String name : List.of("a", "b")) {
      int[] is = got.get(name);
      int[] was = now.get(name);
      int[] next = after.get(name);
      if (cutCancel && name.equals("b") && is[0] == INVALID) {
        continue;
      }
      if (cutWrite) {
        for (int i = 0; i < BLOCKS; i++) {
          assertThat(is[i]).as("%s %s block %d", when, name, i).isIn(was[i], next[i]);
        }
      } else {
        assertThat(text(is)).as(when + " " + name).isIn(text(was), text(next));
      }
    }
    return got;
  }

  private static String text(int[] stamps) {
    return Arrays.toString(stamps);
  }

  private static int[] read(String name) throws IOException {
    int[] stamps = new int[BLOCKS];
    Path file = BAY.volume(name);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      assertThat(e.getMessage()).contains("Input/output error");
      assertThat(BAY.status(name, "invalid")).isNotEqualTo("-");
      Arrays.fill(stamps, INVALID);
      return stamps;
    }
    IntBuffer ints = ByteBuffer.wrap(bytes).asIntBuffer();
    for (int i = 0; i < BLOCKS; i++) {
      stamps[i] = ints.get(i * (BLOCK / 4));
      for (int k = 1; k < BLOCK / 4; k++) {
        assertThat(ints.get(i * (BLOCK / 4) + k))
            .as("a torn block of " + name)
            .isEqualTo(stamps[i]);
      }
    }
    return stamps;
  }

  /** Lets all copies end: both sides still hold it, and what is in no set is the same. */
  private void wholeInTheEnd() throws IOException {
    shell.must(
        """
        q start group=a-b -auto || true # a restore may be under way
        for j in $(awk '!/^#/ { print $1 }' $C/jobs/running $C/jobs/paused 2>/dev/null); do
          echo "resume job=$j" >$C/ctl || true
        done
        until grep -qx 'restoring: 0' $C/quickopc/a-b/status; do sleep 0.05; done
        q start group=a-b -auto
        q resume group=a-b || true
        phase a-b/p tracking
        cmp $V/a $V/b
        q verify group=a-b id=end
        cat $C/jobs/end/wait
        """);
    assertThat(text(read("a"))).isEqualTo(text(now.get("a")));
  }
}
