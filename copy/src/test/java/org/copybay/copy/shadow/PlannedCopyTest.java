package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a mount is said to copy is what it copies, of a set that is mounted and of one that is not.
 */
class PlannedCopyTest {
  @TempDir private Path path;

  /** What is done to a former member, or its set, behind the back of the set. */
  @FunctionalInterface
  private interface Deed {
    void to(TestSets test, Volume b) throws Exception;
  }

  private static void assertAsPlanned(Path path, boolean isMounted, Deed deed, String why)
      throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(100_000, random(1, 1000));
      if (!isMounted) {
        test.commands().dismount(Split.Policy.NONE, NOTHING);
      }
      deed.to(test, test.bay.find("b"));
      Mounting planned = new Mounting(test.sets, TestSets.spec(MountSpec.Policy.USUAL, "a", "b"));
      planned.prepare();
      Mounting.Copy copy = planned.copies().get(0);
      assertThat(copy.full()).contains(why);
      assertThat(copy.bytes()).isEqualTo(TestSets.SIZE);
      assertFault(
          Fault.NOT_FOUND, () -> test.mount(MountSpec.Policy.MINICOPY, "a", "b"), "cannot be done");
      Mounting.Result mounted = planned.run(NOTHING);
      assertThat(mounted.said().toString()).contains("with a copy operation");
      test.awaitSteady();
      assertThat(test.jobs.find(mounted.job()).row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aFormerMemberWhoseHomeWasWrittenToIsCopiedWhole() throws Exception {
    for (boolean mounted : new boolean[] {true, false}) {
      Path bay = path.resolve("mounted" + mounted);
      assertAsPlanned(
          bay, mounted, (test, b) -> TestSets.overwrite(b), "somebody wrote to its home");
    }
  }

  @Test
  void whereTheSourceWasWrittenToAllIsCopied() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      TestSets.overwrite(test.bay.find("a"));
      Mounting planned = new Mounting(test.sets, TestSets.spec(MountSpec.Policy.USUAL, "a", "b"));
      planned.prepare();
      assertThat(planned.copies().get(0).bytes()).isEqualTo(TestSets.SIZE);
      String job = planned.run(NOTHING).job();
      test.awaitSteady();
      assertThat(test.jobs.find(job).row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aFormerMemberWhoseBitmapIsGoneIsCopiedWhole() throws Exception {
    for (String file : new String[] {"rolling-0", "copy-"}) {
      assertAsPlanned(
          path.resolve(file),
          false,
          (test, b) -> {
            Path directory = test.bay.shadowDirectory(test.unit().set().record().id());
            Files.delete(directory.resolve(file.equals("copy-") ? file + b.id() : file));
          },
          "no write bitmap");
    }
  }

  @Test
  void aBitmapThatNobodyRecordedIsNone() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.NONE, "b");
      test.unit().set().mounted().bitmaps().createCopy(test.bay.find("b").id()); // it sees nothing
      test.write(100_000, random(1, 1000));
      assertThat(test.mount("b").said().toString()).contains("there is no write bitmap");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }
}
