package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.copybay.nativetest.TestBay;

/**
 * Three volumes in a cascade, what they and their points have to hold as plain arrays, and random
 * operations on both: writes, zeroing, starts, restores, points, cancels. What a command refuses
 * must have changed nothing.
 */
final class SessionModel {
  private static final int REGION = 64 << 10;
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> PAIRS = List.of("ab", "bc");

  private final TestBay bay;
  private final Random random;
  private final String run;
  private final int size;
  private final Map<String, byte[]> volumes = new TreeMap<>();
  private final Map<String, Map<String, byte[]>> points = new TreeMap<>(); // name, volume
  private final Map<String, byte[]> beforeRestore = new TreeMap<>(); // of a pair's source
  private final List<String> log = new ArrayList<>();
  private int number;
  int taken;
  int refused;

  SessionModel(TestBay bay, Random random, String run) {
    this.bay = bay;
    this.random = random;
    this.run = run;
    this.size = REGION * (4 + random.nextInt(5)) + 4096 * random.nextInt(3) + random.nextInt(3);
  }

  // ---- places

  private Path volume(String name) {
    return bay.volume(run + name);
  }

  private Path control(String below) {
    return bay.mountPoint().resolve(".control").resolve(below);
  }

  /** Writes a line; returns whether it was taken. */
  private boolean command(String line) throws IOException {
    try {
      Files.writeString(control("quickopc/ctl"), line + "\n");
      taken++;
      log.add("ok " + line);
      return true;
    } catch (IOException e) {
      refused++;
      log.add("refused " + line);
      return false;
    }
  }

  private void must(String line) throws IOException {
    Files.writeString(control("ctl"), line + "\n");
  }

  private String page(String below) throws IOException {
    return Files.readString(control(below), StandardCharsets.UTF_8).strip();
  }

  // ---- the run

  void make() throws IOException {
    for (String name : NAMES) {
      must("create volume " + run + name + " size=" + size);
      byte[] bytes = new byte[size];
      volumes.put(name, bytes);
      if (random.nextInt(4) > 0) {
        change(name, 0, random(size));
      }
    }
    must("quickopc group create group=" + run);
    for (String pair : PAIRS) {
      must(
          "quickopc pair add group=%s pair=%s source=%s%s target=%s%s"
              .formatted(run, pair, run, pair.charAt(0), run, pair.charAt(1)));
    }
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  void step() throws IOException {
    int what = random.nextInt(100);
    if (what < 42) {
      write();
    } else if (what < 48) {
      zero();
    } else if (what < 66) {
      start();
    } else if (what < 72) {
      restore();
    } else if (what < 75) {
      undo();
    } else if (what < 82) {
      freeze();
    } else if (what < 88) {
      drop();
    } else if (what < 92) {
      cancel();
    } else {
      awaitCopies();
    }
  }

  private String some(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private void write() throws IOException {
    int at = random.nextInt(size);
    at = random.nextInt(3) == 0 ? at / REGION * REGION : at;
    int most = random.nextInt(3) == 0 ? 3 * REGION : 9000;
    change(some(NAMES), at, random(Math.min(size - at, 1 + random.nextInt(most))));
  }

  private void change(String name, int at, byte[] bytes) throws IOException {
    try (FileChannel file = FileChannel.open(volume(name), StandardOpenOption.WRITE)) {
      assertThat(file.write(ByteBuffer.wrap(bytes), at)).isEqualTo(bytes.length);
    }
    System.arraycopy(bytes, 0, volumes.get(name), at, bytes.length);
    log.add("write " + name + " at=" + at + " length=" + bytes.length);
  }

  private void zero() {
    String name = some(NAMES);
    int at = random.nextInt(size);
    int length = Math.min(size - at, 1 + random.nextInt(3 * REGION));
    bay.must("fallocate -p -o " + at + " -l " + length + " " + volume(name));
    Arrays.fill(volumes.get(name), at, at + length, (byte) 0);
    log.add("zero " + name + " at=" + at + " length=" + length);
  }

  private String phase(String pair) throws IOException {
    return page("quickopc/" + run + "/" + pair + "/phase");
  }

  private void start() throws IOException {
    String pair = some(PAIRS);
    String mode = some(List.of("full", "diff", "auto", "auto"));
    String how = random.nextInt(3) == 0 ? " paused=yes" : " rate=" + (1 + random.nextInt(40)) + "M";
    if (command("start group=" + run + " pair=" + pair + " mode=" + mode + how)) {
      shows(pair.substring(1), pair.substring(0, 1));
    }
  }

  private void shows(String target, String source) {
    volumes.put(target, volumes.get(source).clone());
  }

  private void restore() throws IOException {
    String pair = some(PAIRS);
    byte[] before = volumes.get(pair.substring(0, 1)).clone();
    if (command("start group=" + run + " pair=" + pair + " mode=restore rate=20M")) {
      shows(pair.substring(0, 1), pair.substring(1));
      beforeRestore.put(pair, before);
    }
  }

  private void undo() throws IOException {
    String pair = some(PAIRS);
    if (command("undo group=" + run + " pair=" + pair)) {
      volumes.put(pair.substring(0, 1), beforeRestore.get(pair).clone());
    }
  }

  private void freeze() throws IOException {
    if (points.size() < 4) {
      String name = run + "p" + number++;
      List<String> some = random.nextBoolean() ? NAMES : List.of(some(NAMES));
      String named = String.join(",", some.stream().map(each -> run + each).toList());
      must("freeze volumes=" + named + " name=" + name);
      Map<String, byte[]> images = new TreeMap<>();
      some.forEach(each -> images.put(each, volumes.get(each).clone()));
      points.put(name, images);
      log.add("freeze " + name + " of " + named);
    }
  }

  private void drop() throws IOException {
    if (!points.isEmpty()) {
      String name = some(List.copyOf(points.keySet()));
      must("drop point=" + name);
      points.remove(name);
      log.add("drop " + name);
    }
  }

  /** Where the target would be INVALID, a whole copy follows. */
  private void cancel() throws IOException {
    String pair = some(PAIRS);
    String target = pair.substring(1);
    if (!command("cancel group=" + run + " pair=" + pair + " force=yes")) {
      return;
    }
    if (bay.status(run + target, "invalid").equals("-")) {
      return;
    }
    log.add(target + " is INVALID");
    bay.refused("cat " + volume(target) + " >/dev/null");
    bay.refused("dd if=/dev/zero of=" + volume(target) + " count=1 conv=notrunc status=none");
    if (command("start group=" + run + " pair=" + pair + " mode=full")) {
      shows(target, pair.substring(0, 1));
    } else {
      throw new AssertionError(run + ": no start onto an INVALID volume: " + bay.lastError());
    }
  }

  /** Ends every copy that is not paused, or all of them. */
  void awaitCopies() throws IOException {
    for (String pair : PAIRS) {
      bay.run("echo 'resume group=" + run + " pair=" + pair + "' >$C/quickopc/ctl");
      bay.run("echo 'rate group=" + run + " pair=" + pair + " limit=0' >$C/quickopc/ctl");
    }
    bay.must("for j in $(ls $C/jobs/running); do cat $C/jobs/$j/wait >/dev/null || true; done");
    log.add("copies ended");
  }

  // ---- what must be so

  void check() throws IOException {
    for (String name : NAMES) {
      same(volumes.get(name), volume(name), "volume " + name);
    }
    for (Map.Entry<String, Map<String, byte[]>> point : points.entrySet()) {
      for (Map.Entry<String, byte[]> image : point.getValue().entrySet()) {
        Path file =
            bay.mountPoint().resolve("points/" + point.getKey() + "/" + run + image.getKey());
        same(image.getValue(), file, "point " + point.getKey() + " of " + image.getKey());
      }
    }
    for (String pair : PAIRS) {
      if (phase(pair).contains("tracking")) {
        checkSets(pair);
      }
    }
  }

  private void same(byte[] want, Path file, String what) throws IOException {
    byte[] got = Files.readAllBytes(file);
    int cut = Arrays.mismatch(want, got);
    if (cut >= 0) {
      throw new AssertionError(
          run + ": " + what + " differs at byte " + cut + " after " + String.join("\n  ", last()));
    }
  }

  private List<String> last() {
    return log.subList(Math.max(0, log.size() - 40), log.size());
  }

  /** A region in none of U, TS, TD is the same on both sides, and none is in U and TD. */
  private void checkSets(String pair) throws IOException {
    boolean[][] sets = new boolean[3][(size + REGION - 1) / REGION];
    for (String line : page("quickopc/" + run + "/" + pair + "/diff").lines().toList()) {
      String[] words = line.split(" ", -1);
      int set = List.of("uncopied", "tracked_source", "tracked_target").indexOf(words[0]);
      if (set >= 0) {
        long from = Long.parseLong(words[1]);
        long end = from + Long.parseLong(words[2]);
        Arrays.fill(sets[set], (int) (from / REGION), (int) ((end - 1) / REGION) + 1, true);
      }
    }
    byte[] source = volumes.get(pair.substring(0, 1));
    byte[] target = volumes.get(pair.substring(1));
    for (int r = 0; r < sets[0].length; r++) {
      String where = run + " " + pair + " region " + r + " after " + String.join("\n  ", last());
      assertThat(sets[0][r] && sets[2][r]).as("in U and TD: " + where).isFalse();
      if (!sets[0][r] && !sets[1][r] && !sets[2][r]) {
        int end = Math.min(size, (r + 1) * REGION);
        assertThat(Arrays.equals(source, r * REGION, end, target, r * REGION, end))
            .as("in no set, and not the same: " + where)
            .isTrue();
      }
    }
  }

  /** Removes all that it made. */
  void remove() throws IOException {
    awaitCopies();
    check();
    bay.must(
        """
        for turn in 1 2; do # a point may need a session, and a session keep a point
          for p in bc ab; do
            for how in "restore=yes force=yes" "force=yes"; do
              echo "cancel group=%1$s pair=$p $how" >$C/quickopc/ctl || true
            done
          done
          for p in $(ls $MNT/points | grep -e '^%1$s' -e '^restore-%1$s-'); do
            echo "drop point=$p" >$C/ctl || true
          done
        done 2>/dev/null
        echo 'group delete group=%1$s' >$C/quickopc/ctl
        for v in a b c; do rm $V/%1$s$v; done
        """
            .formatted(run));
  }
}
