package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command in every situation, each brought about by commands. */
final class CommandTableTest extends SafeguardedTest {
  /** By command: Defined, Protected, Backing up, NOCOPY, copying, copied, Terminating. */
  private static final Map<SessionCommand, String> TABLE =
      Map.ofEntries(
          Map.entry(SessionCommand.BACKUP, "yy-yyy-"),
          Map.entry(SessionCommand.RECOVER, "-y-----"),
          Map.entry(SessionCommand.INITIATE_BACKGROUND_COPY, "---yyy-"),
          Map.entry(SessionCommand.TERMINATE_H1R1, "---yyy-"),
          Map.entry(SessionCommand.EXPIRE, "-y-yyy-"),
          Map.entry(SessionCommand.REFRESH_STATES, "yyyyyyy"),
          Map.entry(SessionCommand.TERMINATE, "-yyyyy-"),
          Map.entry(SessionCommand.RESTORE, "-y-yyy-"),
          Map.entry(SessionCommand.ADD_COPY_SETS, "yy-yyy-"),
          Map.entry(SessionCommand.REMOVE_COPY_SETS, "yy-yyy-"),
          Map.entry(SessionCommand.DELETE, "y------"));

  static Stream<Arguments> cells() {
    return Stream.of(SessionCommand.values())
        .flatMap(command -> Stream.of(Situation.values()).map(each -> Arguments.of(command, each)));
  }

  private static boolean wanted(SessionCommand command, Situation situation) {
    return TABLE.getOrDefault(command, "").charAt(List.of(Situation.values()).indexOf(situation))
        == 'y';
  }

  /** What a command is about: the newest backup, or a number that none has. */
  private long id() throws StorageException {
    List<Long> ids = test.ids(PAY);
    return ids.isEmpty() ? 1 : ids.get(ids.size() - 1);
  }

  private void run(SessionCommand command) throws StorageException {
    Recoveries recoveries = test.safeguarded.recoveries();
    switch (command) {
      case BACKUP -> test.backup(PAY);
      case RECOVER -> test.recover(PAY, id(), false);
      case INITIATE_BACKGROUND_COPY -> test.initiate(PAY, Recovery.R1);
      case TERMINATE_H1R1 -> test.terminateRecovery(PAY, Recovery.R1, true);
      case EXPIRE -> test.expiring().expire(PAY, id(), true, 0, NOTHING);
      case REFRESH_STATES -> test.safeguarded.backups().refresh(PAY, NOTHING);
      case TERMINATE -> test.terminate(PAY, true);
      case RESTORE -> test.restore(PAY, id());
      case ADD_COPY_SETS -> test.add(PAY, "c", null);
      case REMOVE_COPY_SETS -> test.remove(PAY, "a");
      case DELETE -> test.safeguarded.setup().delete(PAY, NOTHING);
    }
    assertThat(recoveries).isNotNull();
  }

  /** What a command looks at first; it waits for nobody. */
  private void look(SessionCommand command) throws StorageException {
    SafeguardedSession session = test.session(PAY);
    Recoveries recoveries = test.safeguarded.recoveries();
    SessionSetup setup = test.safeguarded.setup();
    RecoverSpec spec = TestSafeguarded.spec(Recovery.R1, false);
    RecoverSpec restore = TestSafeguarded.spec(Recovery.RESTORE, true);
    switch (command) {
      case BACKUP ->
          test.safeguarded.backups().requireBackup(session, TestSafeguarded.backupSpec());
      case RECOVER -> assertThat(recoveries.plan(session, id(), spec)).isNotNull();
      case INITIATE_BACKGROUND_COPY ->
          assertThat(recoveries.requireInitiable(session, Recovery.R1)).isNotNull();
      case TERMINATE_H1R1 ->
          assertThat(recoveries.requireTerminable(session, Recovery.R1, true)).isNotNull();
      case EXPIRE -> assertThat(test.expiring().plan(session, id(), true)).isNotNull();
      case TERMINATE -> assertThat(test.expiring().planTerminate(session, true)).isNotNull();
      case RESTORE -> assertThat(recoveries.plan(session, id(), restore)).isNotNull();
      case ADD_COPY_SETS -> setup.requireAddable(session, test.find("c"), null);
      case REMOVE_COPY_SETS -> setup.requireRemovable(session, test.find("a"));
      case DELETE -> setup.requireDeletable(session);
      case REFRESH_STATES ->
          test.safeguarded.requireTaken(session, SessionCommand.REFRESH_STATES, Recovery.R1);
    }
  }

  /** Does what a test does. */
  private interface Step {
    void run(SessionCommand command) throws StorageException;
  }

  /** The refusal of the table, or null: others are about more than the situation. */
  private static Fault refusal(SessionCommand command, Step step) {
    try {
      step.run(command);
      return null;
    } catch (StorageException e) {
      return e.getMessage().startsWith("SGC1011E") ? e.fault() : null;
    }
  }

  private void settle(Situation situation) throws StorageException {
    if (situation != Situation.DEFINED) {
      backup();
    }
    switch (situation) {
      case NOCOPY -> test.recover(PAY, id(), false);
      case COPYING -> test.recover(PAY, id(), true);
      case COPIED -> {
        test.recover(PAY, id(), true);
        test.copy();
      }
      case DEFINED, PROTECTED, BACKING_UP, TERMINATING -> {}
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aCommandIsTakenWhereTheTableSaysSo(SessionCommand command, Situation situation)
      throws Exception {
    test.create("c", 4, "c");
    boolean wanted = wanted(command, situation);
    assertThat(command.takenIn(situation)).isEqualTo(wanted);
    settle(situation);

    if (situation == Situation.BACKING_UP || situation == Situation.TERMINATING) {
      during(situation, () -> assertRefused(command, wanted ? null : Fault.AGAIN, this::look));
    } else {
      assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(situation);
      assertRefused(command, wanted ? null : Fault.BUSY, this::look);
      assertRefused(command, wanted ? null : Fault.BUSY, this::run);
    }
  }

  private static void assertRefused(SessionCommand command, Fault fault, Step step) {
    assertThat(refusal(command, step)).isEqualTo(fault);
  }

  /** Does something while a thread is in the middle of a command. */
  private void during(Situation situation, Runnable what) throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    List<Throwable> errors = new ArrayList<>();
    Catalogue.Change middle =
        connection -> {
          entered.countDown();
          try {
            done.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    Thread thread =
        new Thread(
            () -> {
              try {
                if (situation == Situation.BACKING_UP) {
                  BackupSpec spec = new BackupSpec("", null, null, 7, middle);
                  assertThat(test.safeguarded.backups().make(PAY, spec)).isNotNull();
                } else {
                  assertThat(test.expiring().terminate(PAY, true, 1, middle)).isNotNull();
                }
              } catch (StorageException | RuntimeException | Error e) {
                errors.add(e);
                entered.countDown();
              }
            });
    thread.start();
    entered.await();
    try {
      assertThat(test.session(PAY).situation(Recovery.R1)).isEqualTo(situation);
      what.run();
    } finally {
      done.countDown();
      thread.join();
    }
    assertThat(errors).isEmpty();
    boolean ended = situation == Situation.TERMINATING;
    assertThat(test.session(PAY).situation(Recovery.R1))
        .isEqualTo(ended ? Situation.DEFINED : Situation.PROTECTED);
  }
}
