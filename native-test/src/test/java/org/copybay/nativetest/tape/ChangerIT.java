package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The changer of a library, its script for Bacula, and a library that changes while it is used. */
class ChangerIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  @BeforeEach
  void load() {
    vtl.anew("drives=2 slots=4 mail=1");
    vtl.must("c tape add library=VTL1 count=3 capacity=1M");
  }

  private void refuses(String command, String error, String sentence) {
    assertThat(vtl.refused(command)).contains(error);
    assertThat(vtl.must("why")).isEqualTo(sentence);
  }

  @Test
  void theChangerReadsLikeMtx() {
    assertThat(vtl.must("x load 2 1; x transfer 3 5; cat $X"))
        .isEqualTo(
            """
              Storage Changer VTL1:2 Drives, 5 Slots ( 1 Import/Export )
            Data Transfer Element 0:Empty
            Data Transfer Element 1:Full (Storage Element 2 Loaded):VolumeTag = VT0002L8
                  Storage Element 1:Full :VolumeTag=VT0001L8
                  Storage Element 2:Empty
                  Storage Element 3:Empty
                  Storage Element 4:Empty
                  Storage Element 5 IMPORT/EXPORT:Full :VolumeTag=VT0003L8"""
                .replaceFirst("^", "  ")
                .substring(2));
    vtl.must(
        "x unload 4 1; x inventory; grep -q '  Storage Element 4:Full :VolumeTag=VT0002L8' $X");
  }

  @Test
  void whatCannotBeMovedIsSaidInASentence() {
    vtl.must("x load 1 0");
    String busy = "Device or resource busy";
    refuses("x load 2 0", busy, "drive nst0 is Full: VT0001L8");
    refuses("x load 4 1", "No medium found", "Storage Element 4 is Empty");
    refuses("x load 1 1", "No medium found", "Storage Element 1 is Empty");
    refuses(
        "x load 9 1",
        "No such file or directory",
        "library VTL1 has storage elements 1 to 5, got 9");
    refuses("x load 2 7", "No such file or directory", "no drive 7 in library VTL1");
    refuses("x unload 1 1", "No medium found", "Data Transfer Element 1 (drive nst1) is Empty");
    refuses("x unload 2 0", busy, "Storage Element 2 is Already Full: VT0002L8");
    refuses("x transfer 2 3", busy, "Storage Element 3 is Already Full: VT0003L8");
    refuses("x transfer 2 1", busy, "Storage Element 1 is kept for VT0001L8 in a drive");
    refuses("x transfer 4 2", "No medium found", "Storage Element 4 is Empty");
    refuses(
        "c tape destroy barcode=VT0001L8",
        busy,
        "cartridge VT0001L8 is in drive nst0: cannot destroy it");
    refuses("c tape eject barcode=VT0001L8", busy, "cartridge VT0001L8 is in drive nst0");
    refuses("c tape load barcode=NONE drive=nst1", "No such file", "no cartridge NONE");
    refuses("c tape add library=VTL1 barcode=VT0002L8", "File exists", "cartridge VT0002L8 exists");
    refuses(
        "c tape add library=VTL1 count=2",
        "No space left on device",
        "library VTL1 has 1 free slots, want 2");
    refuses(
        "c tape library name=VTL1 action=delete",
        busy,
        "tape library VTL1 has 3 cartridges, the first is VT0001L8");
    assertThat(vtl.refused("exec 3<>$N; x unload 1 0")).contains(busy);
    assertThat(vtl.must("why")).startsWith("drive nst0 is open by pid ");
    assertThat(vtl.must("$MTX $X list | sort | paste -sd' '"))
        .isEqualTo("1:VT0001L8 2:VT0002L8 3:VT0003L8");
  }

  @Test
  void theScriptDoesWhatBaculaAsks() {
    assertThat(
            vtl.must(
                """
                m() { $MTX $X "$@"; }
                m slots; m loaded 0 $N 0; m load 2 $N 0; m load 1 $D/nst1 1; m loaded 0 $N 0
                m transfer 3 5; m listall | paste -sd' '; m list | sort | paste -sd' '
                m unload 2 $N 0; m unload 1 $D/nst1 1; m loaded 0 $N 0; m listall | grep -c :F:
                """))
        .isEqualTo(
            """
            5
            0
            2
            D:0:F:2:VT0002L8 D:1:F:1:VT0001L8 S:1:E S:2:E S:3:E S:4:E I:5:F:VT0003L8
            1:VT0001L8 2:VT0002L8
            0
            3""");
  }

  @Test
  void theScriptSaysWhatTheChangerRefuses() {
    vtl.must("x load 1 0");
    String[][] refusals = {
      {"load 2 $N 0", "mtx-changer: drive nst0 is Full: VT0001L8"},
      {"load 4 $N 1", "mtx-changer: Storage Element 4 is Empty"},
      {"unload 1 $N 1", "mtx-changer: Data Transfer Element 1 (drive nst1) is Empty"},
      {"transfer 2 3", "mtx-changer: Storage Element 3 is Already Full: VT0003L8"},
      {"loaded 1 $N 7", "mtx-changer: no drive 7 in "},
      {"status", "mtx-changer: there is no command status; want "},
      {"load 1", "mtx-changer: load has a slot, a device and a drive; want "},
      {"", "mtx-changer: got 1 arguments; want "},
    };
    for (String[] each : refusals) {
      assertThat(vtl.refused("$MTX $X " + each[0])).startsWith(each[1]);
    }
    assertThat(vtl.refused("$MTX $C/tape/libraries/NONE/changer list")).contains("cannot read");
    assertThat(vtl.refused("$MTX $C/tape/libraries/NONE/changer load 1 $N 0")).isNotEmpty();
  }

  @Test
  void aLibraryGrowsAndShrinksWhileItIsUsed() {
    vtl.must(
        """
        x load 1 0
        exec 3>$N; echo first >&3
        c tape library name=VTL1 drives=4 slots=4 mail=3; test -e $D/nst3; test -e $D/st3
        echo second >&3
        c tape library name=VTL1 mail=0; c tape library name=VTL1 slots=6
        c tape load barcode=VT0002L8 drive=nst3; echo other >$D/nst3
        c tape library name=VTL2 drives=1; test "$(ls $D/nst* | wc -l)" = 5
        echo third >&3; exec 3>&-
        """);
    assertThat(vtl.must("objects VT0001L8; objects VT0002L8; $MTX $X slots"))
        .isEqualTo("6 7 6 FM\n6 FM\n6");

    refuses(
        "c tape library name=VTL1 drives=3",
        "Device or resource busy",
        "drive nst3 has cartridge VT0002L8");
    refuses(
        "c tape library name=VTL1 slots=2",
        "Device or resource busy",
        "cartridge VT0003L8 is in element 3, which would go");
    refuses("c tape library name=VTL1 drives=0", "Invalid argument", "drives is 1 to 64, got 0");
    vtl.must(
        "c tape unload drive=nst3; c tape library name=VTL1 drives=1; ls $D | paste -sd' ' |"
            + " grep -qx 'nst0 nst4 st0 st4'");
    // the next one takes the lowest number that is free
    vtl.must("c tape library name=VTL2 drives=2; ls $D | grep -qx nst1");
  }

  @Test
  void cartridgesLeaveTheLibraryAndComeBack() {
    vtl.must(
        """
        x load 1 0; echo kept >$N; x unload 1 0
        c tape library name=VTL2 drives=1 slots=2
        c 'tape eject barcode=VT0001L8 location="vault 1"'
        grep -q '^location: vault 1' $C/tape/media/VT0001L8/status
        """);
    refuses(
        "c tape load barcode=VT0001L8 drive=nst0",
        "Invalid cross-device link",
        "cartridge VT0001L8 is on the shelf, drive nst0 in library VTL1");
    refuses(
        "c tape load barcode=VT0002L8 drive=nst2",
        "Invalid cross-device link",
        "cartridge VT0002L8 is in library VTL1, drive nst2 in library VTL2");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("5 FM"); // also from the shelf
    vtl.must(
        """
        c tape insert library=VTL2 barcode=VT0001L8 slot=2
        c tape load barcode=VT0001L8 drive=nst2; cat $D/nst2 | grep -qx kept
        """);
    refuses(
        "c tape insert library=VTL1 barcode=VT0001L8",
        "Device or resource busy",
        "cartridge VT0001L8 is in library VTL2");
  }

  @Test
  void aDestroyedCartridgeIsGone() {
    vtl.must(
        """
        x load 1 0; echo secret >$N; x unload 1 0; test -e $BAY/tapes/VT0001L8
        exec 3<$MNT/tapes/VT0001L8
        c tape destroy barcode=VT0001L8
        if test -e $MNT/tapes/VT0001L8; then exit 1; fi
        if grep -rq secret $BAY/tapes; then exit 1; fi
        if grep -q VT0001L8 $C/tape/list; then exit 1; fi
        cat <&3 >/dev/null || true; exec 3<&-
        c tape add library=VTL1; x load 1 0; test "$(stat -c %s $MNT/tapes/VT0001L8)" = 0
        """);
    refuses(
        "c tape unload drive=nst1",
        "No medium found",
        "Data Transfer Element 1 (drive nst1) is Empty");
  }

  @Test
  void aCleaningCartridgeGoesBackByItself() {
    vtl.must(
        """
        c tape add library=VTL1 kind=cleaning
        b=$(ls $MNT/tapes | grep CLN); c tape load barcode=$b drive=nst0
        $MTX $X loaded 0 $N 0 | grep -qx 0; $MTX $X list | grep -qx 4:$b
        grep -qx 'loads: 1' $C/tape/media/$b/status
        """);
  }
}
