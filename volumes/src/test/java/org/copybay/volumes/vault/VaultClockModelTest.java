package org.copybay.volumes.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/*
 * Rules, looked at after each step of a random history:
 *   1 The vault time is not before one that was shown in this run of the machine, nor before one
 *     that was saved in another.
 *   2 It has not gone on by more than the true time, and seven days for each start of the machine.
 *   3 In a run of the machine that is older than an hour it goes on exactly with the uptime.
 *   4 What it goes on by beyond the uptime does not bring it before the clock of the machine.
 *   5 With an honest clock, of which nobody is off for longer than seven days, it is that clock.
 */
/** Random histories of a machine and its daemon against the rules of the vault time. */
class VaultClockModelTest {
  private static final int HISTORIES = 2_000;
  private static final int STEPS = 25;
  private static final long CREDIT = Duration.ofDays(7).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();

  @TempDir Path directory;

  private final List<String> history = new ArrayList<>();
  private Random random = new Random(0);
  private TestMachine machine = new TestMachine();
  private Bay bay;
  private VaultClock vault;
  private boolean honest;

  // what is known of the history
  private long trueMillis; // since it began
  private long starts; // of the machine
  private long shown; // in this run
  private long saved;
  private long uptimeShown; // with shown

  @Test
  void noHistoryBreaksARule() throws Exception {
    BayOpener.init(directory.resolve("bay"), Clock.systemUTC());
    // Of a bay that may not change the catalogue is in memory, and so is the row.
    bay = BayOpener.open(directory.resolve("bay"), true, RecoverMode.AUTO, 0, Clock.systemUTC());
    long seed = Long.getLong("copybay.seed", System.nanoTime());
    try {
      for (long i = 0; i < HISTORIES; i++) {
        run(seed + i);
      }
    } finally {
      bay.close();
    }
  }

  private void run(long seed) throws StorageException {
    random = new Random(seed);
    machine = new TestMachine();
    history.clear();
    history.add("-Dcopybay.seed=" + seed);
    honest = random.nextInt(4) == 0;
    trueMillis = 0;
    starts = 0;
    bay.catalogue()
        .change(
            connection -> {
              try (var command = connection.createStatement()) {
                command.execute("drop table if exists vault_clock");
              }
            });
    vault = VaultClock.open(bay.catalogue(), machine.clock, machine.uptime);
    shown = saved = vault.now().toEpochMilli();
    uptimeShown = machine.uptime.millis();
    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
  }

  private void step() throws StorageException {
    switch (random.nextInt(honest ? 6 : 8)) {
      case 0, 1 -> pass();
      case 2 -> save();
      case 3 -> {
        save();
        openVault("restart");
      }
      case 4 -> openVault("crash");
      case 5 -> startMachine();
      default -> set();
    }
  }

  private void pass() {
    Duration time = time(random.nextInt(5) == 0 ? 60 * 24 * 60 : 90);
    history.add("pass " + time);
    machine.pass(time);
    trueMillis += time.toMillis();
  }

  private Duration time(int mostMinutes) {
    return Duration.ofMillis((long) (random.nextDouble() * mostMinutes * 60_000));
  }

  private void save() throws StorageException {
    history.add("save");
    vault.save();
    check();
    saved = vault.now().toEpochMilli();
  }

  private void openVault(String what) throws StorageException {
    history.add(what);
    vault = VaultClock.open(bay.catalogue(), machine.clock, machine.uptime);
    check();
    saved = vault.now().toEpochMilli(); // an opening saves
  }

  private void startMachine() throws StorageException {
    boolean crash = !honest && random.nextBoolean();
    if (!crash) {
      save();
    }
    Duration off = time(random.nextBoolean() ? 60 : (honest ? 6 : 40) * 24 * 60);
    Duration running = time(random.nextBoolean() ? 10 : honest ? 23 * 60 : 100 * 60);
    history.add((crash ? "power loss, off " : "off ") + off + ", running " + running);
    if (random.nextInt(8) == 0) {
      machine.restartInside(Duration.ZERO, Duration.ZERO);
      off = running = Duration.ZERO;
    } else {
      machine.restart(off, running);
    }
    starts++;
    trueMillis += off.plus(running).toMillis();
    if (!honest && random.nextInt(3) == 0) {
      set();
    }
    shown = saved;
    uptimeShown = -1;
    openVault("start");
  }

  private void set() {
    switch (random.nextInt(5)) {
      case 0 -> machine.set(Instant.EPOCH);
      case 1 -> machine.set(Instant.parse("+10000-01-01T00:00:00Z"));
      case 2 -> machine.set(TestMachine.START.plusMillis(trueMillis)); // right
      default -> machine.step(time(40 * 24 * 60).minus(Duration.ofDays(20)));
    }
    history.add("clock " + machine.clock.instant());
  }

  private void check() {
    long now = vault.now().toEpochMilli();
    long uptime = machine.uptime.millis();
    long wall = VaultMark.bounded(machine.clock.instant());
    long gone = uptimeShown < 0 ? 0 : uptime - uptimeShown; // what the uptime gives by itself

    assertThat(now).as("rule 1: %s", history).isGreaterThanOrEqualTo(shown + gone);
    assertThat(now - TestMachine.START.toEpochMilli())
        .as("rule 2: %s", history)
        .isLessThanOrEqualTo(trueMillis + starts * CREDIT);
    if (uptimeShown > HOUR) {
      assertThat(now - shown).as("rule 3: %s", history).isEqualTo(gone);
    }
    assertThat(now).as("rule 4: %s", history).isLessThanOrEqualTo(Math.max(shown + gone, wall));
    if (honest) {
      assertThat(now).as("rule 5: %s", history).isEqualTo(wall);
      assertThat(vault.state()).isEqualTo(new VaultState.Steady());
    }
    shown = now;
    uptimeShown = uptime;
  }
}
