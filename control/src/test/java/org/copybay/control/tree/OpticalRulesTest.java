package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Errno;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of DUPOPT: each is refused with its code and number, and the target stays. */
class OpticalRulesTest extends OpticalFixture {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // what is done before; the duplicate; its code; its number; the target
        "device LIB3 drives=1; add LIB3 *ERASE capacity=256K cartridge=E3;"
            + " add LIB3 *ERASE capacity=256K cartridge=E4; initialize E3.A THIRD"
            + "|from=THIRD to=E4.A|ODUP-NODRIVE|EOPNOTSUPP|E4.A",
        "|from=NOPE to=TGT clear=yes|ODUP-NOSRC|ENOENT|TGT",
        "|from=E2.B to=TGT clear=yes|ODUP-NOSRC|ENOENT|TGT",
        "remove volume=SRC|from=SRC to=TGT clear=yes|ODUP-NOSRC|ENOENT|TGT",
        "|from=SRC to=NOPE|ODUP-NOTGT|ENOENT|TGT",
        "|from=SRC to=TGT todev=LIB9 clear=yes|ODUP-NOTGT|ENOENT|TGT",
        "device OPT02 standalone|from=SRC to=*MOUNTED todev=OPT02|ODUP-EMPTY|ENOMEDIUM|TGT",
        "|from=*MOUNTED fromdev=LIB1 to=TGT|*MOUNTED|EOPNOTSUPP|TGT",
        "|from=*MOUNTED to=TGT|*MOUNTED|EINVAL|TGT",
        "add LIB1 *ERASE capacity=256K sector=4096 cartridge=E5"
            + "|from=SRC to=E5.A|ODUP-SECTOR|EMEDIUMTYPE|E5.A",
        "|from=SRC to=OPP clear=yes|ODUP-OPPSIDE|EXDEV|OPP",
        "|from=SRC to=SRC clear=yes|ODUP-SAMEVOL|EXDEV|SRC",
        "|from=SRC to=TGT,TGT clear=yes|ODUP-SAMEVOL|EXDEV|TGT",
        "device OPT01 standalone; add OPT01 *ERASE capacity=256K cartridge=S1"
            + "|from=SRC to=*MOUNTED todev=OPT01|ODUP-DEVCLASS|EXDEV|S1.A",
        "|from=SRC to=W2.A|ODUP-MEDIATYPE|EMEDIUMTYPE|W2.A",
        "initialize W2.A W2A|from=WSRC to=W2A clear=yes|ODUP-WORMUSED|EROFS|W2A",
        "add LIB1 *ERASE capacity=128K cartridge=E6|from=SRC to=E6.A|ODUP-SMALL|ENOSPC|E6.A",
        "|from=SRC to=TGT|ODUP-NOTCLEAR|EEXIST|TGT",
        "|from=SRC to=TGT newvol=small clear=yes|ODUP-BADNAME|EINVAL|TGT",
        "|from=SRC to=TGT newvol=OPP clear=yes|ODUP-DUPNAME|EEXIST|TGT",
        "change TGT protect=yes|from=SRC to=TGT clear=yes|ODUP-WRTPTC|EROFS|TGT",
        "|from=SRC to=*BOOT|*BOOT|EOPNOTSUPP|TGT"
      })
  void eachIsRefusedWithItsCode(
      String before, String duplicate, String code, Errno errno, String target) throws Exception {
    for (String line : before == null ? new String[0] : before.split("; ", -1)) {
      write(CTL, line);
    }
    String status = read("optical/volumes/" + target + "/status");
    String held = content(target);

    for (String dry : List.of(" dry-run=yes", "")) {
      StorageException refused =
          catchThrowableOfType(
              StorageException.class, () -> command("duplicate " + duplicate + dry));
      assertThat(refused).as(duplicate).isNotNull();
      assertThat(Errno.of(refused.fault())).isEqualTo(errno);
      assertThat(refused).hasMessageContaining(code);
      assertThat(refused.getMessage().startsWith("ODUP-")).isEqualTo(code.startsWith("ODUP-"));
    }

    assertThat(read("last_error")).contains(code, "^");
    assertThat(read("optical/volumes/" + target + "/status")).isEqualTo(status);
    assertThat(content(target)).isEqualTo(held);
    assertThat(open.jobs().all()).isEmpty();
  }

  private void requireRefused(String line, String code, Errno errno) {
    StorageException refused = catchThrowableOfType(StorageException.class, () -> command(line));
    assertThat(refused).as(line).isNotNull().hasMessageStartingWith(code);
    assertThat(Errno.of(refused.fault())).isEqualTo(errno);
  }

  @Test
  void whoUsesAVolumeOrADriveIsNamed() throws Exception {
    try (OpenFile file = volume("TGT").open(new Opener(1, false), false)) {
      assertThat(file).isNotNull();
      requireRefused("duplicate SRC TGT clear=yes", "ODUP-INUSE", Errno.EBUSY);
    }
    try (OpenFile one = volume("WSRC").open(new Opener(1, false), false);
        OpenFile other = volume("W2.A").open(new Opener(1, false), false)) {
      assertThat(one).isNotSameAs(other);
      requireRefused("duplicate SRC TGT clear=yes", "ODUP-DRIVEBUSY", Errno.EBUSY);
    }
    assertThat(content("TGT")).startsWith("what the target holds");
    assertThat(status("TGT", "state")).isEqualTo("initialized");
  }

  @Test
  void whoMayNotReadOrWriteIsRefused() throws Exception {
    StorageException refused =
        catchThrowableOfType(
            StorageException.class, () -> write(OpenBay.OTHER, CTL, "duplicate SRC TGT clear=yes"));

    assertThat(refused).hasMessageStartingWith("ODUP-AUTH");
    assertThat(Errno.of(refused.fault())).isEqualTo(Errno.EACCES);
    assertThat(fault(() -> write(OpenBay.OTHER, CTL, "initialize volume=TGT")))
        .isEqualTo(Fault.DENIED);
    assertThat(fault(() -> write(OpenBay.OTHER, CTL, "destroy cartridge=E2")))
        .isEqualTo(Fault.DENIED);
    assertThat(content("TGT")).startsWith("what the target holds");
    assertThat(read("audit")).contains(" EACCES ");
  }

  @Test
  void aBackupVolumeBelongsToOnePrimaryVolume() throws Exception {
    write(CTL, "initialize volume=E2.B newvol=BKU type=*BACKUP");
    write(CTL, "duplicate from=SRC to=BKU clear=yes id=one");
    waitForEnd("one");
    write(CTL, "add device=LIB1 media=*ERASE capacity=256K cartridge=E7");
    initialize("E7.A", "OTHER");

    requireRefused("duplicate from=OTHER to=BKU clear=yes", "ODUP-BACKUP", Errno.EPERM);
    assertThat(status("BKU", "primary")).isEqualTo("SRC");
    assertThat(status("BKU", "duplicate_of")).isEqualTo("SRC");
  }
}
