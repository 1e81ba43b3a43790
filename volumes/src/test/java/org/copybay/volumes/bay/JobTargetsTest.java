package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.TestBay.READER;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;
import static org.copybay.volumes.bay.TestBay.wanted;

import java.util.List;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;

class JobTargetsTest extends BayFixture {

  // ---- targets of jobs

  @Test
  void aReservedVolumeIsHiddenAndItsNameTaken() throws Exception {
    bay.reserve(wanted("a", 10), false, JOB);

    assertThat(bay.volumes()).isEmpty();
    for (var attempt :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> test.create("a", 1),
            () -> test.making("a"),
            () -> bay.reserve(wanted("a", 10), true, new Hold("18", "being made")))) {
      assertFault(
          Fault.BUSY, attempt, e -> assertThat(e).hasMessage("the name a is reserved by job 17"));
    }
    test.create("b", 1);
    assertFault(Fault.BUSY, () -> bay.rename("b", "a", false));
    assertFault(Fault.NOT_FOUND, () -> bay.remove("a"));
    reopen();
    assertThat(test.names()).containsExactly("b");
    assertThat(bay.reservedVolumes()).hasSize(1);
  }

  @Test
  void revealShowsTheTargetInPlaceOfTheOldVolumeInOneStep() throws Exception {
    Volume old = test.createFilled("a", 100, 1);
    assertFault(Fault.EXISTS, () -> bay.reserve(wanted("a", 50), false, JOB));
    Volume target = bay.reserve(wanted("a", 50), true, JOB);
    assertThat(old.hold()).isEqualTo(new Hold("17", "being replaced"));
    target.fill().write(0, Bytes.direct(Bytes.random(2, 50)));
    OpenFile reader = old.open(READER, false);

    bay.reveal(target, true, connection -> {});

    assertThat(bay.find("a")).isSameAs(target);
    assertThat(bay.reservedVolumes()).isEmpty();
    assertThat(old.home()).exists();
    reader.close();
    target.release("17");
    reopen();
    assertThat(read(bay.find("a"))).isEqualTo(Bytes.random(2, 50));
    test.assertNothingLeftBehind();
  }

  @Test
  void aRevealWhoseTransactionFailsChangesNothing() throws Exception {
    Volume old = test.createFilled("a", 100, 1);
    Volume target = bay.reserve(wanted("a", 50), true, JOB);

    assertFault(
        Fault.STORE_FAILED,
        () ->
            bay.reveal(
                target,
                true,
                connection -> {
                  throw new java.sql.SQLException("no");
                }));

    assertThat(bay.find("a")).isSameAs(old);
    assertThat(bay.findReserved(target.id())).isSameAs(target);
    bay.discard(target);
    old.release("17");
    reopen();
    assertThat(bay.reservedVolumes()).isEmpty();
    assertThat(read(bay.find("a"))).isEqualTo(Bytes.random(1, 100));
    test.assertNothingLeftBehind();
  }

  @Test
  void discardLeavesNothingAndFreesTheName() throws Exception {
    Volume target = bay.reserve(wanted("a", 50), false, JOB);

    bay.discard(target);

    assertThat(target.home()).doesNotExist();
    test.create("a", 1);
    test.assertNothingLeftBehind();
  }

  @Test
  void whatWasRevealedIsNeverDiscarded() throws Exception {
    Volume target = bay.reserve(wanted("a", 50), false, JOB);
    bay.reveal(target, false, connection -> {});

    bay.discard(target);

    assertThat(bay.find("a")).isEqualTo(target);
    assertThat(target.home().toFile()).hasSize(50);
    target.release(JOB.job());
  }

  @Test
  void aDiscardThatCannotBeRecordedGivesItsSpaceBackAndIsNeverTakenForWhole() throws Exception {
    Volume target = bay.reserve(wanted("a", 50_000), false, JOB);
    target.fill().write(0, Bytes.direct(Bytes.random(1, 50_000)));
    bay.catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute(
                    "create temp trigger full before update on volume"
                        + " when new.state='dropping' begin select raise(fail, 'no'); end");
              }
            });

    assertThat(bay.discard(target)).as("no job goes on with it").isTrue();

    assertThat(target.home().toFile().length()).isZero();
    assertFault(Fault.BUSY, () -> test.create("a", 1)); // its row still has the name
    reopen(); // which ends the trigger
    Volume found = bay.findReserved(target.id());
    assertThat(found.damaged()).isTrue();
    bay.discard(found);
    test.assertNothingLeftBehind();
  }

  @Test
  void aReservationThatFailsLeavesNoHoldOnTheVolumeInTheWay() throws Exception {
    Volume old = test.create("a", 100);

    assertFault(Fault.OUT_OF_RANGE, () -> bay.reserve(wanted("a", Long.MAX_VALUE), true, JOB));

    assertThat(old.hold()).isNull();
    assertThat(bay.reservedVolumes()).isEmpty();
    test.assertNothingLeftBehind();
  }
}
