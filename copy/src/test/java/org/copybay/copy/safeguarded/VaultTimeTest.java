package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.time.Duration;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a clock that is set does to locks, and what is told of it. */
final class VaultTimeTest extends SafeguardedTest {
  private static final Duration WEEK = Duration.ofDays(7);

  @BeforeEach
  void begin() {
    test.safeguarded.time().begin();
  }

  private void look() throws StorageException {
    test.safeguarded.time().look();
  }

  private long told() {
    return test.bay.events().all().stream()
        .map(Event::kind)
        .filter(kind -> kind.equals("vault_clock"))
        .count();
  }

  private long noted() {
    return test.bay.audit().commands().stream()
        .filter(entry -> entry.place().equals("vault"))
        .count();
  }

  @Test
  void aClockThatIsSetForwardEndsNoLockAndIsTold() throws Exception {
    long id = test.backup(PAY, test.bay.vaultMillis() + WEEK.toMillis());
    look();
    test.clock.step(Duration.ofDays(30));
    look();
    look();

    assertFault(Fault.FORBIDDEN, () -> test.expire(PAY, id, true), "locked until");
    assertThat(told()).isEqualTo(1);
    assertThat(noted()).isEqualTo(1);
    assertFault(
        Fault.FORBIDDEN,
        () -> test.safeguarded.time().accept(test.session(PAY), NOTHING),
        "is locked until");

    test.clock.pass(WEEK.plusSeconds(1)); // a lock ends with a whole second
    test.safeguarded.time().accept(test.session(PAY), NOTHING);
    look();
    assertThat(test.bay.vault().now()).isEqualTo(test.clock.instant());
    assertThat(told()).isEqualTo(2);
    assertFault(
        Fault.ALREADY,
        () -> test.safeguarded.time().accept(test.session(PAY), NOTHING),
        "not behind");
    assertThat(test.expire(PAY, id, true).now()).containsExactly(id);
  }

  @Test
  void aClockThatIsSetBackIsToldAndTimeGoesOn() throws Exception {
    long before = backup();
    test.clock.step(Duration.ofDays(-30));
    look();
    assertThat(told()).isEqualTo(1);
    assertThat(backup()).isGreaterThan(before);
  }

  @Test
  void withoutBackupsTheClockOfTheMachineIsFollowed() throws Exception {
    test.clock.step(Duration.ofDays(30));
    look();
    assertThat(test.bay.vault().now()).isEqualTo(test.clock.instant());
  }
}
