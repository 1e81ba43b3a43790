package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the members of a set while it is not mounted, and what the next mount makes. */
class StoppedSetTest {
  @TempDir private Path path;
  @TempDir private Path disk;

  /** A dismounted set of a, with the former member b and the bitmap of what it lacks. */
  private TestSets make() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.split(Split.Policy.MINICOPY, "b");
    test.write(0, random(1, 100_000));
    test.commands().dismount(Split.Policy.NONE, NOTHING);
    assertThat(bitmapFiles(test)).isPositive();
    return test;
  }

  private static long bitmapFiles(TestSets test) throws Exception {
    String bitmap = SetBitmaps.copyName(test.bay.find("b").id());
    try (var files = Files.list(test.bay.shadowDirectory(test.unit().set().record().id()))) {
      return files.filter(file -> file.getFileName().toString().startsWith(bitmap)).count();
    }
  }

  private static void assertMissed(TestSets test, String why) throws Exception {
    MemberRecord b = test.unit().set().record().of(MemberRole.FORMER).get(0);
    assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
    assertThat(b.why()).contains(why);
    assertThat(b.missed()).isTrue();
  }

  @Test
  void aMemberThatIsNamedAndAwayIsMissedAndComesBackByMinicopy() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.volume("a");
      test.volume("b", TestSets.SIZE, disk);
      test.set("a", "b");
      test.write(0, random(1, (int) TestSets.SIZE));
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      Path directory = test.bay.find("b").directory();
      Path away = disk.resolve("away");
      Files.move(directory, away);
      test.mount("a", "b");
      assertMissed(test, "missing: ");
      test.write(100_000, random(2, 1000));
      Files.move(away, directory);
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void whatWasWrittenToAReleasedMemberIsLostThoughItIsNamedFirst() throws Exception {
    try (TestSets test = make()) {
      byte[] now = test.read("a");
      Volume b = test.bay.find("b");
      test.commands().release(b, NOTHING);
      assertThat(bitmapFiles(test)).isZero();
      TestJobs.write(b, 1 << 20, random(5, 1000));
      assertThat(test.mount("b", "a").said().toString())
          .contains("SHDWMEMSUCC, _a")
          .contains("_b: added to the shadow set with a copy operation");
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactlyInAnyOrder("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(now);
    }
  }

  @Test
  void aMemberWhoseBitmapIsDeletedComesBackByAFullCopy() throws Exception {
    try (TestSets test = make()) {
      test.commands().deleteBitmap(test.bay.find("b"), NOTHING);
      assertThat(bitmapFiles(test)).isZero();
      assertThat(test.mount("a", "b").said().toString()).contains("its write bitmap was deleted");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aMemberWhoseLabelIsDamagedIsMissedAndCopiedWhole() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.write(0, random(1, 100_000));
    byte[] now = before.read();
    Path label = before.bay.find("b").directory().resolve(MemberBytes.LABEL);
    before.close();
    byte[] bytes = Files.readAllBytes(label);
    int serial = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("serial=") + 7;
    bytes[serial] ^= 1; // another digit
    bytes[MemberLabel.COPY_BYTES + serial] ^= 1;
    Files.write(label, bytes);
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
      assertMissed(test, "it has no label of this set");
      assertThat(test.read()).isEqualTo(now);
      assertThat(test.mount("b").said().toString()).contains("with a copy operation");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(now);
    }
  }
}
