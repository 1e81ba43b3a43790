package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every command, interrupted in each transaction that it makes: by an error of the catalogue, and
 * by the death of the process. What it does is done whole or not at all, nothing is left behind,
 * and it can be done again.
 */
final class CrashTest {
  private static final int MOST_TRANSACTIONS = 200;
  private static final String SHOWN = "a0 a1 a2 a3 | b0 b1 b2 b3";
  private static final String NOW = "A0 a1 A2 a3 | b0 B1 b2 b3";
  private static final String INVALID = "INVALID | INVALID";

  /** What is interrupted. */
  enum Command {
    BACKUP,
    RECOVER,
    RECOVER_ALL,
    REPLACE,
    RESTORE,
    EXPIRE,
    EXPIRE_LATER,
    EXPIRE_APPROVED,
    TERMINATE_RECOVERY,
    TERMINATE,
    REMOVE,
    COPY,
    COPY_OF_RESTORE
  }

  @TempDir Path directory;

  private Command command;
  private TestSafeguarded test;
  private long first;
  private final Map<Long, String> images = new TreeMap<>();
  private final Set<String> sources = new HashSet<>(); // what the sources may hold
  private final Set<String> targets = new HashSet<>();
  private Set<Long> backups = Set.of(); // ids before the command

  private void prepare() throws Exception {
    test = TestSafeguarded.create(directory.resolve("base"));
    test.create("a", 4, "a");
    test.create("b", 4, "b");
    test.create("ra", 4, "x");
    test.create("rb", 4, "y");
    test.session("s", "a:ra", "b:rb");
    first = backup();
    test.write("a", 0, "A0");
    backup();
    test.write("a", 2, "A2");
    test.write("b", 1, "B1");
    sources.add(NOW);
    switch (command) {
      case EXPIRE_LATER, TERMINATE_RECOVERY, TERMINATE -> test.recover("s", first, false);
      case COPY -> {
        test.recover("s", first, true);
        test.expire("s", first, false);
      }
      case REPLACE -> {
        test.recover("s", test.ids("s").get(1), true);
        test.copy();
      }
      case COPY_OF_RESTORE -> restore();
      case EXPIRE_APPROVED ->
          assertThat(test.safeguarded.requests().ask("s", 1, "expire").number()).isEqualTo(1);
      case BACKUP, RECOVER, RECOVER_ALL, RESTORE, EXPIRE, REMOVE -> {}
    }
    backups = Set.copyOf(test.ids("s"));
    for (long id : backups) {
      images.put(id, test.image(id, "a") + " | " + test.image(id, "b"));
    }
    sources.add(both("a", "b"));
    if (command == Command.RESTORE) {
      sources.add(SHOWN);
    }
    targets.add(both("ra", "rb"));
    switch (command) {
      case RECOVER, RECOVER_ALL, REPLACE -> targets.add(SHOWN);
      case TERMINATE, TERMINATE_RECOVERY -> targets.add(INVALID);
      default -> {}
    }
    test.copyTo(directory.resolve("prepared"));
    test.close();
  }

  private long backup() throws StorageException {
    test.clock.pass(Duration.ofSeconds(1));
    return test.backup("s");
  }

  private void restore() throws StorageException {
    test.clock.pass(Duration.ofSeconds(1));
    test.restore("s", first);
  }

  private String both(String one, String other) throws StorageException {
    return read(one) + " | " + read(other);
  }

  private String read(String volume) throws StorageException {
    return test.invalid(volume) == null ? test.read(volume) : "INVALID";
  }

  private void run() throws StorageException {
    switch (command) {
      case BACKUP -> backup();
      case RECOVER -> test.recover("s", first, false);
      case RECOVER_ALL -> test.recover("s", first, true);
      case REPLACE ->
          test.safeguarded
              .recoveries()
              .recover(
                  "s",
                  first,
                  TestSafeguarded.spec(Recovery.R1, Map.of(), false, true, connection -> {}));
      case RESTORE -> restore();
      case EXPIRE -> test.expire("s", test.ids("s").get(1), false);
      case EXPIRE_LATER -> test.expire("s", test.ids("s").get(1), false);
      case EXPIRE_APPROVED -> approve();
      case TERMINATE_RECOVERY -> test.terminateRecovery("s", Recovery.R1, true);
      case TERMINATE -> test.terminate("s", true);
      case REMOVE -> test.remove("s", "b");
      case COPY, COPY_OF_RESTORE -> test.copy();
    }
  }

  private void approve() throws StorageException {
    Requests requests = test.safeguarded.requests();
    try (Requests.Approval approval = requests.approve(requests.find(1), 2)) {
      approval.begin();
      assertThat(test.expiring().expire("s", test.ids("s").get(1), false, 2, approval).all())
          .hasSize(2);
      approval.done();
    }
  }

  /** Whether the command can be done, or was. */
  private boolean isDone() throws StorageException {
    SessionState state = test.state("s");
    Recovery shown = state.recoveries().get(Recovery.R1);
    return switch (command) {
      case BACKUP -> state.backups().size() > backups.size();
      case RECOVER, RECOVER_ALL -> shown != null;
      case REPLACE -> shown != null && shown.backup() == first;
      case RESTORE -> state.recoveries().containsKey(Recovery.RESTORE);
      case EXPIRE, EXPIRE_APPROVED -> state.backups().isEmpty();
      case EXPIRE_LATER -> state.backups().size() == 1;
      case TERMINATE_RECOVERY -> shown == null;
      case TERMINATE -> shown == null && state.backups().isEmpty();
      case REMOVE -> state.copySets().size() == 1;
      case COPY -> !state.backups().containsKey(first);
      case COPY_OF_RESTORE -> state.recoveries().isEmpty();
    };
  }

  private void assertWholeOrNotAtAll(String when) throws StorageException {
    assertThat(sources).as(when).contains(both("a", "b"));
    assertThat(targets).as(when).contains(both("ra", "rb"));
    Set<Long> known = Set.copyOf(test.ids("s"));
    Set<Long> more = new HashSet<>(known);
    more.removeAll(backups);
    assertThat(more.size()).as(when).isLessThanOrEqualTo(made());
    boolean goes =
        switch (command) {
          case EXPIRE, EXPIRE_LATER, EXPIRE_APPROVED, TERMINATE, COPY -> true;
          default -> false;
        };
    if (goes) {
      assertThat(isDone() || known.equals(backups)).as(when).isTrue();
    } else {
      assertThat(known).as(when).containsAll(backups);
    }
    for (long id : known) {
      String image = test.image(id, "a") + " | " + test.image(id, "b");
      assertThat(image).as(when).isEqualTo(images.getOrDefault(id, NOW));
    }
    if (command == Command.EXPIRE_APPROVED) { // it waits, or it is done
      assertThat(test.safeguarded.requests().all()).as(when).hasSize(isDone() ? 0 : 1);
    }
    test.assertNothingLeftBehind();
  }

  /** How many backups it makes; a restore that is done again makes another one. */
  private int made() {
    return command == Command.BACKUP ? 1 : command == Command.RESTORE ? 2 : 0;
  }

  /** It is as it should be, also after another mount; and the command can be done. */
  private void assertGoesOn(String when) throws Exception {
    assertWholeOrNotAtAll(when);
    test = test.reopened();
    assertWholeOrNotAtAll(when + ", opened");
    assertThat(pointsBeingDropped()).as(when).isZero();
    if (!isDone()) {
      run();
    }
    if (command == Command.COPY || command == Command.COPY_OF_RESTORE) {
      TestJobs.await(when, this::isDone);
    }
    assertThat(isDone()).as(when).isTrue();
    assertWholeOrNotAtAll(when + ", done again");
    test.close();
    TestSafeguarded.assertClean(test.path);
  }

  private long pointsBeingDropped() throws StorageException {
    return test.bay
        .catalogue()
        .read(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery("select count(*) from point where state<>'ready'")) {
                rows.next();
                return rows.getLong(1);
              }
            });
  }

  private void open(Path path) throws Exception {
    test = TestSafeguarded.open(directory.resolve("prepared"), test.clock);
    test.copyTo(path);
    test.close();
    test = TestSafeguarded.open(path, test.clock);
    test.clock.pass(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @EnumSource
  void anErrorOfTheCatalogueLeavesItWholeOrNotAtAll(Command interrupted) throws Exception {
    command = interrupted;
    prepare();
    List<Integer> stops = new ArrayList<>();
    for (int at = 0; at < MOST_TRANSACTIONS; at++) {
      open(directory.resolve("error" + at));
      RowHook hook =
          RowHook.install(
              test.bay,
              at,
              () -> {
                throw new SQLException("the test says no");
              });
      try {
        run();
      } catch (StorageException e) {
        assertThat(e).hasMessageContaining("the test says no");
      }
      if (!hook.reached()) {
        test.close();
        break;
      }
      stops.add(at);
      assertGoesOn(command + " with an error at " + at);
    }
    assertThat(stops).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aDeathOfTheProcessLeavesItWholeOrNotAtAll(Command interrupted) throws Exception {
    command = interrupted;
    prepare();
    open(directory.resolve("running"));
    List<Path> copies = new ArrayList<>();
    TestSafeguarded running = test;
    RowHook hook =
        RowHook.install(
            test.bay,
            0,
            () -> {
              Path copy = directory.resolve("death" + copies.size());
              TestJobs.await("copy", () -> running.copyNow(copy)); // a spill may go meanwhile
              copies.add(copy);
            });
    run();
    assertThat(hook.reached()).isTrue();
    SettableClock clock = test.clock;
    test.close();
    int at = 0;
    for (Path copy : List.copyOf(copies)) {
      test = TestSafeguarded.open(copy, clock);
      assertGoesOn(command + " with a death at " + at++);
    }
  }
}
