package org.copybay.copy.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.Catalogue.Change;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.journal.RecoverMode;

/** A bay with scheduled tasks of the kind "test" in a directory of a test. */
final class TestSchedules implements AutoCloseable {
  private static final long LOOK_MILLIS = 10_000;

  final SteppedClock clock;
  final Path path;
  final Bay bay;
  final Scheduler scheduler;

  /** KEY DUE of all runs, in their order. */
  final List<String> runs = Collections.synchronizedList(new ArrayList<>());

  // volatile: set by a test, used by whoever runs a task
  volatile Action action = (task, due) -> "well";

  private TestSchedules(Path path, SteppedClock clock, boolean readOnly, long lookMillis)
      throws StorageException {
    this.path = path;
    this.clock = clock;
    bay = BayOpener.open(path, readOnly, RecoverMode.AUTO, 1 << 20, clock);
    scheduler = new Scheduler(bay, clock, lookMillis);
    scheduler.register(
        "test",
        (task, due) -> {
          runs.add(task.key() + " " + due);
          return action.run(task, due);
        });
    scheduler.load();
  }

  static TestSchedules create(Path path, String now) throws StorageException {
    return create(path, now, LOOK_MILLIS);
  }

  static TestSchedules create(Path path, String now, long lookMillis) throws StorageException {
    SteppedClock clock = new SteppedClock(now);
    BayOpener.init(path, clock);
    return new TestSchedules(path, clock, false, lookMillis);
  }

  static TestSchedules open(Path path, String now) throws StorageException {
    return new TestSchedules(path, new SteppedClock(now), false, LOOK_MILLIS);
  }

  static TestSchedules openReadOnly(Path path, String now) throws StorageException {
    return new TestSchedules(path, new SteppedClock(now), true, LOOK_MILLIS);
  }

  void put(String key, String schedule) throws StorageException {
    scheduler.change(key, Schedule.parse(schedule), true, Change.NOTHING);
  }

  ScheduledTask task(String key) {
    ScheduledTask found = scheduler.find(key);
    if (found == null) {
      throw new AssertionError("no task " + key);
    }
    return found;
  }

  /** Does all that is due at that time; returns the runs since the last call. */
  List<String> at(String time) {
    clock.set(time);
    for (int i = 0; scheduler.runNext(); i++) {
      assertThat(i).as("runs at %s without an end", time).isLessThan(10);
    }
    List<String> done = List.copyOf(runs);
    runs.clear();
    return done;
  }

  /** KIND SUBJECT KEY=VALUE… of all events of schedules. */
  List<String> events() {
    return bay.events().all().stream()
        .filter(event -> event.kind().startsWith("schedule"))
        .map(TestSchedules::line)
        .toList();
  }

  private static String line(Event event) {
    StringBuilder line = new StringBuilder(event.kind() + " " + event.subject());
    event.facts().forEach(fact -> line.append(" " + fact.key() + "=" + fact.value()));
    return line.toString();
  }

  /** Changes the catalogue as somebody else would. */
  void sql(String... statements) throws StorageException {
    bay.catalogue()
        .change(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                for (String each : statements) {
                  statement.execute(each);
                }
              }
            });
  }

  /** The directory as the death of the process would leave it now. */
  Path copyTo(Path to) {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Instant instant(String time) {
    return Instant.parse(time);
  }

  @Override
  public void close() {
    scheduler.close();
    bay.close();
  }
}
