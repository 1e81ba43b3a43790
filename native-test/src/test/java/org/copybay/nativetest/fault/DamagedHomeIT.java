package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A volume whose backing file is missing, too short or no file is damaged; the others are fine. */
class DamagedHomeIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private String home = "";

  @BeforeEach
  void makeVolumes() {
    Needs.program("jq");
    bay.must(
        """
        for name in bad good; do
            echo "create volume $name size=2M" >$C/ctl
            head -c 2M /dev/urandom | dd of=$V/$name bs=64K iflag=fullblock conv=notrunc status=none
            cp $V/$name $name
        done
        """);
    home = bay.status("bad", "path");
    bay.umount();
    bay.must("cp --sparse=always " + home + " saved");
  }

  private void bringBack() {
    bay.must("rm -rf %1$s; mkdir -p $(dirname %1$s); cp saved %1$s".formatted(home));
  }

  /** What happens to a home, and what is said of it. */
  private record Damage(String command, String sentence) {}

  private static final List<Damage> DAMAGES =
      List.of(
          new Damage("rm HOME", "home"),
          new Damage("rm -r $(dirname HOME)", "home"),
          new Damage("truncate -s 1M HOME", "too short"),
          new Damage("truncate -s 0 HOME", "too short"),
          new Damage("rm HOME; mkdir HOME", "directory"),
          new Damage("rm HOME; mkfifo HOME", "not a plain file"),
          new Damage("rm HOME; ln -s /nowhere HOME", "home"));

  @Test
  void eachIsDamagedWithASentenceAndTheOthersAreFine() {
    bay.mount();
    Map<String, String> sentences = new TreeMap<>();
    List<String> damage = new ArrayList<>();
    for (Damage each : DAMAGES) {
      String name = "v" + sentences.size();
      bay.command("create volume " + name + " size=2M");
      damage.add(each.command.replace("HOME", bay.status(name, "path")));
      sentences.put(name, each.sentence);
    }
    bay.umount();
    bay.must(String.join("\n", damage));

    bay.mount();

    sentences.forEach(
        (name, sentence) -> {
          assertThat(bay.status(name, "failure")).contains(sentence);
          if (name.equals("v0")) {
            assertThat(bay.must("cat $C/health")).startsWith("degraded: volume v0: ");
          }
          assertThat(bay.refused("cat $V/" + name)).contains("Input/output error");
          assertThat(bay.refused("dd if=good of=$V/" + name + " bs=1K conv=notrunc status=none"))
              .contains("Input/output error");
        });
    assertThat(bay.must("sed -n 's/^volumes_failed: //p' $C/status"))
        .isEqualTo("" + sentences.size());
    bay.must("cmp good $V/good; cmp bad $V/bad");
  }

  @Test
  void isDamagedUntilItsFileIsBack() {
    bay.must("rm -r $(dirname " + home + ")");

    bay.mount();

    assertThat(bay.must("ls $V")).isEqualTo("bad\ngood");
    assertThat(bay.refused("cat $V/bad")).contains("Input/output error");
    assertThat(bay.refused("dd if=good of=$V/bad bs=1K count=1 conv=notrunc status=none"))
        .contains("Input/output error");
    assertThat(bay.lastError()).contains("volume bad is damaged").contains("check volume=bad");
    assertThat(bay.must("cat $C/health")).startsWith("degraded: volume bad: ");
    assertThat(bay.status("bad", "failure"))
        .contains(home.replaceFirst("/home$", ""))
        .isNotEqualTo("-");
    assertThat(bay.must("sed -n 's/^volumes_failed: //p' $C/status")).isEqualTo("1");
    bay.must(
        "ls -l $V >/dev/null; find $C/volumes/bad -maxdepth 1 -type f -exec cat {} + >/dev/null; jq . $C/volumes/bad/status.json >/dev/null");
    bay.must(
        "cmp good $V/good; dd if=bad of=$V/good conv=notrunc,fsync bs=64K status=none; cmp bad $V/good");
    bay.must("echo 'create volume more size=1M' >$C/ctl");

    bringBack();
    bay.command("check volume=bad id=back");
    bay.must("cat $C/jobs/back/wait; cmp bad $V/bad");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
    bay.must("dd if=good of=$V/bad conv=notrunc,fsync bs=64K status=none; cmp good $V/bad");
  }

  @Test
  void checkBeforeItIsBackFailsAndSaysWhy() {
    bay.must("rm " + home);
    bay.mount();

    bay.command("check volume=bad id=early");

    assertThat(bay.refused("cat $C/jobs/early/wait")).contains("Input/output error");
    assertThat(bay.must("cat $C/jobs/early/result")).contains("errno=EIO").contains("home");
    assertThat(bay.must("cat $C/health")).startsWith("degraded");
  }

  @Test
  void infoShowsWhatIsKnownOfIt() {
    bay.mount();
    bay.command("bitmap start volume=bad bitmap=m");
    bay.umount();
    bay.must("rm -r $(dirname " + home + ")");
    bay.mount();

    assertThat(bay.must("$COPYBAY info bad --at=$MNT")).contains("failure: ").contains("  m ");
    bay.must("$COPYBAY info bad --at=$MNT --json | jq -e '.bitmaps[0].name == \"m\"'");
  }

  @Test
  void isNotDuplicatedButCanBeDeletedAndRenamed() {
    bay.must("rm " + home);
    bay.mount();

    assertThat(bay.refused("echo 'duplicate from=bad to=copy' >$C/ctl")).contains("Input/output");
    bay.command("rename volume=bad to=worse");
    bay.command("delete volume=worse");

    assertThat(bay.must("ls $V; cat $C/health; ls $BAY/volumes | wc -l")).isEqualTo("good\nok\n1");
  }

  @Test
  void isReadAgainAfterARemountWithTheFile() {
    bay.must("rm " + home);
    bay.mount();
    bay.umount();
    bringBack();
    bay.mount();

    bay.must("cmp bad $V/bad");
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
  }

  @Test
  void largerFileIsNoDamage() {
    bay.must("truncate -s 4M " + home);
    bay.mount();

    assertThat(bay.must("stat -c %s $V/bad")).isEqualTo("2097152");
    bay.must("cmp bad $V/bad");
  }

  @Test
  void fileWithoutARowIsKeptInOrphans() {
    bay.must("mkdir $BAY/volumes/stray; echo bytes >$BAY/volumes/stray/home");
    bay.mount();

    assertThat(bay.must("ls $V; cat $BAY/orphans/stray/home")).isEqualTo("bad\ngood\nbytes");
    bay.remount();
    bay.must("cat $BAY/orphans/stray/home");
  }
}
