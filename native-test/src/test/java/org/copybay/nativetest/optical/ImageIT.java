package org.copybay.nativetest.optical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images that programs made go in and out with cp, and a duplicate of one differs from it in the
 * sectors of its descriptors only; the readers of Linux show its new identifier and the old tree.
 */
class ImageIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final String TREE =
      """
      if ! test -d tree; then
        mkdir -p tree/sub
        for i in 1 2 3 4; do seq $((i * 9000)) >tree/sub/file$i; done
        head -c 200000 /dev/urandom >tree/random
      fi
      """;

  private final Jukebox jukebox = new Jukebox(BAY);

  @BeforeAll
  static void needs() {
    Needs.program("genisoimage", "mkudffs", "udfinfo", "7z", "grub-mount", "blkid", "isoinfo");
  }

  @BeforeEach
  void anImageCatalogue() {
    jukebox.anew().must("c optical device name=IMAGES type=virtual 'media=*DVD-RAM'\n" + TREE);
  }

  @Test
  void imagesComeAndGoWithCp() {
    jukebox.must(
        """
        genisoimage -quiet -J -R -V OLD_NAME -o a.iso tree
        cp a.iso $O/DEBIAN12
        test "$(ls $O)" = DEBIAN12
        cmp a.iso $O/DEBIAN12
        cp $O/DEBIAN12 b.iso; cmp a.iso b.iso
        test $(st DEBIAN12 capacity) = $(stat -c %s a.iso)
        """);
    assertThat(jukebox.refused("printf x >>$O/DEBIAN12")).contains("Read-only file system");
    assertThat(jukebox.refused("cp a.iso $O/lower.iso")).contains("Invalid argument");
    BAY.kill9();
    BAY.mount();
    jukebox.must(
        """
        cmp a.iso $O/DEBIAN12
        mv $O/DEBIAN12 $O/DEBIAN13
        rm $O/DEBIAN13
        test -z "$(ls $O)"
        """);
    assertThat(BAY.must("cat $C/audit")).contains("unlink DEBIAN13");
    jukebox.must(
        "for i in $(seq 100); do test $(ls $BAY/volumes | wc -l) = 0 && exit; sleep 0.1; done; exit 1");
  }

  @Test
  void anImageOfAnyBytesIsDuplicated() {
    jukebox.must(
        """
        head -c 300000 /dev/urandom >raw
        cp raw $O/RAW
        cp raw $O/COPY
        d raw from=RAW to=COPY clear=yes
        cmp -n 300000 raw $O/COPY
        """);
    jukebox.must( // the close of the first cp may come after the open of the second
        "for i in $(seq 10); do cp raw $O/TWICE; cp raw $O/TWICE; cmp -n 300000 raw $O/TWICE; rm $O/TWICE; done");
  }

  @Test
  void aBackupVolumeIsNotDeletedByRm() {
    jukebox.must(
        """
        genisoimage -quiet -udf -V OLD -o backup.iso tree
        cp backup.iso $O/BKU
        c optical initialize volume=BKU 'type=*BACKUP'
        """);
    assertThat(jukebox.refused("rm $O/BKU")).contains("Operation not permitted");
    jukebox.must("test -e $O/BKU; c optical destroy cartridge=$(st BKU cartridge)");
  }

  @Test
  void anImageWhoseMountDiedIsToldAndEnded() throws Exception {
    Process writer =
        BAY.start(
            "head -c 300000 /dev/urandom >raw; exec 7>$MNT/optical/CUT; cat raw >&7; touch wrote;"
                + " exec sleep 600");
    BAY.must("while ! test -e wrote; do sleep 0.1; done; rm wrote");
    BAY.kill9();
    writer.destroy();
    writer.waitFor();
    BAY.mount();

    assertThat(BAY.must("cat $C/health")).contains("image CUT is being made by nobody");
    assertThat(jukebox.refused("c optical duplicate from=CUT to=CUT"))
        .contains("try: : >> optical/CUT");
    jukebox.must(
        """
        : >>$O/CUT
        while ! test $(st CUT state) = initialized; do sleep 0.1; done
        grep -qx ok $C/health
        cmp -n 300000 raw $O/CUT
        """);
  }

  @ParameterizedTest
  @CsvSource({
    "joliet, genisoimage -quiet -J -R -V OLD -o x.img tree, 16 17",
    "bridge, genisoimage -quiet -udf -J -R -V OLD -o x.img tree, 16 17 32 33 35 48 49 51 257",
  })
  void aDuplicateDiffersInDescriptorsOnly(String name, String make, String sectors) {
    jukebox.must(
        """
        %s
        cp x.img $O/SRC
        blank IMAGES %s *DVD-RAM 64M
        d %s from=SRC to=%s.A newvol=NEW-1
        cmp -l $O/SRC $O/NEW-1 | awk '{ print int(($1 - 1) / 2048) }' | sort -nu | tr '\\n' ' ' >got || true
        test "$(cat got)" = "%s "
        test "$(blkid -p -o value -s LABEL $O/NEW-1)" = NEW-1
        isoinfo -d -i $O/NEW-1 | grep -qx 'Volume id: NEW-1'
        7z l $O/NEW-1 | grep -q 'sub/file4'
        mkdir -p g
        grub-mount $O/NEW-1 g
        diff -r tree g || { umount g; exit 1; }
        umount g
        cmp x.img $O/SRC
        rm $O/NEW-1 $O/SRC
        """
            .formatted(
                make, name.toUpperCase(Locale.ROOT), name, name.toUpperCase(Locale.ROOT), sectors));
  }

  @Test
  void aUdfVolumeThatMkudffsMade() {
    jukebox.must(
        """
        truncate -s 32M u.img
        mkudffs -q -l OLD --media-type=dvdram u.img >/dev/null 2>&1 || mkudffs -l OLD --media-type=dvdram u.img >/dev/null
        cp u.img $O/UDF1
        blank IMAGES U2 *DVD-RAM 64M
        d udf from=UDF1 to=U2.A newvol=UDF2
        udfinfo $O/UDF2 | grep -qx 'label=UDF2'
        udfinfo $O/UDF2 | grep -qx 'lvid=UDF2'
        test "$(udfinfo $O/UDF1 | grep ^uuid)" = "$(udfinfo $O/UDF2 | grep ^uuid)"
        test "$(blkid -p -o value -s LABEL $O/UDF2)" = UDF2
        """);
    assertThat(
            jukebox.refused(
                "d long from=UDF1 to=U2.A clear=yes newvol=A234567890123456789012345678901"))
        .contains("ODUP-BADNAME");
  }

  @Test
  void theKernelMountsADuplicate() {
    Needs.mountable("iso9660");
    jukebox.must(
        """
        genisoimage -quiet -J -R -V OLD -o k.iso tree
        cp k.iso $O/KSRC
        blank IMAGES KDST *DVD-RAM 64M
        d kernel from=KSRC to=KDST.A newvol=KDST
        mkdir -p k; mount -o loop,ro $O/KDST k; diff -r tree k || { umount k; exit 1; }; umount k
        """);
  }
}
