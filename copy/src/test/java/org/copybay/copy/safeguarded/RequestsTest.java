package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that wait for a second person. */
final class RequestsTest {
  private static final DualControl DUAL = new DualControl(true, new TreeSet<>(List.of(8, 9)));

  @TempDir Path directory;
  private TestSafeguarded test;

  @BeforeEach
  void open() throws Exception {
    test = TestSafeguarded.create(directory.resolve("bay"));
    test.create("a", 2, "a");
    test.session("s", "a");
    test.session("t", new String[0]);
  }

  @AfterEach
  void close() {
    test.close();
  }

  private Requests requests() {
    return test.safeguarded.requests();
  }

  private static Fault fault(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    StorageException error = catchThrowableOfType(StorageException.class, call);
    assertThat(error).isNotNull();
    return error.fault();
  }

  private void setDual(String name) throws StorageException {
    SessionProperties is = test.state(name).properties();
    SessionProperties wanted =
        new SessionProperties(0, 0, false, 0, FullPolicy.AUTO_ROLL, false, 0, 0, DUAL);
    test.safeguarded.setup().setProperties(name, is, wanted, NOTHING);
  }

  @Test
  void theySurviveAMountAndNoNumberIsGivenTwice() throws Exception {
    setDual("s");
    SessionRequest first = requests().ask("s", 7, "one");
    SessionRequest second = requests().ask("t", 7, "two");
    requests().cancel(second.number(), NOTHING);
    assertThat(requests().ask("s", 7, "one")).isEqualTo(first);
    assertThat(requests().ask("s", 8, "one").number()).isEqualTo(3);

    test = test.reopened();

    assertThat(test.state("s").properties().dual()).isEqualTo(DUAL);
    assertThat(test.state("t").properties().dual()).isEqualTo(DualControl.OFF);
    assertThat(requests().all()).extracting(SessionRequest::number).containsExactly(1L, 3L);
    assertThat(requests().find(1)).isEqualTo(first);
    assertThat(requests().of("t")).isEmpty();
    requests().reject(3, 7, "no", NOTHING);
    test = test.reopened();
    assertThat(requests().all()).containsExactly(first);
    assertThat(requests().ask("s", 9, "x").number()).isEqualTo(4);
  }

  @Test
  void theyEndWithTheirSession() throws Exception {
    requests().ask("s", 7, "one");
    requests().ask("t", 7, "two");
    setDual("t");
    test.safeguarded.setup().delete("t", NOTHING);

    assertThat(requests().all()).extracting(SessionRequest::session).containsExactly("s");
    assertThat(fault(() -> requests().find(2))).isEqualTo(Fault.NOT_FOUND);
    assertThat(fault(() -> requests().ask("t", 7, "two"))).isEqualTo(Fault.NOT_FOUND);
    test = test.reopened();
    assertThat(requests().all()).hasSize(1);
    test.session("t", new String[0]);
    test = test.reopened();
    assertThat(test.state("t").properties().dual()).isEqualTo(DualControl.OFF);
  }

  @Test
  void theyLapseAfterSevenDays() throws Exception {
    test.backup("s"); // without one the vault clock follows the other
    SessionRequest asked = requests().ask("s", 7, "one");
    test.clock.pass(Duration.ofDays(7).minusMillis(1));
    assertThat(requests().all()).containsExactly(asked);
    test.clock.pass(Duration.ofMillis(1));

    assertThat(requests().all()).isEmpty();
    assertThat(fault(() -> requests().find(1))).isEqualTo(Fault.NOT_FOUND);
    try (var approval = requests().approve(asked, 8)) {
      assertThat(fault(approval::begin)).isEqualTo(Fault.NOT_FOUND);
    }
    try (var held = test.safeguarded.enter()) {
      requests().lapse();
    }
    assertThat(test.bay.events().all()).extracting(Event::kind).contains("safeguarded_lapsed");
  }

  @Test
  void oneIsDecidedOnByOneAtATime() throws Exception {
    SessionRequest asked = requests().ask("s", 7, "one");
    try (var approval = requests().approve(asked, 8);
        var other = requests().approve(asked, 9)) {
      approval.begin();
      assertThat(fault(other::begin)).isEqualTo(Fault.BUSY);
      assertThat(fault(() -> requests().reject(1, 9, "", NOTHING))).isEqualTo(Fault.BUSY);
      assertThat(fault(() -> requests().cancel(1, NOTHING))).isEqualTo(Fault.BUSY);
      other.close();
      assertThat(fault(other::begin)).isEqualTo(Fault.BUSY);
    }
    assertThat(requests().all()).containsExactly(asked); // it was not carried out
    try (var approval = requests().approve(asked, 8)) {
      approval.begin();
      approval.done();
    }
    assertThat(requests().all()).isEmpty();
    try (var approval = requests().approve(asked, 8)) {
      assertThat(fault(approval::begin)).isEqualTo(Fault.NOT_FOUND);
    }
    test = test.reopened();
    assertThat(requests().all()).isEmpty();
  }

  /** A command that failed when it had taken effect is not carried out again. */
  @Test
  void oneEndsWithItsCommandWhateverFailsLater() throws Exception {
    SessionRequest asked = requests().ask("s", 7, "one");
    try (var approval = requests().approve(asked, 8)) {
      approval.begin();
      test.bay.catalogue().change(approval);
    }
    assertThat(requests().all()).isEmpty();
    assertThat(test.bay.events().all()).extracting(Event::kind).contains("safeguarded_approved");
  }

  @Test
  void thereAreNotTooMany() throws Exception {
    for (int i = 0; i < Requests.MOST; i++) {
      assertThat(requests().ask("s", i, "x").number()).isEqualTo(i + 1);
    }
    assertThat(fault(() -> requests().ask("s", 7, "y"))).isEqualTo(Fault.BUSY);
    assertThat(requests().ask("s", 7, "x").number()).isEqualTo(8);
    assertThat(requests().ask("t", 7, "y").number()).isEqualTo(Requests.MOST + 1);
    assertThat(fault(() -> requests().ask("t", 7, "y".repeat(Requests.LONGEST_COMMAND + 1))))
        .isEqualTo(Fault.TOO_LONG);
  }

  /** Who decided on other properties must not turn it off unseen. */
  @Test
  void propertiesThatWereChangedMeanwhileAreNotOverwritten() throws Exception {
    SessionProperties seen = test.state("s").properties();
    setDual("s");

    assertThat(fault(() -> test.safeguarded.setup().setProperties("s", seen, seen, NOTHING)))
        .isEqualTo(Fault.AGAIN);
    assertThat(test.state("s").properties().dual()).isEqualTo(DUAL);
  }
}
