package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The tests that Bacula has for tape drives and changers: it takes ours for a SCSI one. */
class BtapeIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  private static final String CONFIGURATION =
      """
      cat >sd.conf <<END
      Storage { Name = sd; WorkingDirectory = $T; Pid Directory = $T }
      Director { Name = dir; Password = "none" }
      Messages { Name = Standard; director = dir = all }
      Autochanger {
        Name = VTL1
        Device = Drive0
        Changer Device = $X
        Changer Command = "$MTX %c %o %S %a %d"
      }
      Device {
        Name = Drive0
        Archive Device = $N
        Device Type = Tape
        Media Type = LTO-8
        Autochanger = yes
        Drive Index = 0
        AutomaticMount = yes
        AlwaysOpen = yes
        RemovableMedia = yes
        RandomAccess = no
      }
      END
      """;

  @BeforeEach
  void load() {
    Needs.program("btape");
    vtl.loaded(3, "4G");
    vtl.must(CONFIGURATION);
  }

  @Test
  void theDriveIsFitForBacula() {
    String said =
        vtl.must("printf 'test\\n\\n\\nn\\nn\\nquit\\n' | btape -c $T/sd.conf Drive0 2>&1");

    assertThat(said)
        .contains("10000 blocks re-read correctly.")
        .contains("=== Append files test ===")
        .contains("Block re-read correct. Test succeeded!")
        .contains("=== End Forward space files test ===")
        .doesNotContainIgnoringCase("incorrect")
        .doesNotContainIgnoringCase("fail")
        .doesNotContain("ERR=");
    assertThat(said.lines().filter(line -> line.endsWith("This is correct!"))).hasSize(6);
    // once what was found, once what is right
    assertThat(said.lines().filter("Total files=4, blocks=7, bytes = 451,136"::equals)).hasSize(2);
    vtl.must("dump VT0001L8 | grep -q 'FM$'");
  }

  @Test
  void theChangerIsFitForBacula() {
    assertThat(vtl.must("printf 'auto\\ny\\n\\n\\nquit\\n' | btape -c $T/sd.conf Drive0 2>&1"))
        .contains("Slot 1 loaded. I am going to unload it.")
        .contains("unload status=OK 0")
        .contains("3303 Autochanger \"load 1 0\" status is OK.")
        .contains("The test autochanger worked!!");
    assertThat(vtl.must("objects VT0001L8; $MTX $X loaded 0 $N 0")).isEqualTo("FM FM\n1");
  }
}
