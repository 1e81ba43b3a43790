package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Write bitmaps of a set that cannot be written: nothing that they do not know is relied on. */
class BrokenBitmapsTest {
  @TempDir private Path path;

  @Test
  void theUnitTakesNoWritesAndTheNextMountMergesAll() throws Exception {
    byte[] all = random(1, (int) TestSets.SIZE);
    TestSets died = TestSets.create(path);
    ShadowSet set = died.set("a", "b").set();
    died.write(0, all);
    SetBitmaps usual = set.mounted().bitmaps();
    AtomicBoolean failing = new AtomicBoolean();
    SetBitmaps broken = // of the same set, in the place of the usual ones
        NewBitmaps.create(
            died.bay.shadowDirectory(set.record().id()),
            "the test",
            TestSets.SIZE,
            set.gate(),
            () -> {
              if (failing.get()) {
                throw new StorageException(Fault.STORE_FAILED, "the disk of the bay is gone");
              }
            });
    Members members = set.device().members();
    set.setMounted(
        new ShadowSet.Mounted(broken, new UnitDevice(broken, set.gate(), set.failures(), members)));
    died.write(0, random(2, 100));
    failing.set(true);
    assertFault(Fault.STORE_FAILED, broken::advance, "the disk of the bay is gone");

    assertFault(
        Fault.STORE_FAILED,
        () -> died.write(0, random(3, 100)),
        "the write bitmaps of the virtual unit cannot be written: the disk of the bay is gone");
    assertThat(died.read()).startsWith(random(2, 100)).isEqualTo(died.read("a"));
    Path about = died.bay.shadowDirectory(set.record().id()).resolve(SetBitmaps.ABOUT);
    TestJobs.await("they are given up", () -> !Files.exists(about));
    failing.set(false);
    died.close(); // which is no clean end
    usual.close();
    try (TestSets test = TestSets.open(path)) {
      test.awaitSteady();
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(test.lastJob().progress().bytesCopied()).isEqualTo(TestSets.SIZE);
      test.write(0, random(3, 100));
    }
  }

  @Test
  void bitmapsThatWereGivenUpAreLostForTheNextMount() throws Exception {
    TestSets died = TestSets.create(path);
    died.set("a", "b", "c");
    died.split(Split.Policy.MINICOPY, "c");
    SetBitmaps bitmaps = died.unit().set().mounted().bitmaps();
    assertThat(bitmaps.giveUp()).isTrue();
    assertThat(bitmaps.giveUp()).isFalse();
    died.die();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(test.lastJob().progress().bytesCopied()).isEqualTo(TestSets.SIZE);
      test.mount("c");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
    }
  }

  @Test
  void aTargetWhoseBitmapCannotSayWhatItLacksIsGivenUpAndCopiedWhole() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      test.split(Split.Policy.MINICOPY, "c");
      test.sets.setMaxCopy(0);
      test.mount("c");
      Members.Target target = test.unit().set().device().members().targets().get(0);
      target.missing().close(); // every write of it fails
      try (HookedDisk b = test.disk("b")) {
        b.fail(Request.WRITE, Fault.STORE_FAILED);
        CompletableFuture<Void> write = TestSets.begin(() -> test.write(0, random(2, 100)));
        TestJobs.await("c is given up", () -> target.member().dead() != null);
        b.well();
        write.join();
      }
      test.sets.setMaxCopy(4);
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.lastJob().state()).isNotEqualTo(JobState.DONE);
      test.mount("c");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.read("c")).isEqualTo(test.read("a"));
    }
  }
}
