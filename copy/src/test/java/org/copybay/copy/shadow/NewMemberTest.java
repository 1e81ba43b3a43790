package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume that comes to a mounted set: label and row say what it is before it gets a write. */
class NewMemberTest {
  private static final Catalogue.Change REFUSED =
      connection -> {
        throw new SQLException("the row is refused");
      };

  @TempDir private Path path;

  private TestSets make() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.write(0, random(1, (int) TestSets.SIZE));
    test.sets.setMaxCopy(0);
    return test;
  }

  @Test
  void labelAndRowSayThatItIsATargetBeforeItGetsAWrite() throws Exception {
    try (TestSets test = make()) {
      test.volume("c");
      List<String> seen = new ArrayList<>();
      test.mount(
          TestSets.spec(Policy.USUAL, "c"),
          connection -> {
            seen.add("label " + roleInLabel(test));
            SetTable.all(connection).get(0).of(MemberRole.TARGET).forEach(row -> seen.add("row"));
            seen.add("gets writes " + getsWrites(test));
          });
      assertThat(seen).containsExactly("label TARGET", "row", "gets writes false");
      assertThat(getsWrites(test)).isTrue();
    }
  }

  private static MemberRole roleInLabel(TestSets test) {
    try {
      return test.label("c").role();
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean getsWrites(TestSets test) {
    ShadowSet.Mounted now = test.sets.all().get(0).set().mountedOrNull();
    return now != null && !now.device().members().targets().isEmpty();
  }

  @Test
  void aVolumeWhoseLabelCannotBeWrittenIsWhatItWas() throws Exception {
    try (TestSets test = make()) {
      Volume c = test.volume("c");
      Path label = c.directory().resolve(MemberBytes.NEW_LABEL);
      Files.createSymbolicLink(label, path.resolve("nowhere").resolve("label"));
      assertFault(Fault.NOT_FOUND, () -> test.mount("c"), "shadow.new: No such file");
      assertIsNothing(test, c);
      Files.delete(label);
      assertComesWhole(test, "c", "with a copy operation");
    }
  }

  @Test
  void aVolumeWhoseRowCannotBeWrittenIsWhatItWas() throws Exception {
    try (TestSets test = make()) {
      Volume c = test.volume("c");
      assertFault(
          Fault.STORE_FAILED,
          () -> test.mount(TestSets.spec(Policy.USUAL, "c"), REFUSED),
          "the row is refused");
      assertIsNothing(test, c);
      assertComesWhole(test, "c", "with a copy operation");
    }
  }

  private static void assertIsNothing(TestSets test, Volume volume) throws Exception {
    assertThat(getsWrites(test)).isFalse();
    assertThat(test.unit().set().record().find(volume.id())).isNull();
    assertThat(test.unit().set().mounted().bitmaps().copy(volume.id())).isNull();
    assertThat(volume.relation()).isNull();
    test.write(0, random(2, 1000));
    volume.open(WRITER, false).close();
  }

  private static void assertComesWhole(TestSets test, String name, String how) throws Exception {
    test.sets.setMaxCopy(4);
    assertThat(test.mount(name).said().toString()).contains(how);
    test.awaitSteady();
    assertThat(test.names(MemberRole.FULL)).contains(name);
    assertThat(test.read(name)).isEqualTo(test.read("a"));
  }

  @Test
  void aFormerMemberWhoseRowCannotBeWrittenKeepsItsBitmap() throws Exception {
    try (TestSets test = make()) {
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(2, 1000));
      Volume b = test.bay.find("b");
      assertFault(
          Fault.STORE_FAILED,
          () -> test.mount(TestSets.spec(Policy.USUAL, "b"), REFUSED),
          "the row is refused");
      assertThat(getsWrites(test)).isFalse();
      assertThat(b.relation()).isEqualTo(new Relation("DSA1", Relation.Role.FORMER));
      test.write(1_000_000, random(3, 1000)); // which its bitmap sees
      assertComesWhole(test, "b", "with a minicopy operation");
    }
  }

  @Test
  void aFormerMemberWithoutABitmapGetsNoneByAMountThatFails() throws Exception {
    try (TestSets test = make()) {
      test.split(Split.Policy.NONE, "b");
      assertFault(
          Fault.STORE_FAILED,
          () -> test.mount(TestSets.spec(Policy.USUAL, "b"), REFUSED),
          "the row is refused");
      assertThat(test.unit().set().mounted().bitmaps().copy(test.bay.find("b").id())).isNull();
      assertComesWhole(test, "b", "with a copy operation");
    }
  }

  @Test
  void aTargetWhoseLabelCannotSayThatItIsFullIsNoMember() throws Exception {
    try (TestSets test = make()) {
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(2, 1000));
      test.mount("b");
      try (BlockedLabel blocked = new BlockedLabel(test.bay.find("b"))) {
        test.beginJobs();
        test.awaitSteady();
        assertThat(test.lastJob().state()).isEqualTo(JobState.FAILED);
        assertThat(test.names(MemberRole.FULL)).containsExactly("a");
        assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
        test.write(1_000_000, random(3, 1000));
        assertThat(test.read("b")).isNotEqualTo(test.read("a")).isNotEqualTo(test.read());
      }
      assertComesWhole(test, "b", "with a copy operation");
    }
  }
}
