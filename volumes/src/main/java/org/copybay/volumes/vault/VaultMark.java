package org.copybay.volumes.vault;

import java.time.Duration;
import java.time.Instant;

/*
 * Reading: what somebody can know at one moment: run of the machine, its uptime, its clock.
 * Lead:    how far the clock of the machine is before the vault time.
 *
 * INV-1 In one run of the machine the vault time grows by what its uptime grows, and by what is
 *       taken of the credit.
 * INV-2 A run has a credit of seven days. It is there when the run is seen for the first time, and
 *       for the first hour of the run: some machines start with a wrong clock, and learn the time
 *       from others a moment later.
 * INV-3 What is taken of the credit is never more than the lead that came with this run: the lead
 *       that was there before, frozen, stays.
 * INV-4 All times are between 1970 and 2100. A clock that says more is believed nothing.
 */
/**
 * A vault time with the moment at which it was true; what it grows by until another moment.
 *
 * @param boot the run of the machine
 * @param uptime of that run, milliseconds
 * @param vault the vault time, milliseconds since 1970
 * @param wall the clock of the machine, the same
 * @param credit so many milliseconds may still be followed in this run
 * @param frozen so far the clock of the machine was ahead before this run; not to be followed
 */
record VaultMark(String boot, long uptime, long vault, long wall, long credit, long frozen) {
  /** The end of time: a clock that says so, or later, is wrong. */
  static final long END = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();

  /** Most of what is counted for the time in which the machine was off. */
  static final long CREDIT = Duration.ofDays(7).toMillis();

  /** Differences up to this one are none: a host that stops its guest for a moment makes some. */
  static final long SMALL = Duration.ofMinutes(1).toMillis();

  private static final long BEGINNING = Duration.ofHours(1).toMillis(); // of a run
  private static final String NOWHERE = "none"; // no machine has it

  VaultMark {
    require("uptime", uptime, Long.MAX_VALUE);
    require("vault", vault, END);
    require("wall", wall, END);
    require("credit", credit, CREDIT);
    require("frozen", frozen, END);
    if (boot.isBlank()) {
      throw new IllegalArgumentException("boot must not be blank");
    }
  }

  private static void require(String name, long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(name + "=" + value + " must be in [0, " + most + "]");
    }
  }

  /** The first one of a bay of which nothing is known: the clock of the machine, if it is one. */
  static VaultMark first(String boot, long uptime, long wall) {
    return new VaultMark(boot, uptime, wall < END ? wall : 0, wall, 0, 0);
  }

  /** Of a bay of which nothing is known but a time that it once was, in some run. */
  static VaultMark once(long vault) {
    return new VaultMark(NOWHERE, 0, vault, vault, 0, 0);
  }

  /** The clock of a machine, which may say anything, between 1970 and the end. */
  static long bounded(Instant wall) {
    if (wall.isBefore(Instant.EPOCH)) {
      return 0;
    }
    return wall.isAfter(Instant.ofEpochMilli(END)) ? END : wall.toEpochMilli();
  }

  /** The vault time at another uptime of the same run; not before this one. */
  long at(long otherUptime) {
    long passed = Math.max(0, otherUptime - uptime);
    return passed < END - vault ? vault + passed : END;
  }

  /** The mark of a later moment. An uptime that became less is that of another run. */
  VaultMark later(String otherBoot, long otherUptime, long otherWall) {
    if (otherBoot.equals(boot) && otherUptime >= uptime) {
      long left = otherUptime <= BEGINNING ? credit : 0;
      return new VaultMark(boot, otherUptime, at(otherUptime), otherWall, left, frozen).follow();
    }
    long before = lead() > SMALL ? lead() : 0;
    VaultMark started =
        new VaultMark(otherBoot, otherUptime, vault, otherWall, CREDIT, before).follow();
    return started.credit > 0
        ? started
        : started.with(started.vault, 0, Math.max(started.frozen, started.lead()));
  }

  /** Takes of the credit what the clock of the machine is ahead, but for what is frozen. */
  private VaultMark follow() {
    // A clock that is set right again tells nothing of before, so that its lead is a new one.
    long old = lead() < frozen - SMALL ? 0 : frozen;
    long wanted = hasClock() ? lead() - old : 0;
    long taken = Math.max(0, Math.min(wanted, credit));
    return with(vault + taken, credit - taken, old);
  }

  private VaultMark with(long newVault, long newCredit, long newFrozen) {
    return new VaultMark(boot, uptime, newVault, wall, newCredit, newFrozen);
  }

  /** The same moment with a vault time that is not before that one. */
  VaultMark atLeast(long time) {
    return with(Math.max(vault, time), credit, frozen);
  }

  /** The same moment with the time of the clock of the machine, if that is later and one. */
  VaultMark caughtUp() {
    return hasClock() ? with(Math.max(vault, wall), credit, 0) : this;
  }

  private long lead() {
    return wall - vault;
  }

  /** Whether the clock of the machine says a time that can be. */
  boolean hasClock() {
    return wall < END;
  }

  VaultState state() {
    if (!hasClock()) {
      return new VaultState.Behind(lead(), "the clock of the machine says 2100 or later");
    }
    if (lead() < -SMALL) {
      return new VaultState.Ahead(-lead(), "the clock of the machine is set back");
    }
    if (lead() <= SMALL) {
      return new VaultState.Steady();
    }
    return new VaultState.Behind(
        lead(),
        lead() > frozen + SMALL
            ? "the clock of the machine was set forward while it ran, or its host stopped it"
            : "the clock of the machine was ahead when it started, or it was off for more than "
                + Duration.ofMillis(CREDIT).toDays()
                + " days");
  }
}
