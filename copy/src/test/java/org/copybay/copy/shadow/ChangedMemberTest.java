package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.READER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that are not what their set left: none of them is taken for equal to the others. */
class ChangedMemberTest {
  @TempDir private Path path;

  @Test
  void aMemberThatWasPutBackFromAnEarlierTimeIsCopiedTo() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.write(0, random(1, 100_000));
    Path directory = before.bay.find("b").directory();
    before.close();
    Saved saved = Saved.of(directory);
    byte[] now;
    try (TestSets later = TestSets.open(path)) {
      later.write(0, random(2, 100_000));
      now = later.read();
    }
    saved.putBack();

    try (TestSets test = TestSets.open(path)) {
      assertMissed(test, "b", "it was put back from an earlier time");
      assertThat(test.read()).isEqualTo(now);
      assertThat(test.mount("b").said().toString()).contains("with a copy operation");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(now);
    }
  }

  @Test
  void aMemberThatWasPutBackAfterItLeftIsCopiedWhole() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.write(0, random(1, 100_000));
    Path directory = before.bay.find("b").directory();
    before.close();
    Saved saved = Saved.of(directory);
    try (TestSets later = TestSets.open(path)) {
      later.write(0, random(2, 100_000));
      later.commands().expel(later.bay.find("b")); // its label stays, and there is a bitmap
      assertThat(later.unit().set().mounted().bitmaps().copy(later.bay.find("b").id())).isNotNull();
      later.write(1 << 20, random(3, 100_000));
    }
    saved.putBack();

    try (TestSets test = TestSets.open(path)) {
      assertThat(test.mount("b").said().toString()).contains("with a copy operation");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read());
    }
  }

  @Test
  void aMountThatDiedBeforeAnybodyCouldWriteMakesNoMemberAnEarlierOne() throws Exception {
    TestSets before = TestSets.create(path);
    ShadowSet set = before.set("a", "b").set();
    Volume a = before.bay.find("a");
    long mounts = set.labels().mounts();
    before.close();
    MemberLabel label = LabelStore.read(a.directory());
    assertThat(label).isNotNull();
    LabelStore.write( // the first of the next mount, and none follows
        a.directory(),
        TestSets.changed(
            label,
            SetRecord.Lineage.of(label),
            label.role(),
            mounts + 1,
            MemberLabel.Use.BEGINNING));

    try (TestSets test = TestSets.open(path)) {
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
    }
  }

  @Test
  void aHomeThatSomebodyWroteToIsNoSource() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.write(0, random(1, 100_000));
    byte[] now = before.read();
    Path directory = before.bay.find("a").directory(); // the first one, which would be read
    before.close();
    overwrite(home(directory), random(3, 1000));

    try (TestSets test = TestSets.open(path)) {
      assertMissed(test, "a", "somebody wrote to its home");
      assertThat(test.read()).isEqualTo(now);
      test.mount("a");
      test.awaitSteady();
      assertThat(test.read("a")).isEqualTo(now);
    }
  }

  @Test
  void oneThatHasWhatOnlyItHoldsIsOverwrittenOnlyWhereItIsNamed() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    Path directory = before.bay.find("a").directory();
    before.commands().dismount(Split.Policy.NONE, NOTHING);
    before.close();
    overwrite(home(directory), random(3, 1000));

    try (TestSets test = TestSets.open(path)) {
      assertFault(
          Fault.NOT_FOUND,
          () -> test.mount(TestSets.asking(TestSets.Ask.REQUIRE_MEMBERS)),
          "not all members are there: a");
      assertThat(test.mount().said().toString())
          .contains("MEDOFL, a: somebody wrote to its home; to copy all of it: mount set=DSA1");
      assertMissed(test, "a", "somebody wrote to its home");
      assertThat(test.read("a")).startsWith(random(3, 1000));
      test.mount("a");
      test.awaitSteady();
      assertThat(test.read("a")).isEqualTo(test.read("b"));
    }
  }

  @Test
  void whereAllAreChangedAllIsMerged() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    Path a = before.bay.find("a").directory();
    Path b = before.bay.find("b").directory();
    before.close();
    overwrite(home(a), random(3, 1000));
    overwrite(home(b), random(4, 1000));

    try (TestSets test = TestSets.open(path)) {
      test.awaitSteady();
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(test.lastJob().progress().bytesCopied()).isEqualTo(TestSets.SIZE);
      assertThat(test.read("a")).isEqualTo(test.read("b")).isEqualTo(test.read());
    }
  }

  @Test
  void whereAllAreChangedNoBitmapSaysWhatAFormerMemberLacks() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.split(Split.Policy.MINICOPY, "b");
    Path a = before.bay.find("a").directory();
    before.close();
    overwrite(home(a), random(3, 1000));

    try (TestSets test = TestSets.open(path)) {
      test.mount("b");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.read("b")).isEqualTo(test.read("a")).startsWith(random(3, 1000));
    }
  }

  @Test
  void whereAllAreChangedABitmapThatBeginsNamesAll() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.write(0, random(1, 100_000));
    Path a = before.bay.find("a").directory();
    before.commands().dismount(Split.Policy.NONE, NOTHING);
    before.close();
    overwrite(home(a), random(3, 1000));

    try (TestSets test = TestSets.open(path)) {
      test.mount(MountSpec.Policy.OPTIONAL, "a");
      test.mount("b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).startsWith(random(3, 1000));
    }
  }

  @Test
  void aMemberToWhichACopyDidNotEndIsNotReadUntilItIsReleased() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 1 << 20));
      Volume b = test.bay.find("b");
      b.open(READER, false).close(); // it holds what the set held at the split
      test.commands().set(new SetRecord.Settings(5000, 120, 1), NOTHING);
      test.jobs.find(test.mount("b").job()).cancel();
      test.awaitSteady();
      String wanted = "to which a copy did not end";
      assertFault(Fault.BUSY, () -> b.open(READER, false), wanted);
      assertFault(Fault.BUSY, () -> test.bay.points().freeze(List.of(b), "p", NOTHING), wanted);
    }
    try (TestSets test = TestSets.open(path)) {
      Volume b = test.bay.find("b");
      assertFault(Fault.BUSY, () -> b.open(READER, false), "to which a copy did not end");
      test.commands().release(b, NOTHING);
      b.open(TestJobs.WRITER, false).close();
    }
  }

  /** The directory of a member as cp -a would save it and put it back. */
  private record Saved(Path directory, ByteBuffer label, ByteBuffer home, FileTime time) {
    static Saved of(Path directory) throws Exception {
      return new Saved(
          directory,
          ByteBuffer.wrap(Files.readAllBytes(directory.resolve(MemberBytes.LABEL))),
          ByteBuffer.wrap(Files.readAllBytes(ChangedMemberTest.home(directory))),
          Files.getLastModifiedTime(ChangedMemberTest.home(directory)));
    }

    void putBack() throws Exception {
      Path file = ChangedMemberTest.home(directory);
      overwrite(file, home);
      Files.setLastModifiedTime(file, time);
      overwrite(directory.resolve(MemberBytes.LABEL), label);
    }
  }

  private static void assertMissed(TestSets test, String name, String why) throws Exception {
    assertThat(test.names(MemberRole.FORMER)).containsExactly(name);
    MemberRecord record = test.unit().set().record().of(MemberRole.FORMER).get(0);
    assertThat(record.missed()).isTrue();
    assertThat(record.why()).contains(why);
    assertThat(record.bitmap()).isFalse(); // it would not know what is strange
  }

  private static Path home(Path directory) {
    return directory.resolve("home");
  }

  private static void overwrite(Path file, byte[] bytes) throws Exception {
    overwrite(file, ByteBuffer.wrap(bytes));
  }

  private static void overwrite(Path file, ByteBuffer bytes) throws Exception {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(bytes.duplicate(), 0);
    }
  }
}
