package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.copy.TestJobs;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.copy.shadow.TestSets.Ask;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mount or a dismount demands is done, or nothing is. */
class PolicyTest {
  @TempDir private Path path;
  @TempDir private Path disk;

  /** A dismounted set of a and b, and no bitmap can be made of what b lacks. */
  private TestSets withoutRoomForABitmap() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.commands().dismount(Split.Policy.MINICOPY, NOTHING);
    Files.createDirectories(blocked(test).resolve("x")); // nothing can take its place
    return test;
  }

  private static Path blocked(TestSets test) throws Exception {
    Path directory = test.bay.shadowDirectory(test.unit().set().record().id());
    return directory.resolve(SetBitmaps.copyName(test.bay.find("b").id()));
  }

  @Test
  void strictMountsNothingWhereNoBitmapCanBeMade() throws Exception {
    try (TestSets test = withoutRoomForABitmap()) {
      MemberLabel before = test.label("a");
      assertThatThrownBy(() -> test.mount(Policy.MINICOPY, "a"))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(blocked(test).toString());
      assertThat(test.sets.mounted()).isEmpty();
      assertThat(test.label("a")).isEqualTo(before);
      assertFault(
          Fault.BUSY,
          () -> test.bay.find("a").open(TestJobs.WRITER, false),
          "a member of the dismounted shadow set");
    }
  }

  @Test
  void optionalMountsWithoutABitmapWhereNoneCanBeMade() throws Exception {
    try (TestSets test = withoutRoomForABitmap()) {
      test.mount(Policy.OPTIONAL, "a");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
      assertThat(test.unit().set().record().of(MemberRole.FORMER).get(0).bitmap()).isFalse();
      test.write(0, random(1, 1000));
      Files.delete(blocked(test).resolve("x"));
      Files.delete(blocked(test));
      assertThat(test.mount("b").said().toString()).contains("there is no write bitmap");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void twoFormerMembersComeBackInOneMountEachByItsOwnBitmap() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 4096));
      test.split(Split.Policy.MINICOPY, "c");
      test.write(1 << 20, random(2, 4096));
      assertThat(test.mount(Policy.MINICOPY, "b", "c").said().toString())
          .contains("_b: added to the shadow set with a minicopy operation")
          .contains("_c: added to the shadow set with a minicopy operation");
      test.awaitSteady();
      assertThat(resultOfCopy(test, "b")).isEqualTo("copied=8192");
      assertThat(resultOfCopy(test, "c")).isEqualTo("copied=4096");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read("c"));
    }
  }

  /** Of the last copy to that volume. */
  private static String resultOfCopy(TestSets test, String target) {
    return test.jobs.all().stream()
        .filter(job -> job.row().target().equals(target))
        .reduce((earlier, later) -> later)
        .orElseThrow()
        .row()
        .result();
  }

  @Test
  void aSetOfOneMemberIsNotDismountedForAMinicopy() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.NONE, "b");
      assertFault(
          Fault.FORBIDDEN,
          () -> test.commands().dismount(Split.Policy.MINICOPY, NOTHING),
          "no minicopy can follow");
      assertThat(test.unit().set().isMounted()).isTrue();
      test.write(0, random(1, 1000));
      test.commands().dismount(Split.Policy.OPTIONAL, NOTHING);
      assertThat(test.sets.mounted()).isEmpty();
    }
  }

  @Test
  void includeMountsAllThatTheSetHad() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      test.split(Split.Policy.MINICOPY, "c");
      test.write(0, random(1, 4096));
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      test.mount(TestSets.asking(Ask.INCLUDE, "a"));
      assertThat(test.names(MemberRole.FULL)).startsWith("a", "b"); // without a copy
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      assertThat(resultOfCopy(test, "c")).isEqualTo("copied=4096");
    }
  }

  @Test
  void membersThatAreRequiredMustBeThere() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.volume("a");
      test.volume("b", TestSets.SIZE, disk);
      test.set("a", "b");
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      Files.move(test.bay.find("b").directory(), disk.resolve("away"));
      assertFault(
          Fault.NOT_FOUND,
          () -> test.mount(TestSets.asking(Ask.REQUIRE_MEMBERS, "a", "b")),
          "not all members are there: b");
      assertThat(test.sets.mounted()).isEmpty();
      assertThat(test.mount("a", "b").said().toString()).contains("%SYSTEM-W-MEDOFL, b: ");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
    }
  }
}
