package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.copybay.control.OpenBay;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.junit.jupiter.api.Test;

/** The commands of optical storage, given through its control files. */
class OpticalVerbsTest extends OpticalFixture {
  private String reply(String line) throws StorageException {
    return reply(CTL, line);
  }

  private Fault refused(String line) {
    return fault(() -> command(line));
  }

  // ---- devices and cartridges

  @Test
  void aDeviceIsMadeAndDeleted() throws Exception {
    assertThat(reply("device OPT01 type=standalone dry-run=yes"))
        .isEqualTo("ok dry-run: would make stand-alone device OPT01\n");
    assertThat(reply("device OPT01 type=*STANDALONE"))
        .isEqualTo("ok stand-alone device OPT01 is there\n");
    assertThat(refused("device name=OPT01")).isEqualTo(Fault.EXISTS);
    assertThat(refused("device name=opt02")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("device name=X type=virtual drives=3")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("device name=X media=*WORM")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("device name=LIB1 action=delete")).isEqualTo(Fault.BUSY);
    assertThat(fault(() -> write(OpenBay.OTHER, CTL, "device name=Y"))).isEqualTo(Fault.DENIED);
    write(CTL, "device name=OPT01 action=delete");
    assertThat(names("optical/devices")).containsExactly("LIB1");
  }

  @Test
  void aCartridgeIsAddedRemovedAndComesBack() throws Exception {
    assertThat(reply("add LIB1 *DVD-RAM capacity=1M sides=2 slot=9"))
        .matches(
            "ok cartridge C00001 is in LIB1 slot 9; volumes: C00001.A \\d{12}, C00001.B \\d+\n");
    assertThat(refused("add LIB1 *DVD-RAM slot=9")).isEqualTo(Fault.BUSY);
    assertThat(refused("add LIB1 *DVD-ROM")).isEqualTo(Fault.WRONG_MEDIUM);
    assertThat(refused("add LIB1 *ERASE sides=3")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("add LIB1")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("add device=LIB1 cartridge=E1")).isEqualTo(Fault.BUSY);
    assertThat(reply("remove volume=SRC location=\"safe, 2nd floor\""))
        .isEqualTo("ok cartridge E1 is on the shelf\n");
    assertThat(refused("remove cartridge=E1")).isEqualTo(Fault.ALREADY);
    assertThat(read("optical/cartridges/E1/status"))
        .contains("\ndevice: -\n", "\nlocation: safe, 2nd floor\n", "\nvolumes: SRC,OPP\n");
    assertThat(names("optical/volumes")).contains("E1.A", "E1.B").doesNotContain("SRC");
    assertThat(status("E1.A", "hidden")).isEqualTo("its cartridge is in no device");

    assertThat(reply("add device=LIB1 cartridge=E1")).contains("volumes: E1.A SRC, E1.B OPP");
    assertThat(content("SRC")).startsWith("what the source holds");
  }

  @Test
  void aCartridgeIsDestroyedByItsOwnerAndThatIsAudited() throws Exception {
    try (OpenFile file = volume("TGT").open(new Opener(1, false), false)) {
      assertThat(file).isNotNull();
      assertThat(refused("destroy cartridge=E2")).isEqualTo(Fault.BUSY);
    }
    assertThat(reply("destroy cartridge=E2")).isEqualTo("ok cartridge E2 is destroyed\n");
    assertThat(names("optical/cartridges")).doesNotContain("E2");
    assertThat(read("audit")).contains(" optical-destroy ok ");
  }

  @Test
  void volumesAreLoadedUnloadedAndTurned() throws Exception {
    write(CTL, "unload device=LIB1");
    assertThat(refused("unload device=LIB1")).isEqualTo(Fault.ALREADY);
    assertThat(reply("load volume=TGT")).isEqualTo("ok volume TGT is in drive 1\n");
    assertThat(refused("load volume=TGT")).isEqualTo(Fault.ALREADY);
    assertThat(read("optical/devices/LIB1/drives"))
        .isEqualTo("# drive volume cartridge openers job\n1 TGT E2 0 -\n2 - - 0 -\n");
    assertThat(reply("optical/volumes/TGT/ctl", "unload")).isEqualTo("ok volume TGT is unloaded\n");
    assertThat(refused("unload volume=TGT")).isEqualTo(Fault.ALREADY);
    assertThat(refused("flip device=LIB1")).isEqualTo(Fault.UNSUPPORTED);

    write(CTL, "device OPT01 standalone");
    assertThat(refused("flip device=OPT01")).isEqualTo(Fault.NO_MEDIUM);
    write(CTL, "remove cartridge=E1");
    write(CTL, "add device=OPT01 cartridge=E1");
    for (String verb : new String[] {"load", "initialize", "check"}) {
      assertThat(refused(verb + " volume=OPP")).as(verb).isEqualTo(Fault.NOT_FOUND);
      assertThat(read("last_error")).as(verb).contains("optical flip device=OPT01");
    }
    assertThat(reply("flip OPT01")).isEqualTo("ok volume OPP is up\n");
    assertThat(reply("show volume=*MOUNTED device=OPT01")).contains("\nid: OPP\n", "\nside: B\n");
    assertThat(reply("unload device=OPT01")).isEqualTo("ok unloaded: OPP\n");
  }

  // ---- labels

  @Test
  void aLabelIsGivenAndChanged() throws Exception {
    assertThat(
            reply(
                "INZOPT VOL(E2.B) NEWVOL(NEW1) THRESHOLD(50) TEXT('it''s new') CCSID(850)"
                    + " MEDFMT(*HPOFS) CHECK(*YES)"))
        .startsWith("ok volume NEW1 is initialized as *HPOFS, 50 percent of 262144 bytes may")
        .contains("ccsid= has no effect");
    assertThat(status("NEW1", "text")).isEqualTo("it's new");
    assertThat(status("NEW1", "available_bytes")).isEqualTo("131072");
    assertThat(refused("initialize volume=NEW1 check=yes")).isEqualTo(Fault.EXISTS);
    assertThat(refused("initialize volume=NEW1 newvol=SRC")).isEqualTo(Fault.EXISTS);
    assertThat(refused("initialize volume=WSRC")).isEqualTo(Fault.READ_ONLY);
    assertThat(refused("change volume=NEW1")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(reply("optical/volumes/NEW1/ctl", "change threshold=100 text=\"\" newvol=NEW2"))
        .isEqualTo("ok volume NEW2 has threshold=100 text=\"\" newvol=NEW2\n");
    assertThat(refused("change volume=NEW2 threshold=100")).isEqualTo(Fault.ALREADY);
    assertThat(refused("change volume=NEW2 threshold=0")).isEqualTo(Fault.BAD_REQUEST);
    write(CTL, "change volume=NEW2 protect=yes");
    assertThat(refused("initialize volume=NEW2")).isEqualTo(Fault.READ_ONLY);
  }

  @Test
  void initializingIsDestructiveWhereSomethingIsLost() throws Exception {
    assertThat(reply("initialize volume=TGT dry-run=yes")).contains("the 2048 bytes that it holds");
    byte[] unfinished = "initialize volume=TGT".getBytes(StandardCharsets.UTF_8);
    try (ControlHandle handle = ((ControlFile) node(CTL)).open(OpenBay.OWNER, OpenMode.WRITE)) {
      assertThat(fault(() -> handle.write(0, ByteBuffer.wrap(unfinished))))
          .isEqualTo(Fault.BAD_REQUEST);
    }
    String before = read("audit");
    write(CTL, "initialize volume=E2.B");
    assertThat(read("audit")).isEqualTo(before);
    write(CTL, "initialize volume=TGT");
    assertThat(read("audit")).contains(" optical-initialize ok ");
    assertThat(volume("TGT").size()).isZero();
  }

  // ---- duplicates

  @Test
  void aVolumeIsDuplicatedInBothDialects() throws Exception {
    assertThat(reply("duplicate from=SRC to=TGT newvol=COPY clear=yes dry-run=yes"))
        .isEqualTo("ok dry-run: would duplicate 2048 bytes of volume SRC to TGT as COPY\n");
    assertThat(reply("DUPOPT FROMVOL(SRC) TOVOL(TGT) NEWVOL(COPY) CLEAR(*YES) id=one"))
        .isEqualTo("ok one\n");
    waitForEnd("one");
    assertThat(reply("optical duplicate clear=yes newvol=COPY to=TGT from=SRC id=one"))
        .isEqualTo("ok one (already accepted)\n");
    assertThat(content("COPY")).startsWith("what the source holds");
    assertThat(status("COPY", "duplicate_of")).isEqualTo("SRC");
    assertThat(status("COPY", "sha256")).hasSize(64).isEqualTo(status("COPY", "source_sha256"));
    assertThat(read("audit")).contains(" optical-duplicate ok ");

    fill("SRC", "more");
    assertThat(reply("optical/volumes/SRC/ctl", "duplicate to=COPY incr=yes id=two"))
        .isEqualTo("ok two\n");
    waitForEnd("two");
    assertThat(content("COPY")).startsWith("more the source holds");
    assertThat(fault(() -> write("optical/volumes/SRC/ctl", "duplicate from=OPP to=COPY")))
        .isEqualTo(Fault.BAD_REQUEST);
  }

  @Test
  void aSecondVolumeOfOneNameIsWarnedOf() throws Exception {
    String reply = reply("duplicate SRC TGT newvol=*FROMVOL clear=yes id=same");

    assertThat(reply).startsWith("ok same\ntwo volumes are called SRC then: E2.A has no file");
    waitForEnd("same");
    assertThat(names("optical/volumes")).contains("SRC", "E2.A").doesNotContain("TGT");
    assertThat(status("E2.A", "hidden")).isEqualTo("another volume of its name is active");
  }

  // ---- check, show, convert

  @Test
  void volumesAreCheckedAndShown() throws Exception {
    assertThat(reply("check volume=SRC output=print id=chk")).isEqualTo("ok chk\n");
    waitForEnd("chk");
    assertThat(read("jobs/chk/result")).contains("checked=2048");
    String all = reply("CHKOPTVOL VOL(*ALL)");
    assertThat(all).startsWith("ok ").contains(" volumes are being checked");
    assertThat(reply("WRKOPTVOL"))
        .contains("\nVOLUME ", "\nSRC  ", "E1.A", "*HPOFS", "initialized", "LIB1");
    assertThat(reply("optical/volumes/SRC/ctl", "show"))
        .startsWith("ok\nid: SRC\nkey: E1.A\n")
        .contains("\nmedia: *ERASE\n", "\nopposite: OPP\n", "\nformats: no known format\n");
  }

  @Test
  void aBackupBecomesAPrimaryVolume() throws Exception {
    write(CTL, "initialize volume=E2.B newvol=BKU type=*BACKUP");
    write(CTL, "duplicate SRC BKU clear=yes id=one");
    waitForEnd("one");
    assertThat(refused("convert volume=SRC")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("CVTOPTBKU BKU")).isEqualTo(Fault.EXISTS);
    write(CTL, "remove volume=SRC");

    assertThat(reply("CVTOPTBKU BKUVOL(BKU)")).isEqualTo("ok BKU is primary volume SRC now\n");
    assertThat(status("SRC", "key")).isEqualTo("E2.B");
    assertThat(status("SRC", "type")).isEqualTo("*PRIMARY");
  }

  // ---- rotations

  @Test
  void aRotationWritesItsTargetsInTurnAndEndsWithItsFinalCopy() throws Exception {
    initialize("E2.B", "TGT2");
    assertThat(refused("rotation name=R")).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused("rotation R source=SRC targets=TGT,WSRC")).isEqualTo(Fault.WRONG_MEDIUM);
    assertThat(reply("rotation name=R source=SRC targets=TGT,TGT2"))
        .isEqualTo("ok rotation R is there; optical rotate rotation=R makes a backup\n");
    assertThat(refused("destroy cartridge=E2")).isEqualTo(Fault.BUSY);

    assertThat(reply("rotate rotation=R id=mon")).isEqualTo("ok mon\ntarget: TGT\n");
    waitForEnd("mon");
    open.clock().pass(Duration.ofHours(1));
    assertThat(reply("rotate R id=tue")).isEqualTo("ok tue\ntarget: TGT2\n");
    waitForEnd("tue");
    assertThat(read("optical/rotations/R/status"))
        .contains("\nnewest: TGT2\n", "\nnext: TGT\n", "\nfull: no\n", "\nfinal: -\n");
    assertThat(read("optical/rotations/R/targets"))
        .startsWith("# volume key state copied\nTGT E2.A initialized 20");

    write(CTL, "add device=LIB1 media=*ERASE capacity=256K cartridge=E9");
    assertThat(reply("rotate rotation=R final=E9.A id=last")).startsWith("ok last\ntarget: ");
    waitForEnd("last");
    assertThat(read("optical/rotations/R/status")).contains("\nended: yes\n", "\ntargets: -\n");
    assertThat(refused("rotate R")).isEqualTo(Fault.ALREADY);
    write(CTL, "rotation name=R action=delete");
    assertThat(names("optical/rotations")).isEmpty();
  }

  @Test
  void aFinalCopyThatCannotBeginLeavesTheRotationAsItWas() throws Exception {
    write(CTL, "rotation name=R source=SRC targets=TGT");
    assertThat(refused("rotate R final=W2.A")).isEqualTo(Fault.WRONG_MEDIUM);
    try (OpenFile one = volume("WSRC").open(new Opener(1, false), false);
        OpenFile other = volume("W2.A").open(new Opener(1, false), false)) {
      assertThat(one).isNotSameAs(other);
      assertThat(refused("rotate R final=E2.B")).isEqualTo(Fault.BUSY);
    }
    assertThat(read("optical/rotations/R/status")).contains("\nfinal: -\n");
  }
}
