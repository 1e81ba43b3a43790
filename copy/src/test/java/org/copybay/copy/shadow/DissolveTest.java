package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.Assertions;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Relation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A set that is given up is none for commands that came at the same time. */
class DissolveTest {
  @TempDir private Path path;

  @Test
  void aSetThatIsMountedMeanwhileStays() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      SetCommands commands = test.commands();
      commands.dismount(Split.Policy.NONE, NOTHING);
      FutureTask<Mounting.Result> mount = new FutureTask<>(test::mount);
      FutureTask<Void> dissolve = new FutureTask<>(() -> dissolve(commands));
      try (RankedLock.Held held = test.unit().set().enter()) {
        awaitWaiting(mount);
        awaitWaiting(dissolve);
      }
      mount.get();
      Throwable refused = Assertions.catchThrowable(dissolve::get);
      assertThat(refused).isInstanceOf(ExecutionException.class);
      assertThat(refused.getCause())
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BUSY))
          .hasMessageContaining("was mounted meanwhile");
      assertThat(test.unit().set().isMounted()).isTrue();
      assertThat(test.bay.find("a").relation())
          .isEqualTo(new Relation("DSA1", Relation.Role.MEMBER));
    }
  }

  private static Void dissolve(SetCommands commands) throws StorageException {
    commands.dissolve(NOTHING);
    return null;
  }

  private static void awaitWaiting(FutureTask<?> task) {
    Thread thread = new Thread(task);
    thread.start();
    TestJobs.await("it waits", () -> thread.getState() == Thread.State.WAITING);
  }

  @Test
  void nothingIsDoneToOneThatIsNoneAnyMore() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      SetCommands commands = test.commands();
      commands.dissolve(NOTHING);
      test.mount(TestSets.spec("DSA2", MountSpec.Policy.USUAL, "a", "b"));
      test.awaitSteady();
      MemberLabel label = test.label("a");
      assertFault(Fault.NOT_FOUND, () -> commands.dissolve(NOTHING), "was dissolved");
      assertFault(
          Fault.NOT_FOUND, () -> commands.set(SetRecord.Settings.USUAL, NOTHING), "was dissolved");
      assertThat(test.label("a")).isEqualTo(label);
    }
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.sets.all()).extracting(VirtualUnit::name).containsExactly("DSA2");
    }
  }
}
