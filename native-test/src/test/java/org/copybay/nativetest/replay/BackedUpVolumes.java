package org.copybay.nativetest.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Shell;

/**
 * Four volumes of a safeguarded session that are written while backups of them are made, some with
 * a lock, and some of the others expired. After power loss at any moment a backup is there on all
 * volumes or on none (P7) with what was written before it (P5); one that was answered is there, its
 * lock too, and one whose expiry was answered is not.
 */
final class BackedUpVolumes implements Scenario {
  private static final int SECTORS = 2048;
  private static final int BACKUPS = 5;
  private static final int LABEL = 11; // columns of backups
  private static final int LOCKED_UNTIL = 12;

  private final List<Backup> backups = new CopyOnWriteArrayList<>();
  private volatile List<StampedVolume> volumes = List.of();

  /** One of them, which has its label from us. */
  private static final class Backup {
    final FrozenImages images;
    final String label;
    final boolean locked;
    volatile long begun;
    volatile long expiring = Long.MAX_VALUE; // the position before that command
    volatile long expired = Long.MAX_VALUE;

    Backup(String label, boolean locked, FrozenImages images) {
      this.label = label;
      this.locked = locked;
      this.images = images;
    }
  }

  @Override
  public void prepare(Recording recording) {
    for (String name : List.of("a", "b", "c", "d")) {
      recording.create(name, SECTORS, name.equals("b") ? "block" : "page");
    }
    volumes = recording.volumes();
    recording.command("safeguarded create session=S");
    recording.command("safeguarded add session=S volume=a,b,c,d");
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    for (StampedVolume volume : recording.volumes()) {
      actors.addAll(StampWriter.of(recording, volume, random));
    }
    actors.add(() -> backUp(recording));
    return actors;
  }

  private Void backUp(Recording recording) throws InterruptedException {
    for (int i = 0; i < BACKUPS; i++) {
      TimeUnit.MILLISECONDS.sleep(120);
      boolean locks = i % 2 == 0;
      Backup backup = new Backup("B" + backups.size(), locks, new FrozenImages(volumes));
      backup.begun = recording.position();
      backups.add(backup);
      backup.images.made(
          recording.command(
              "safeguarded backup session=S label=" + backup.label + (locks ? " lock=1d" : "")));
      if (i % 4 == 3) {
        expire(recording, backups.get(backups.size() - 3));
      }
    }
    return null;
  }

  private static void expire(Recording recording, Backup backup) {
    String id =
        recording
            .bay()
            .must("awk '$12 == \"" + backup.label + "\" { print $1 }' $C/safeguard/S/backups");
    backup.expiring = recording.position();
    backup.expired = recording.command("safeguarded expire session=S only=yes backup=" + id);
  }

  @Override
  public boolean isCommand(long position) {
    return backups.stream()
        .anyMatch(
            each ->
                (each.begun < position && position <= each.images.made())
                    || (each.expiring < position && position <= each.expired));
  }

  @Override
  public void check(Recovered state) {
    Map<String, String[]> found = new HashMap<>();
    Shell.Result table = state.bay().run("grep -v '^#' $C/safeguard/S/backups || true");
    table.out().lines().map(line -> line.split(" ", -1)).forEach(row -> found.put(row[LABEL], row));
    for (Backup backup : backups) {
      String[] row = found.remove(backup.label);
      if (row == null) {
        if (state.after(backup.images.made()) && !state.after(backup.expiring)) {
          state.complain("backup " + backup.label + " is gone");
        }
      } else if (state.after(backup.expired)) {
        state.complain("backup " + backup.label + " was expired, and is there");
      } else {
        Path directory = state.bay().mountPoint().resolve("backups/S").resolve(row[0]);
        backup.images.require(state, directory);
        if (backup.locked) {
          requireLocked(state, row);
        }
      }
    }
    found.keySet().forEach(label -> state.complain("nobody made the backup " + label));
  }

  private static void requireLocked(Recovered state, String[] row) {
    Shell.Result expiry =
        state
            .bay()
            .run("echo 'safeguarded expire session=S only=yes backup=" + row[0] + "' >$C/ctl");
    if (row[LOCKED_UNTIL].equals("-") || expiry.status() == 0) {
      state.complain("backup " + row[LABEL] + " is not locked: " + expiry.err());
    }
  }
}
