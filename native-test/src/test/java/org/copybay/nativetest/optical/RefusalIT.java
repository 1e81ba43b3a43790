package org.copybay.nativetest.optical;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The rules of DUPOPT through control files, a row for each: code, errno, a sentence; and neither
 * source nor target has changed.
 */
class RefusalIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final String MEDIA =
      """
      for l in LIB; do c optical device name=$l type=library drives=3 slots=40; done
      c optical device name=LIB1 type=library drives=1 slots=4
      c optical device name=SOLO type=standalone
      c optical device name=EMPTY type=standalone
      blank LIB SRC *WORM 8M 2;  c optical initialize volume=SRC.A newvol=SRC; echo data >$O/SRC
      blank LIB RAW *WORM 8M
      blank LIB ERA *ERASE 8M;   c optical initialize volume=ERA.A newvol=ERA; echo old >$O/ERA
      blank LIB DVD *DVD-RAM 8M
      blank LIB WUSED *WORM 8M;  c optical initialize volume=WUSED.A newvol=WUSED
      blank LIB SMALL *ERASE 4M
      blank LIB PROT *ERASE 8M;  c optical change volume=PROT.A protect=yes
      c optical add device=LIB cartridge=SEC media=*ERASE capacity=8M sector=1024 sides=1
      blank LIB BKU *ERASE 8M;   c optical initialize volume=BKU.A newvol=BKU type=*BACKUP
      blank LIB OTHER *WORM 8M;  c optical initialize volume=OTHER.A newvol=OTHER; echo o >$O/OTHER
      d bind from=OTHER to=BKU clear=yes
      blank SOLO ALONE *ERASE 8M
      blank LIB1 X1 *ERASE 8M;   c optical initialize volume=X1.A newvol=X1
      blank LIB1 X2 *ERASE 8M
      blank LIB BUSY *ERASE 8M
      """;

  /** Code, errno, words of the command. */
  private static final String[][] ROWS = {
    {"ODUP-NOSRC", "ENOENT", "from=NONE to=RAW.A"},
    {"ODUP-NOSRC", "ENOENT", "from=RAW.A to=ERA clear=yes"},
    {"ODUP-NOTGT", "ENOENT", "from=SRC to=NONE"},
    {"ODUP-EMPTY", "ENOMEDIUM", "from=SRC to=*MOUNTED todev=EMPTY"},
    {"ODUP-SECTOR", "EMEDIUMTYPE", "from=SRC to=SEC.A"},
    {"ODUP-OPPSIDE", "EXDEV", "from=SRC to=SRC.B"},
    {"ODUP-SAMEVOL", "EXDEV", "from=SRC to=SRC clear=yes"},
    {"ODUP-DEVCLASS", "EXDEV", "from=SRC to=ALONE.A"},
    {"ODUP-MEDIATYPE", "EMEDIUMTYPE", "from=SRC to=DVD.A"},
    {"ODUP-MEDIATYPE", "EMEDIUMTYPE", "from=ERA to=RAW.A"},
    {"ODUP-WORMUSED", "EROFS", "from=SRC to=WUSED clear=yes"},
    {"ODUP-SMALL", "ENOSPC", "from=SRC to=SMALL.A"},
    {"ODUP-NOTCLEAR", "EEXIST", "from=SRC to=ERA"},
    {"ODUP-BADNAME", "EINVAL", "from=SRC to=RAW.A newvol=-bad"},
    {"ODUP-DUPNAME", "EEXIST", "from=SRC to=RAW.A newvol=ERA"},
    {"ODUP-WRTPTC", "EROFS", "from=SRC to=PROT.A"},
    {"ODUP-BACKUP", "EPERM", "from=SRC to=BKU clear=yes"},
    {"ODUP-INUSE", "EBUSY", "from=SRC to=BUSY.A"},
    {"ODUP-NODRIVE", "EOPNOTSUPP", "from=X1 to=X2.A"},
  };

  private final Jukebox jukebox = new Jukebox(BAY);

  @Test
  void everyRuleIsCheckedBeforeASectorIsWritten() {
    jukebox.must(MEDIA);
    String before = state();
    for (String[] row : ROWS) {
      String words = row[2];
      String hold = words.contains("BUSY") ? "exec 3<$O/$(st BUSY.A id); " : "";
      String said = jukebox.refused(hold + "c 'optical duplicate " + words + "'");
      assertThat(said).as(words).contains(row[0] + ": ");
      assertThat(BAY.must("grep '^\\[' $C/error_log | tail -n 1")).endsWith("errno=" + row[1]);
      assertThat(said.lines().anyMatch(line -> line.strip().equals("^"))).as(said).isTrue();
    }
    assertThat(state()).isEqualTo(before);
    assertThat(BAY.must("cat $C/health")).isEqualTo("ok");
  }

  /** What every volume holds and is. */
  private String state() {
    return jukebox.must("for v in $(ls $O); do echo $v $(st $v state) $(sha256sum <$O/$v); done");
  }
}
