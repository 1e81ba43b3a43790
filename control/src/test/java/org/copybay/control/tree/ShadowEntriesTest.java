package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.copybay.control.OpenBay;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What .control tells of shadow sets. */
class ShadowEntriesTest extends ControlTreeFixture {
  @BeforeEach
  void makeSet() throws Exception {
    open.volume("data1", 1 << 20);
    open.volume("data2", 1 << 20);
    write("ctl", "mount set=DSA42 members=data1,data2 label=PAYROLL");
    awaitSteady();
  }

  private void awaitSteady() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> open.jobs().all().stream().allMatch(job -> job.state().ended()));
  }

  @Test
  void aSetHasTheseFiles() throws Exception {
    write("ctl", "split members=data2");

    assertThat(names("shadow")).containsExactly("DSA42");
    assertThat(names("shadow/DSA42"))
        .containsExactly("ctl", "status", "status.json", "members", "bitmaps");
    assertThat(names("shadow/DSA42/members")).containsExactly("data1", "data2");
    assertThat(names("shadow/DSA42/members/data2"))
        .containsExactly("status", "status.json", "state", "copied", "role");
    assertThat(names("shadow/DSA42/bitmaps")).containsExactly("data2", "rolling", "merge");
    assertThat(names("shadow/DSA42/bitmaps/data2")).containsExactly("status", "status.json");
    assertThat(read("shadow/DSA42/ctl")).contains("\nmount [members=", "\nthaw\n");
    for (ControlFile file : files((ControlDirectory) node("shadow"))) {
      String text = read(file);
      assertThat(file.size(OpenBay.OWNER))
          .as(file.path())
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
      assertThat(text).as(file.path()).endsWith("\n").doesNotEndWith("\n\n");
    }
  }

  @Test
  void theStatusTellsOfTheSetAndItsMembers() throws Exception {
    assertThat(read("shadow/DSA42/status"))
        .contains(
            "name: DSA42\nstate: steady\nlabel: PAYROLL\nsize: 1048576\n",
            "\nmembers: 2\nfull: data1,data2\ntargets: -\nformer: -\nlost_members: -\n",
            "\nowner: 1000:1000\nmode: 0600\n",
            "\nmerge_regions: 0\n",
            "\npriority: 5000\nmember_timeout: 120\nrate: 0\n",
            "\ntrouble: -\n");
    assertThat(read("shadow/DSA42/members/data1/state")).isEqualTo("steady\n");
    assertThat(read("shadow/DSA42/members/data1/copied")).isEqualTo("100\n");
    assertThat(read("shadow/DSA42/members/data1/role")).isEqualTo("full\n");

    write("shadow/DSA42/ctl", "dismount data2 policy=minicopy");
    try (OpenFile file = open.sets().find("DSA42").open(new Opener(1, true), false)) {
      file.write(0, ByteBuffer.allocateDirect(4096));
      assertThat(read("shadow/DSA42/status")).contains("open_count: 1\nwriter_count: 1\n");
    }

    Map<String, Object> member = JSON.std.mapFrom(read("shadow/DSA42/members/data2/status.json"));
    assertThat(member)
        .containsEntry("role", "former")
        .containsEntry("state", "removed")
        .containsEntry("why", "removed by command")
        .containsEntry("left_bytes", 4096)
        .containsEntry("copied", 99)
        .containsEntry("bitmap", true);
    Map<String, Object> bitmap = JSON.std.mapFrom(read("shadow/DSA42/bitmaps/data2/status.json"));
    assertThat(bitmap)
        .containsEntry("type", "minicopy")
        .containsEntry("grain", "127")
        .containsEntry("regions", 17)
        .containsEntry("regions_set", 1)
        .containsEntry("percent_populated", 6)
        .containsEntry("changed_bytes", 4096)
        .containsEntry("active", true)
        .containsEntry("delete_pending", false);
    assertThat(JSON.std.mapFrom(read("shadow/DSA42/bitmaps/rolling/status.json")))
        .containsEntry("type", "minimerge")
        .containsEntry("regions_set", 1);
  }

  @Test
  void aVolumeSaysWhichSetItBelongsTo() throws Exception {
    assertThat(read("volumes/data1/status")).contains("\nshadow: DSA42 (member)\n");
    assertThat(read("volumes/data1/relations"))
        .contains("\nshadow DSA42 \"a member of shadow set DSA42\"\n");
    write("ctl", "split members=data2");
    assertThat(read("volumes/data2/status")).contains("\nshadow: DSA42 (former)\n");
    write("ctl", "release member=data2");
    assertThat(read("volumes/data2/status")).contains("\nshadow: -\n");
    assertThat(read("status")).contains("\nshadow_sets: 1\nshadow_sets_mounted: 1\n");
  }

  @Test
  void aDismountedSetTellsWhatItKnows() throws Exception {
    write("ctl", "split members=data2");
    write("ctl", "dismount set=DSA42");

    assertThat(read("shadow/DSA42/status"))
        .contains("\nstate: dismounted\n", "\nmerge_regions: -\n", "\nformer: data2\n");
    assertThat(read("shadow/DSA42/members/data2/copied")).isEqualTo("-\n");
    assertThat(read("shadow/DSA42/bitmaps/data2/status"))
        .contains("\nregions_set: -\n", "\nactive: no\n");
    assertThat(read("volumes/data1/status")).contains("\nshadow: DSA42 (idle)\n");
    assertThat(read("health")).isEqualTo("ok\n");
    ControlFile status = (ControlFile) node("shadow/DSA42/status");
    write("ctl", "dissolve set=DSA42");
    assertThat(fault(() -> status.open(OpenBay.OWNER, OpenMode.READ))).isEqualTo(Fault.NOT_FOUND);
    assertThat(names("shadow")).isEmpty();
  }

  @Test
  void aLostMemberMakesTheBayDegraded() throws Exception {
    assertThat(read("health")).isEqualTo("ok\n");
    write("ctl", "shadow set=DSA42 member_timeout=1");
    Path directory = open.bay().find("data2").directory();
    Path away = directory.resolveSibling("away");
    Files.move(directory, away);

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> read("shadow/DSA42/members/data2/state").equals("lost\n"));
    assertThat(read("health"))
        .startsWith("degraded: ")
        .contains("shadow set DSA42 lost member data2: expelled: ");
    assertThat(read("shadow/DSA42/status")).contains("\nlost_members: data2: expelled: ");
    Files.move(away, directory);
    write("ctl", "mount set=DSA42 members=data2");
    awaitSteady();
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void aMemberThatWasGivenUpByForceIsNotMissed() throws Exception {
    write("ctl", "dismount members=data2 force=yes");

    assertThat(read("health")).isEqualTo("ok\n");
    assertThat(read("shadow/DSA42/status")).contains("\nlost_members: -\n");
    assertThat(read("shadow/DSA42/members/data2/state")).isEqualTo("removed\n");
  }

  @Test
  void theFiguresAreInTheMetrics() throws Exception {
    write("ctl", "split members=data2");

    assertThat(read("metrics"))
        .contains(
            "copybay_shadow_members{role=\"full\",set=\"DSA42\"} 1.0\n",
            "copybay_shadow_members{role=\"former\",set=\"DSA42\"} 1.0\n",
            "copybay_shadow_members{role=\"target\",set=\"DSA42\"} 0.0\n",
            "copybay_shadow_merge_bytes{set=\"DSA42\"} 0.0\n",
            "copybay_shadow_copy_left_bytes{set=\"DSA42\"} 0.0\n");
  }

  @Test
  void mkdirIsRefusedWithTheCommandThatMakesASet() throws Exception {
    assertThat(tree.refuse(OpenBay.OWNER, Gesture.MKDIR, "shadow/DSA7"))
        .hasMessageContaining("a shadow set needs members");
    assertThat(read("last_error")).contains("mount set=DSA7 members=");
  }

  @Test
  void theDocumentNamesEveryFileAndKey() throws Exception {
    write("ctl", "split members=data2");
    List<String> words = new ArrayList<>();
    for (String directory :
        List.of("shadow/DSA42", "shadow/DSA42/members/data2", "shadow/DSA42/bitmaps/data2")) {
      words.addAll(names(directory));
      String status = directory + "/status";
      read(status).lines().forEach(line -> words.add(line.substring(0, line.indexOf(": "))));
      List<String> keys =
          read(status).lines().map(line -> line.substring(0, line.indexOf(": "))).toList();
      assertThat(JSON.std.mapFrom(read(status + ".json")).keySet()).containsExactlyElementsOf(keys);
    }
    String document = Files.readString(Path.of("../docs/CONTROL.md"));
    String section = document.substring(document.indexOf("### Of shadow sets"));

    assertThat(words)
        .allSatisfy(word -> assertThat(section).containsPattern("[`/| ]" + word + "[`/ |]"));
  }
}
