package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Shell;

/**
 * A *WORM volume that is written and fenced, and duplicates of another volume to *WORM and *ERASE
 * targets. After power loss at any moment the volume has what was fenced (P2), each other sector
 * what was written there or zeros (P4), and none of them can be written again; a target is whole,
 * or says that it is not (P6); one that was answered is whole.
 */
final class OpticalVolumes implements Scenario {
  private static final int SECTOR = 2048;
  private static final int PIECES = 40;
  private static final int PIECE_SECTORS = 16;
  private static final int SOURCE_BYTES = 4 << 20;

  private final List<Fence> fences = new CopyOnWriteArrayList<>();
  private final List<Target> targets = new CopyOnWriteArrayList<>();
  private byte[] source = {};
  private int piece;
  private long prepared; // the position when all of it was there

  /** So many bytes were fenced when the log was that long. */
  private record Fence(long bytes, long position) {}

  /** A target of a duplicate, with the position after its job was done. */
  private static final class Target {
    final String key;
    volatile long done = Long.MAX_VALUE;

    Target(String key) {
      this.key = key;
    }
  }

  @Override
  public void prepare(Recording recording) {
    recording.command("optical device name=L type=library drives=4 slots=40");
    recording.command("optical add device=L cartridge=W media=*WORM capacity=16M sides=1");
    recording.command("optical initialize volume=W.A newvol=LOG");
    recording.command("optical add device=L cartridge=S media=*WORM capacity=16M sides=1");
    recording.command("optical initialize volume=S.A newvol=SRC");
    source = new byte[SOURCE_BYTES];
    new Random(7).nextBytes(source);
    try {
      Files.write(recording.bay().scratch().resolve("src.bin"), source);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    recording.bay().must("dd if=src.bin of=$MNT/optical/SRC bs=1M conv=fsync status=none");
    prepared = recording.position();
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    actors.add(() -> write(recording));
    actors.add(() -> duplicate(recording));
    return actors;
  }

  private static byte[] sector(long number) {
    byte[] bytes = new byte[SECTOR];
    byte[] word =
        String.format("%015d\n", number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int at = 0; at < SECTOR; at += word.length) {
      System.arraycopy(word, 0, bytes, at, word.length);
    }
    return bytes;
  }

  private Void write(Recording recording) throws IOException, InterruptedException {
    Path file = recording.bay().mountPoint().resolve("optical/LOG");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < PIECES; i++, piece++) {
        long first = (long) piece * PIECE_SECTORS;
        ByteBuffer bytes = ByteBuffer.allocate(PIECE_SECTORS * SECTOR);
        for (int s = 0; s < PIECE_SECTORS; s++) {
          bytes.put(sector(first + s));
        }
        channel.write(bytes.flip(), first * SECTOR);
        if (i % 4 == 3) {
          channel.force(false);
          fences.add(new Fence((first + PIECE_SECTORS) * SECTOR, recording.position()));
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    return null;
  }

  private Void duplicate(Recording recording) {
    for (String media : List.of("*WORM", "*ERASE", "*ERASE")) {
      String name = "T" + targets.size();
      recording.command(
          "optical add device=L cartridge=" + name + " media=" + media + " capacity=16M sides=1");
      Target target = new Target(name + ".A");
      targets.add(target);
      recording.command(
          "optical duplicate from=SRC to=" + target.key + " newvol=" + name + " id=" + name);
      recording.bay().must("cat $C/jobs/" + name + "/wait");
      target.done = recording.position();
    }
    return null;
  }

  // ---- the look

  @Override
  public boolean isWell(String health) {
    return health.equals("ok")
        || health.matches("degraded: (optical volume \\S+ is (incomplete|spoiled)(; )?)+");
  }

  @Override
  public void check(Recovered state) {
    requireLog(state);
    for (Target target : targets) {
      requireTarget(state, target);
    }
  }

  private void requireLog(Recovered state) {
    Path file = state.bay().mountPoint().resolve("optical/LOG");
    long fenced =
        fences.stream()
            .filter(f -> state.after(f.position))
            .mapToLong(Fence::bytes)
            .max()
            .orElse(0);
    byte[] got;
    try {
      got = Files.readAllBytes(file);
    } catch (IOException e) {
      if (state.after(prepared)) {
        state.complain("LOG cannot be read: " + e.getMessage());
      }
      return;
    }
    if (got.length < fenced) {
      state.complain("LOG has " + got.length + " bytes, fenced were " + fenced);
    }
    for (int at = 0; at + SECTOR <= got.length; at += SECTOR) {
      byte[] wanted = sector(at / SECTOR);
      boolean same = Arrays.equals(got, at, at + SECTOR, wanted, 0, SECTOR);
      boolean zeros = Arrays.equals(got, at, at + SECTOR, new byte[SECTOR], 0, SECTOR);
      if (!same && (at < fenced || !zeros)) {
        state.complain("LOG: sector " + at / SECTOR + " is neither what was written nor zeros");
        return;
      }
    }
    if (got.length > 0) {
      Shell.Result again =
          state.bay().run("printf x | dd of=$MNT/optical/LOG bs=2048 conv=notrunc status=none");
      if (again.status() == 0) {
        state.complain("LOG: a written sector took another write");
      }
    }
  }

  private void requireTarget(Recovered state, Target target) {
    Shell.Result look =
        state
            .bay()
            .run("sed -n 's/^state: //p; s/^id: //p' $C/optical/volumes/" + target.key + "/status");
    if (look.status() != 0) {
      if (state.after(target.done)) {
        state.complain("target " + target.key + " is gone");
      }
      return;
    }
    String words = look.out();
    if (!words.contains("initialized") || words.contains("uninitialized")) {
      if (state.after(target.done)) {
        state.complain("target " + target.key + " was whole and is " + words);
      }
      return;
    }
    String id = words.lines().filter(line -> line.startsWith("T")).findFirst().orElse("?");
    Shell.Result same = state.bay().run("cmp src.bin $MNT/optical/" + id);
    if (same.status() != 0) {
      state.complain("target " + target.key + " differs: " + same.out() + same.err());
    }
  }
}
