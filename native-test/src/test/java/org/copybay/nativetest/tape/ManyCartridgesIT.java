package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A library of ten thousand cartridges, made by one command. */
class ManyCartridgesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  @Test
  void tenThousandCartridges() {
    vtl.anew("drives=2 slots=10000");
    vtl.must("c tape add library=VTL1 count=10000");

    assertThat(
            vtl.must(
                """
                ls $MNT/tapes | wc -l; grep -c ^VT $C/tape/list; ls $C/tape/media | wc -l
                $MTX $X listall | grep -c :F:; ls $BAY | grep -c tapes || true
                """))
        .isEqualTo("10000\n10000\n10000\n10000\n0");
    assertThat(vtl.refused("c tape add library=VTL1")).contains("No space left on device");
    vtl.must("x load 9999 1; echo x >$D/nst1");
    BAY.remount();
    assertThat(
            vtl.must(
                """
                ls -l $MNT/tapes | awk '$5 > 0 { print $NF, $5 }'; ls $MNT/tapes | sort -u | wc -l
                $MTX $X loaded 0 $N 1; cut -d' ' -f5 $C/tape/list | sort -u | wc -l
                """))
        .isEqualTo("VT9999L8 14\n10000\n9999\n10001");
  }
}
