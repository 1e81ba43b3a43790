package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check finds in shadow sets, and what a rebuild of the catalogue brings back of them. */
class SetCheckTest {
  @TempDir private Path path;

  private Findings check() {
    Findings findings = BayCheck.run(path, new CheckOptions(RecoverMode.PROCESS, false));
    SetCheck.run(path, RecoverMode.PROCESS, findings);
    return findings;
  }

  private void assertSound() {
    assertThat(check().all()).extracting(Finding::line).isEmpty();
  }

  @Test
  void whatEveryEndLeavesIsInOrder() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b", "c");
    test.write(0, random(1, 100_000));
    test.split(Split.Policy.MINICOPY, "c");
    Files.createFile(test.bay.find("a").directory().resolve(MemberBytes.NEW_LABEL)); // half made
    test.close();
    assertSound();
    test = TestSets.open(path);
    test.write(0, random(2, 100_000));
    test.die();
    assertSound();
    test = TestSets.open(path);
    test.awaitSteady();
    test.commands().dismount(Split.Policy.NONE, NOTHING);
    test.close();
    assertSound();
    test = TestSets.open(path);
    test.commands().dissolve(NOTHING);
    test.close();
    assertSound();
    try (var left = Files.list(path.resolve("shadow"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void damageIsNamed() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    Path label = test.bay.find("b").directory().resolve(MemberBytes.LABEL);
    Path bitmaps = test.bay.shadowDirectory(test.unit().set().record().id());
    test.close();
    byte[] whole = Files.readAllBytes(label);
    flip(label, 50);
    assertThat(check().all())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Finding.Severity.NOTE);
              assertThat(finding.line()).contains("wanted two copies that check, got one");
            });
    flip(label, MemberLabel.COPY_BYTES + 50);
    assertThat(check().damages()).isEqualTo(1);
    Files.write(label, whole);
    assertSound();
    Files.move(bitmaps.resolve("merge"), bitmaps.resolve("away"));
    assertThat(check().all().get(0).line()).contains("merge: wanted the file, got no file");
    Files.move(bitmaps.resolve("away"), bitmaps.resolve("merge"));
    assertSound();
  }

  @Test
  void aMemberOfAnotherFutureIsNamed() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.split(Split.Policy.MINICOPY, "b");
    Path directory = test.bay.find("b").directory();
    MemberLabel label = test.label("b");
    test.close();
    SetRecord.Lineage alone = TestSets.otherFuture(label);
    LabelStore.write(directory, TestSets.changed(label, alone, MemberRole.FULL));
    assertThat(check().all())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Finding.Severity.DAMAGE);
              assertThat(finding.line())
                  .contains("DSA1: " + label.member())
                  .contains("wanted the past of the others, got another one");
            });
  }

  private static void flip(Path file, int at) throws Exception {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.position(at).write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }
  }

  @Test
  void aRebuildBringsSetsBackFromTheLabelsOfTheirMembers() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b", "c");
    before.write(0, random(1, 100_000));
    before.split(Split.Policy.MINICOPY, "c");
    before.write(0, random(2, 100_000));
    byte[] all = before.read();
    before.close();
    Files.delete(path.resolve("catalogue.db"));
    assertThat(RebuiltSets.tell(path)).isEmpty();
    assertThat(Rebuild.run(path, Clock.systemUTC()).whole()).isTrue();
    assertThat(RebuiltSets.tell(path))
        .hasSize(1)
        .first()
        .asString()
        .contains("set DSA1 comes back");
    try (TestSets test = TestSets.open(path)) {
      assertThat(RebuiltSets.tell(path)).isEmpty();
      assertThat(test.unit().set().isMounted()).isFalse();
      test.mount();
      assertThat(test.names(MemberRole.FULL)).containsExactlyInAnyOrder("a", "b");
      assertThat(test.read()).isEqualTo(all);
      assertThat(test.mount("c").said().toString()).contains("with a copy operation");
      test.awaitSteady();
      assertThat(test.read("c")).isEqualTo(all);
    }
    assertSound();
  }
}
