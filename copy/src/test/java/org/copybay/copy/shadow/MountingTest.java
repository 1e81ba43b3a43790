package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.copybay.copy.TestJobs;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mount goes by what it sees when it is carried out; its job has the name that was asked for. */
class MountingTest {
  @TempDir private Path path;

  private static Mounting prepared(TestSets test, String... members) throws Exception {
    Mounting mounting = new Mounting(test.sets, TestSets.spec(Policy.USUAL, members));
    mounting.prepare();
    return mounting;
  }

  @Test
  void aMemberThatBecameStaleSinceTheLookIsCopiedTo() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      Mounting mounting = prepared(test, "b", "a");
      assertThat(mounting.copies()).isEmpty();
      test.mount("a");
      test.write(0, random(1, 100_000));
      byte[] now = test.read();
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      mounting.run(NOTHING);
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(now);
    }
  }

  @Test
  void aMountLooksOnceMoreUnderTheLockOfTheSet() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      Mounting mounting = prepared(test, "b");
      FutureTask<Mounting.Result> mount = new FutureTask<>(() -> mounting.run(NOTHING));
      Thread thread = new Thread(mount);
      try (RankedLock.Held held = test.unit().set().enter()) {
        thread.start();
        TestJobs.await("it waits", () -> thread.getState() == Thread.State.WAITING);
        TestSets.overwrite(test.bay.find("b"));
      }
      assertThat(mount.get().said().toString()).contains("somebody wrote to its home");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  private static List<String> targetsOf(TestSets test, String job) throws Exception {
    return test.jobs.all().stream()
        .filter(each -> each.id().equals(job))
        .map(each -> each.row().target())
        .toList();
  }

  @Test
  void theFirstOfSeveralCopiesHasTheName() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      for (String each : List.of("a", "b", "c", "d", "e")) {
        test.volume(each);
      }
      Mounting.Result made = test.mount(TestSets.named("new", "a", "b", "c"));
      assertThat(made.job()).isEqualTo("new");
      assertThat(targetsOf(test, "new")).containsExactly("b");
      Mounting.Result added = test.mount(TestSets.named("more", "d", "e"));
      assertThat(added.job()).isEqualTo("more");
      assertThat(targetsOf(test, "more")).containsExactly("d");
      assertThat(test.jobs.all()).hasSize(4);
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c", "d", "e");
    }
  }

  @Test
  void theSameMountAgainChangesNothing() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.volume("a");
      test.volume("b");
      test.sets.setMaxCopy(0);
      MountSpec spec = TestSets.named("new", "a", "b");
      test.mount(spec);
      SetRecord record = test.unit().set().record();
      assertFault(Fault.ALREADY, () -> test.mount(spec), "members of DSA1 already");
      test.beginJobs();
      test.awaitSteady();
      assertFault(Fault.ALREADY, () -> test.mount(spec), "members of DSA1 already");
      assertThat(test.jobs.all()).hasSize(1);
      assertThat(test.unit().set().record().id()).isEqualTo(record.id());
    }
  }
}
