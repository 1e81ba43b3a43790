package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that fails is given time, then the set goes on without it, and it comes back. */
class ExpelTest {
  private static final SetRecord.Settings IMPATIENT = new SetRecord.Settings(5000, 1, 0);

  @TempDir private Path path;
  @TempDir private Path disk;

  @BeforeAll
  static void lookOften() {
    System.setProperty("copybay.shadow.look", "50");
  }

  private TestSets make() throws Exception {
    TestSets test = TestSets.create(path);
    test.volume("a");
    test.volume("b", TestSets.SIZE, disk);
    test.set("a", "b");
    test.write(0, random(1, (int) TestSets.SIZE));
    test.commands().set(IMPATIENT, NOTHING);
    return test;
  }

  private void awaitExpelled(TestSets test) {
    TestJobs.await("b is expelled", () -> test.names(MemberRole.FORMER).contains("b"));
  }

  @Test
  void aMemberWhosePathVanishedComesBackByMinicopy() throws Exception {
    try (TestSets test = make()) {
      Path directory = test.bay.find("b").directory();
      Path away = disk.resolve("away");
      Files.move(directory, away);
      awaitExpelled(test);
      test.write(100_000, random(2, 50_000));
      assertThat(test.bay.find("b").damaged()).isTrue();
      Files.move(away, directory);
      test.bay.reopen(test.bay.find("b"));
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aPathThatIsBackInTimeChangesNothing() throws Exception {
    try (TestSets test = make()) {
      test.commands().set(new SetRecord.Settings(5000, 60, 0), NOTHING);
      Path directory = test.bay.find("b").directory();
      Path away = disk.resolve("away");
      Member b = test.unit().set().mounted().device().members().full().get(1);
      Files.move(directory, away);
      TestJobs.await("it is seen", b::failing);
      test.write(100_000, random(2, 50_000));
      Files.move(away, directory);
      TestJobs.await("it is well", () -> !b.failing());
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aReplacedHomeIsCopiedWhole() throws Exception {
    try (TestSets test = make()) {
      Path home = test.bay.find("b").home();
      Path copy = disk.resolve("copy");
      Files.copy(home, copy);
      Files.delete(home);
      Files.move(copy, home);
      awaitExpelled(test);
      test.bay.reopen(test.bay.find("b"));
      assertThat(test.mount("b").said().toString()).contains("another file lies in the place");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void readsOfADamagedMemberAreServedFromAnother() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      byte[] all = random(1, (int) TestSets.SIZE);
      test.write(0, all);
      test.commands().set(IMPATIENT, NOTHING);
      TestSets.cut(test.bay.find("a"), 1000);
      assertThat(test.read()).isEqualTo(all);
      TestJobs.await("a is expelled", () -> test.names(MemberRole.FORMER).contains("a"));
      assertThat(test.read()).isEqualTo(all);
    }
  }

  @Test
  void aSourceThatFailsIsNoFaultOfTheMemberThatIsRepaired() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      byte[] all = random(1, (int) TestSets.SIZE);
      test.write(0, all);
      Member first = test.member("a");
      AtomicBoolean once = new AtomicBoolean(true);
      try (HookedDisk a = test.disk("a");
          HookedDisk b = test.disk("b")) {
        a.hook(
            request -> {
              if (request == Request.READ && once.getAndSet(false)) {
                throw new StorageException(Fault.STORE_FAILED, "a bad sector");
              }
            });
        b.fail(Request.READ, Fault.AGAIN);
        assertThat(test.read()).isEqualTo(all);
        TestJobs.await("it is repaired", () -> !first.failing());
        assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      }
    }
  }

  @Test
  void theLastMemberIsNeverExpelled() throws Exception {
    try (TestSets test = make()) {
      test.commands().expel(test.bay.find("b"));
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
      assertFault(
          Fault.FORBIDDEN, () -> test.commands().expel(test.bay.find("a")), "DISM-F-SRCMEM");
      test.write(0, random(9, 1000));
    }
  }

  @Test
  void aMemberThatIsNotThereAtTheMountOfTheBayComesBackByMinicopy() throws Exception {
    for (boolean clean : new boolean[] {true, false}) {
      Path bay = path.resolve("bay" + clean);
      Path place = Files.createDirectories(disk.resolve("place" + clean));
      TestSets before = TestSets.create(bay);
      before.volume("a");
      before.volume("b", TestSets.SIZE, place);
      before.set("a", "b");
      before.write(0, random(1, (int) TestSets.SIZE));
      if (clean) {
        before.close();
      } else {
        before.die();
      }
      Files.move(place, disk.resolve("away"));
      try (TestSets test = TestSets.open(bay, RecoverMode.PROCESS)) {
        test.awaitSteady();
        assertThat(test.names(MemberRole.FULL)).containsExactly("a");
        assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
        test.write(500_000, random(2, 50_000));
        Files.move(disk.resolve("away"), place);
        test.bay.reopen(test.bay.find("b"));
        test.mount(MountSpec.Policy.MINICOPY, "b");
        test.awaitSteady();
        assertThat(test.read("b")).isEqualTo(test.read("a"));
        if (clean) {
          assertThat(test.lastJob().progress().bytesCopied()).isLessThan(200_000);
        }
      }
    }
  }

  @Test
  void whoIsCurrentMustBeThere() throws Exception {
    TestSets before = make();
    before.split(Split.Policy.MINICOPY, "a");
    before.write(0, random(2, 1000)); // on b only
    before.close();
    Files.move(disk, path.resolveSibling("gone"));
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.unit().set().isMounted()).isFalse();
      assertThat(test.unit().set().trouble()).contains("is current");
      assertFault(Fault.STALE, () -> test.mount("a"), "of a, none is current");
    } finally {
      Files.move(path.resolveSibling("gone"), disk);
    }
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.names(MemberRole.FULL)).containsExactly("b");
      test.mount("a");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aSyncThatFailsExpelsBeforeTheFenceReturns() throws Exception {
    try (TestSets test = make()) {
      test.write(0, random(3, 10_000));
      TestSets.cut(test.bay.find("b"), 1000); // a fence finds it
      test.unit().flush();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
      assertThat(test.bay.find("b").failure()).isNotNull();
      StorageException refused =
          org.assertj.core.api.Assertions.catchThrowableOfType(
              StorageException.class, () -> test.mount("b"));
      assertThat(refused).isNotNull();
    }
  }

  @Test
  void whatAMemberMissedWhileItFailedIsInItsBitmap() throws Exception {
    try (TestSets test = make()) {
      SetBitmaps bitmaps = test.unit().set().mounted().bitmaps();
      bitmaps.prepare(900_000, 1000);
      bitmaps.aboutToChange(900_000, 1000);
      ByteBuffer bytes = ByteBuffer.allocateDirect(1000).put(random(4, 1000)).flip();
      test.bay.find("a").memberBytes().write(900_000, bytes); // the leg to b failed
      test.commands().expel(test.bay.find("b"));
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aWriteThatGoesWellEndsNoTroubleOfThePlace() throws Exception {
    try (TestSets test = make()) {
      test.commands().set(new SetRecord.Settings(5000, 60, 0), NOTHING);
      Member b = test.member("b");
      Files.move(b.volume().directory(), disk.resolve("away"));
      TestJobs.await("it is seen", () -> b.since(Member.Trouble.PLACE) != 0);
      long since = b.since(Member.Trouble.PLACE);
      test.write(100_000, random(2, 50_000)); // its home is open
      assertThat(b.since(Member.Trouble.PLACE)).isEqualTo(since);
    }
  }

  @Test
  void aMemberThatLeavesWhileAMergeIsPendingLacksWhatMayDiffer() throws Exception {
    try (TestSets test = make()) {
      test.commands().set(TestSets.NO_JOBS, NOTHING);
      SetUpkeep.rotate(test.unit().set());
      SetBitmaps bitmaps = test.unit().set().mounted().bitmaps();
      bitmaps.merge().setWhole(1_000_000, 1000);
      test.commands().expel(test.bay.find("b"));
      assertMayDifferOnly(bitmaps, test.bay.find("b"));
    }
  }

  @Test
  void aMemberThatIsLeftOutWhileAMergeIsPendingLacksWhatMayDiffer() throws Exception {
    try (TestSets test = make()) {
      test.commands().set(TestSets.NO_JOBS, NOTHING);
      test.unit().set().mounted().bitmaps().merge().setWhole(1_000_000, 1000);
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      test.mount(MountSpec.Policy.OPTIONAL, "a");
      assertMayDifferOnly(test.unit().set().mounted().bitmaps(), test.bay.find("b"));
    }
  }

  private static void assertMayDifferOnly(SetBitmaps bitmaps, Volume left) {
    WriteBitmap lacks = bitmaps.copy(left.id());
    assertThat(lacks).isNotNull();
    assertThat(lacks.touches(1_000_000, 1000)).isTrue();
    assertThat(lacks.regionsSet()).isEqualTo(bitmaps.merge().regionsSet());
  }
}
