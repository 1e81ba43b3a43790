package org.copybay.volumes.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Catalogue.Change;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.vault.VaultState.Ahead;
import org.copybay.volumes.vault.VaultState.Behind;
import org.copybay.volumes.vault.VaultState.Steady;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultClockTest extends VaultFixture {

  // ---- one run of the machine

  @Test
  void aNewBayTakesTheClockOfTheMachine() {
    assertThat(vault.now()).isEqualTo(TestMachine.START);

    machine.pass(HOUR);

    assertThat(passed()).isEqualTo(HOUR);
    assertThat(vault.state()).isEqualTo(new Steady());
  }

  @ParameterizedTest
  @ValueSource(longs = {30, -30, 3, -3})
  void aClockThatIsSetWhileTheDaemonRunsChangesNothing(long days) throws Exception {
    machine.step(days(days));
    machine.pass(HOUR);
    vault.save();
    machine.pass(HOUR);

    assertThat(passed()).isEqualTo(HOUR.multipliedBy(2));
    assertThat(vault.state().distanceMillis()).isEqualTo(days(days).toMillis());
  }

  @ParameterizedTest
  @ValueSource(longs = {30, -30, 3, -3})
  void aClockThatIsSetWhileTheDaemonIsStoppedChangesNothing(long days) throws Exception {
    machine.pass(HOUR);

    restartDaemon(
        () -> {
          machine.step(days(days));
          machine.pass(HOUR);
        });

    assertThat(passed()).isEqualTo(HOUR.multipliedBy(2));
    assertThat(vault.state().distanceMillis()).isEqualTo(days(days).toMillis());
  }

  @Test
  void theTimeInWhichNoDaemonRanCounts() throws Exception {
    restartDaemon(() -> machine.pass(days(40)));

    assertThat(passed()).isEqualTo(days(40));
    assertThat(vault.state()).isEqualTo(new Steady());
  }

  @Test
  void aCrashLosesNothing() throws Exception {
    machine.pass(HOUR);

    crashDaemon(() -> machine.step(days(-30)));

    assertThat(passed()).isEqualTo(HOUR);
  }

  // ---- another run of the machine

  @ParameterizedTest
  @ValueSource(longs = {1, 3 * 24, 7 * 24})
  void theTimeInWhichTheMachineWasOffCounts(long hours) throws Exception {
    restartDaemon(() -> machine.restart(HOUR.multipliedBy(hours), Duration.ZERO));

    assertThat(passed()).isEqualTo(HOUR.multipliedBy(hours));
    assertThat(vault.state()).isEqualTo(new Steady());
  }

  @Test
  void noMoreThanSevenDaysOfItCount() throws Exception {
    restartDaemon(() -> machine.restart(days(30), Duration.ZERO));

    assertThat(passed()).isEqualTo(days(7));
    assertThat(vault.state())
        .isInstanceOfSatisfying(
            Behind.class,
            behind -> {
              assertThat(behind.lagMillis()).isEqualTo(days(23).toMillis());
              assertThat(behind.why()).contains("off for more than 7 days");
            });

    machine.pass(HOUR);
    vault.save();

    assertThat(passed()).isEqualTo(days(7).plus(HOUR));
  }

  @Test
  void whatWasNotCountedOnceIsNotCountedAtTheNextStart() throws Exception {
    restartDaemon(() -> machine.restart(days(30), Duration.ZERO));

    restartDaemon(() -> machine.restart(HOUR, Duration.ZERO));
    restartDaemon(() -> machine.restart(HOUR, Duration.ZERO));

    assertThat(passed()).isEqualTo(days(7).plus(HOUR.multipliedBy(2)));
  }

  @Test
  void aClockThatWasSetForwardGivesNothingAtTheNextStart() throws Exception {
    machine.step(days(30));

    restartDaemon(() -> machine.restart(HOUR, Duration.ZERO));

    assertThat(passed()).isEqualTo(HOUR);
    assertThat(vault.state().distanceMillis()).isEqualTo(days(30).toMillis());
  }

  @Test
  void smallDifferencesAreMadeUpForAtTheNextStart() throws Exception {
    machine.step(Duration.ofSeconds(50));
    machine.pass(HOUR);
    vault.save();
    assertThat(passed()).isEqualTo(HOUR);
    assertThat(vault.state()).isEqualTo(new Steady());

    restartDaemon(() -> machine.restart(HOUR, Duration.ZERO));

    assertThat(vault.now()).isEqualTo(machine.clock.instant());
  }

  @Test
  void aClockThatStartsIn1970IsFollowedWhenItLearnsTheTime() throws Exception {
    List<VaultState> heard = new ArrayList<>();
    vault.save();
    Instant right = machine.clock.instant().plus(HOUR.multipliedBy(5));

    machine.restart(HOUR.multipliedBy(5), Duration.ZERO);
    machine.set(Instant.EPOCH);
    openVault();
    vault.listen(heard::add);

    assertThat(passed()).isZero();
    assertThat(heard).singleElement().isInstanceOf(Ahead.class);

    machine.pass(MINUTE);
    machine.set(right.plus(MINUTE));
    vault.save();

    assertThat(passed()).isEqualTo(HOUR.multipliedBy(5).plus(MINUTE));
    assertThat(heard).hasSize(2).last().isEqualTo(new Steady());
  }

  @Test
  void aClockThatStartedIn1970AndWasRightAtTheNextStartGivesNoMoreThanIsTrue() throws Exception {
    restartDaemon(
        () -> {
          machine.restart(HOUR, Duration.ZERO);
          machine.set(Instant.EPOCH);
        });
    machine.pass(HOUR);

    restartDaemon(
        () -> {
          machine.restart(Duration.ZERO, Duration.ZERO);
          machine.set(at(HOUR.multipliedBy(2)));
        });

    assertThat(passed()).isEqualTo(HOUR.multipliedBy(2));
    assertThat(vault.state()).isEqualTo(new Steady());
  }

  @Test
  void afterItsFirstHourARunOfTheMachineFollowsNoMore() throws Exception {
    restartDaemon(() -> machine.restart(HOUR, MINUTE));
    machine.pass(HOUR);

    machine.step(HOUR);
    vault.save();

    assertThat(passed()).isEqualTo(HOUR.multipliedBy(2).plus(MINUTE));
    assertThat(vault.state())
        .isInstanceOfSatisfying(
            Behind.class, behind -> assertThat(behind.why()).contains("while it ran"));
  }

  @Test
  void anotherStartOfTheDaemonGivesNoOtherSevenDays() throws Exception {
    restartDaemon(() -> machine.restart(days(4), Duration.ZERO));

    for (int i = 0; i < 3; i++) {
      restartDaemon(() -> machine.step(days(4)));
    }

    assertThat(passed()).isEqualTo(days(7));
    assertThat(vault.state().distanceMillis()).isEqualTo(days(9).toMillis());
  }

  @Test
  void aClockThatIsSetRightDuringTheFirstHourIsANewOne() throws Exception {
    machine.step(days(30));

    restartDaemon(() -> machine.restart(HOUR, Duration.ZERO));
    machine.step(days(-30).plus(HOUR));
    vault.save();

    assertThat(vault.now()).isEqualTo(machine.clock.instant());
  }

  @Test
  void anUptimeThatBecameLessIsThatOfAnotherRun() throws Exception {
    restartDaemon(() -> machine.restartInside(HOUR, Duration.ZERO));

    assertThat(passed()).isEqualTo(HOUR);

    restartDaemon(() -> machine.restartInside(days(-1), Duration.ZERO));

    assertThat(passed()).isEqualTo(HOUR);
  }

  // ---- what the owner says

  @Test
  void itFollowsWhileNothingDependsOnIt() throws Exception {
    machine.step(days(400));
    assertThat(vault.state()).isInstanceOf(Behind.class);

    vault.follow();

    assertThat(passed()).isEqualTo(days(400));
    assertThat(vault.state()).isEqualTo(new Steady());
    crashDaemon(() -> machine.step(days(-400)));
    assertThat(passed()).isEqualTo(days(400));
  }

  @Test
  void itNeverFollowsBack() throws Exception {
    machine.step(days(-400));

    vault.follow();

    assertThat(passed()).isZero();
    assertThat(vault.state())
        .isInstanceOfSatisfying(
            Ahead.class, ahead -> assertThat(ahead.leadMillis()).isEqualTo(days(400).toMillis()));
  }

  @Test
  void aLagIsAcceptedOnceAndForGood() throws Exception {
    restartDaemon(() -> machine.restart(days(30), Duration.ZERO));

    vault.accept(Catalogue.Change.NOTHING);

    assertThat(passed()).isEqualTo(days(30));
    assertThat(vault.state()).isEqualTo(new Steady());
    crashDaemon(() -> machine.restart(days(-30), Duration.ZERO));
    assertThat(passed()).isEqualTo(days(30));
  }

  @Test
  void thereMustBeALagToAccept() {
    assertFault(Fault.ALREADY, () -> vault.accept(Catalogue.Change.NOTHING));

    machine.step(days(-1));

    assertFault(Fault.ALREADY, () -> vault.accept(Catalogue.Change.NOTHING));
  }

  @Test
  void aTimeThatWasFoundIsTheLeast() throws Exception {
    vault.atLeast(at(days(2)).toEpochMilli());
    vault.atLeast(at(days(1)).toEpochMilli());

    assertThat(passed()).isEqualTo(days(2));
    crashDaemon(() -> {});
    assertThat(passed()).isEqualTo(days(2));
    machine.pass(HOUR);
    assertThat(passed()).isEqualTo(days(2).plus(HOUR));
  }

  @Test
  void withoutARowItGoesOnWhereTheBayWasSeen() throws Exception {
    sql("drop table vault_clock");
    machine.step(days(90));

    vault =
        VaultClock.open(
            catalogue(), machine.clock, machine.uptime, TestMachine.START.toEpochMilli());

    assertThat(passed()).isEqualTo(days(7));
    assertThat(vault.state()).isInstanceOf(Behind.class);
  }

  @Test
  void withAnOldRowItGoesOnWhereTheBayWasSeen() throws Exception {
    vault.save();
    machine.restart(days(90), Duration.ZERO);

    vault =
        VaultClock.open(catalogue(), machine.clock, machine.uptime, at(days(85)).toEpochMilli());

    assertThat(passed()).isEqualTo(days(90));
  }

  // ---- clocks and rows that cannot be

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1000000000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "2100-01-01T00:00:00Z",
        "2106-02-07T06:28:16Z",
        "+10000-01-01T00:00:00Z",
        "+999999999-01-01T00:00:00Z"
      })
  void anAbsurdClockIsNotFollowed(String absurd) throws Exception {
    machine.set(Instant.parse(absurd));
    vault.follow();
    vault.save();
    assertThatThrownBy(() -> vault.accept(Catalogue.Change.NOTHING))
        .isInstanceOf(StorageException.class);
    assertThat(passed()).isZero();
    assertThat(vault.state()).isNotInstanceOf(Steady.class);

    restartDaemon(() -> machine.restart(Duration.ZERO, Duration.ZERO));
    assertThat(passed()).isZero();

    machine.pass(HOUR);
    machine.set(at(HOUR));
    vault.save();
    assertThat(vault.now()).isEqualTo(machine.clock.instant());
  }

  @Test
  void aMachineThatStartsWithAnAbsurdClockWasOffForNoTime() throws Exception {
    restartDaemon(
        () -> {
          machine.restart(HOUR, Duration.ZERO);
          machine.set(Instant.parse("2100-01-01T00:00:00Z"));
        });
    vault.save();

    assertThat(passed()).isZero();
    machine.set(at(HOUR));
    vault.save();
    assertThat(passed()).isEqualTo(HOUR);
  }

  @Test
  void aBayThatIsMadeWithAnAbsurdClockFollowsWhenItIsRight() throws Exception {
    for (String absurd : List.of("1970-01-01T00:00:10Z", "+10000-01-01T00:00:00Z")) {
      sql("drop table vault_clock");
      machine.set(Instant.parse(absurd));
      openVault();
      assertThat(vault.now()).isBefore(Instant.EPOCH.plusSeconds(20));

      machine.set(TestMachine.START);
      vault.follow();

      assertThat(passed()).isZero();
    }
  }

  @Test
  void aFoundTimeThatCannotBeIsNotBelieved() throws Exception {
    for (long millis : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, VaultMark.END}) {
      vault.atLeast(millis);

      assertThat(passed()).isZero();
    }
  }

  @Test
  void atTheEndOfTimeItStandsStill() throws Exception {
    vault.atLeast(VaultMark.END - 1000);
    machine.pass(HOUR);
    vault.save();
    machine.pass(HOUR);
    crashDaemon(() -> {});

    assertThat(vault.now()).isEqualTo(Instant.ofEpochMilli(VaultMark.END));
    assertThat(vault.state()).isInstanceOf(Ahead.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boot=''",
        "boot=x'00ff'",
        "uptime=-1",
        "uptime='soon'",
        "uptime=9223372036854775807",
        "wall=-5",
        "wall=9223372036854775807",
        "credit=-1",
        "credit=9223372036854775807",
        "frozen=-1",
        "frozen=9223372036854775807"
      })
  void ofADamagedRowTheVaultTimeIsBelieved(String damage) throws Exception {
    vault.save();
    sql("update vault_clock set " + damage);
    machine.step(days(90));

    openVault();

    assertThat(passed()).isEqualTo(days(7));
    crashDaemon(() -> machine.pass(HOUR));
    assertThat(passed()).isEqualTo(days(7).plus(HOUR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "'now'", "9223372036854775807", "1e300", "x'01'"})
  void aRowWithoutAVaultTimeIsNone(String value) throws Exception {
    sql("update vault_clock set vault=" + value);
    machine.step(days(90));

    vault = VaultClock.open(catalogue(), machine.clock, machine.uptime, at(days(1)).toEpochMilli());
    assertThat(passed()).isEqualTo(days(8));

    sql("update vault_clock set vault=" + value);
    openVault();
    assertThat(vault.now()).isEqualTo(machine.clock.instant());
  }

  @Test
  void aRowInTheFutureIsToldOf() throws Exception {
    sql("update vault_clock set vault=" + at(days(365)).toEpochMilli());

    openVault();

    assertThat(passed()).isEqualTo(days(365));
    assertThat(vault.state())
        .isInstanceOfSatisfying(
            Ahead.class, ahead -> assertThat(ahead.leadMillis()).isEqualTo(days(365).toMillis()));
  }

  // ---- telling, showing, recording

  @Test
  void eachJumpIsToldOnce() throws Exception {
    List<Class<?>> heard = new ArrayList<>();
    vault.listen(state -> heard.add(state.getClass()));

    vault.save();
    machine.step(days(30));
    vault.save();
    vault.save();
    assertThat(heard).containsExactly(Behind.class);
    machine.step(days(1));
    machine.pass(HOUR);
    vault.state();
    assertThat(heard).hasSize(2);
    machine.step(days(-40));
    vault.state();
    machine.step(days(9));
    vault.state();
    vault.save();

    assertThat(heard).containsExactly(Behind.class, Behind.class, Ahead.class, Steady.class);
  }

  @Test
  void aJumpThatIsThereAlreadyIsToldToWhoListens() throws Exception {
    restartDaemon(() -> machine.restart(days(30), Duration.ZERO));
    List<VaultState> heard = new ArrayList<>();

    vault.listen(heard::add);

    assertThat(heard).containsExactly(vault.state());
  }

  @Test
  void itIsAClock() {
    Clock clock = vault.asClock();
    machine.pass(Duration.ofMillis(1_234));
    machine.step(days(1));

    assertThat(clock.instant()).isEqualTo(vault.now());
    assertThat(clock.millis()).isEqualTo(vault.now().toEpochMilli());
    assertThat(clock.withZone(ZoneId.of("Asia/Tokyo")).instant()).isEqualTo(vault.now());
    assertThat(clock.withZone(ZoneId.of("Asia/Tokyo")).getZone())
        .isEqualTo(ZoneId.of("Asia/Tokyo"));
  }

  @Test
  void aBayInWhichNothingMayChangeIsNotChanged() throws Exception {
    vault.save();
    bay.close();
    bay = open(path, true);
    machine.pass(HOUR);
    openVault();
    vault.atLeast(at(days(1)).toEpochMilli());
    assertThat(passed()).isEqualTo(days(1));

    bay.close();
    bay = open(path, false);
    openVault();

    assertThat(passed()).isEqualTo(HOUR);
  }

  @Test
  void aBayKeepsIt() throws Exception {
    vault.atLeast(at(days(2)).toEpochMilli());
    bay.close();
    bay = open(path, false);
    machine.pass(HOUR);
    openVault();

    assertThat(passed()).isEqualTo(days(2).plus(HOUR));
  }

  @Test
  void aRebuildOfTheCatalogueTakesItOver() throws Exception {
    vault.atLeast(at(days(2)).toEpochMilli());
    bay.close();
    Path catalogue = path.resolve("catalogue.db");
    byte[] old = Files.readAllBytes(catalogue);
    bay = open(path, false);
    var owner = new VolumeRecord.Owner(1, 2, 0640);
    bay.create(new NewVolume("later", 4096, null, CacheMode.PAGE, owner), Change.NOTHING);
    bay.close();
    Files.write(catalogue, old);

    assertThat(Rebuild.run(path, Clock.systemUTC()).lines().toString()).contains("made anew");
    bay = open(path, false);
    machine.pass(HOUR);
    openVault();

    assertThat(passed()).isEqualTo(days(2).plus(HOUR));
  }

  @Test
  void whatCannotBeRecordedIsNotShown() throws Exception {
    restartDaemon(() -> machine.restart(Duration.ZERO, Duration.ZERO));
    machine.step(days(2));
    bay.close();
    machine.pass(MINUTE);

    assertFault(Fault.STORE_FAILED, vault::save);
    assertFault(Fault.STORE_FAILED, () -> vault.atLeast(at(days(3)).toEpochMilli()));

    assertThat(passed()).isEqualTo(MINUTE);
    bay = open(path, false);
    openVault();
    assertThat(passed()).isEqualTo(days(2).plus(MINUTE));
  }

  private static void assertFault(Fault fault, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault));
  }
}
