package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.copybay.control.OpenBay;
import org.junit.jupiter.api.Test;

/** What .control tells of optical storage. */
class OpticalEntriesTest extends OpticalFixture {
  private static final List<String> OBJECTS =
      List.of("devices/LIB1", "cartridges/E1", "volumes/SRC", "rotations/R");

  @Test
  void theseAreItsFiles() throws Exception {
    write(CTL, "rotation name=R source=SRC targets=TGT");

    assertThat(names("optical"))
        .containsExactly("ctl", "devices", "cartridges", "volumes", "rotations");
    assertThat(names("optical/devices/LIB1"))
        .containsExactly("status", "status.json", "drives", "cartridges");
    assertThat(names("optical/cartridges/E1")).containsExactly("status", "status.json");
    assertThat(names("optical/volumes/SRC"))
        .containsExactly("ctl", "status", "status.json", "format", "format.json");
    assertThat(names("optical/rotations/R")).containsExactly("status", "status.json", "targets");
    assertThat(names("optical/volumes"))
        .contains("SRC", "OPP", "TGT", "WSRC")
        .doesNotHaveDuplicates();
    assertThat(read("optical/volumes/E1.A/status")).isEqualTo(read("optical/volumes/SRC/status"));
    for (ControlFile file : files((ControlDirectory) node("optical"))) {
      String text = read(file);
      assertThat(file.size(OpenBay.OWNER))
          .as(file.path())
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
      assertThat(text).as(file.path()).endsWith("\n").doesNotEndWith("\n\n");
    }
    for (String object : OBJECTS) {
      String status = "optical/" + object + "/status";
      List<String> keys =
          read(status).lines().map(line -> line.substring(0, line.indexOf(": "))).toList();
      assertThat(JSON.std.mapFrom(read(status + ".json")).keySet()).containsExactlyElementsOf(keys);
    }
  }

  @Test
  void aVolumeTellsItsAttributes() throws Exception {
    assertThat(read("optical/volumes/SRC/status"))
        .contains(
            "id: SRC\nkey: E1.A\nuuid: ",
            "\ncartridge: E1\nside: A\nopposite: OPP\ndevice: LIB1\n",
            "\nslot: 1\n",
            "\nmedia: *ERASE\nstate: initialized\ntype: *PRIMARY\nprimary: -\nformat: *HPOFS\n",
            "\nsector_size: 2048\ncapacity: 262144\nusable: 262144\nsize: 2048\n",
            "\nwritten_sectors: 1\nwritten_bytes: 2048\n",
            "\nthreshold: 95\npercent_full: 0\n",
            "\ndouble_sided: yes\nowner: 1000:1000\nmode: 0600\nhidden: -\n",
            "\nduplicate_of: -\n",
            "\nresumable: no\n");
    assertThat(read("optical/volumes/SRC/format"))
        .isEqualTo(
            "formats: no known format\nformat_id: -\nformat_created: -\nnot_relabelled: -\n");
    assertThat(JSON.std.mapFrom(read("optical/volumes/SRC/status.json")))
        .containsEntry("write_protected", false)
        .containsEntry("job", null)
        .containsEntry("threshold", 95);
    assertThat(read("optical/devices/LIB1/status"))
        .contains("\ntype: library\ndrives: 2\ndrives_in_use: 0\n", "\nslots_free: 16\n");
    assertThat(read("status")).contains("\noptical_cartridges: 4\noptical_volumes: 8\n");
  }

  @Test
  void theFiguresAreInTheMetrics() throws Exception {
    assertThat(read("metrics"))
        .contains(
            "copybay_optical_capacity_bytes{side=\"E1.A\"} 262144.0\n",
            "copybay_optical_written_bytes{side=\"E1.A\"} 2048.0\n",
            "copybay_optical_volumes{state=\"initialized\"} 4.0\n",
            "copybay_optical_volumes{state=\"spoiled\"} 0.0\n",
            "copybay_optical_drives_in_use{device=\"LIB1\"} 0.0\n");
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void aGestureIsRefusedWithTheCommandForIt() throws Exception {
    String[][] all = {
      {"MKDIR", "optical/devices/OPT01", "optical device name=OPT01'"},
      {"RMDIR", "optical/devices/LIB1", "optical device name=LIB1 action=delete"},
      {"MKDIR", "optical/cartridges/E9", "optical add device=DEVICE media=*ERASE cartridge=E9"},
      {"RMDIR", "optical/cartridges/E1", "optical destroy cartridge=E1"},
      {"CREATE", "optical/volumes/X", "cp IMAGE.iso optical/X"},
      {"UNLINK", "optical/volumes/SRC/status", "optical remove volume=SRC"},
      {"RENAME", "optical/volumes/SRC", "optical change volume=SRC newvol=NEW"},
      {"CHANGE_OWNER", "optical/volumes/SRC/ctl", "the same on optical/SRC"},
      {"MKDIR", "optical/rotations/R", "optical rotation name=R source="},
      {"UNLINK", "optical/ctl", "cat .control/README"}
    };
    for (String[] each : all) {
      assertThat(tree.refuse(OpenBay.OWNER, Gesture.valueOf(each[0]), each[1])).isNotNull();
      assertThat(read("last_error")).as(each[1]).contains(each[2]);
    }
  }

  @Test
  void theDocumentNamesEveryFileAndKey() throws Exception {
    write(CTL, "rotation name=R source=SRC targets=TGT");
    List<String> words = new ArrayList<>();
    for (String object : OBJECTS) {
      words.addAll(names("optical/" + object));
      read("optical/" + object + "/status")
          .lines()
          .forEach(line -> words.add(line.substring(0, line.indexOf(": "))));
    }
    String document = Files.readString(Path.of("../docs/CONTROL.md"));
    String section = document.substring(document.indexOf("### Of optical storage"));

    assertThat(words)
        .allSatisfy(word -> assertThat(section).containsPattern("[`/| ]" + word + "[`/ |]"));
  }
}
