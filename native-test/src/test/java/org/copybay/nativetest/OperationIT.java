package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unit of systemd and the lines for fstab in docs/OPERATION.md, as they are printed there. */
class OperationIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private static final Path ROOT = Path.of(System.getProperty("copybay.root")).normalize();

  /** An installed command, and a bay at /srv/books for /mnt/books. */
  private static final String PRIVATE =
      """
      unshare -m --propagation slave bash -euc '
        mount -t tmpfs none /usr/local/bin; ln -s $COPYBAY /usr/local/bin/copybay
        mount -t tmpfs none /srv; mount -t tmpfs none /mnt; mkdir /mnt/books
        copybay init /srv/books
        trap "grep -q \\" /mnt/books \\" /proc/mounts && copybay umount /mnt/books" EXIT
      """;

  @BeforeEach
  void writeTheLinesOfFstab() throws IOException {
    Needs.program("mount.fuse3");
    List<String> lines =
        Files.readAllLines(ROOT.resolve("docs/OPERATION.md")).stream()
            .filter(line -> line.startsWith("/srv/books") && line.contains("fuse.copybay"))
            .toList();
    assertThat(lines).hasSize(3);
    for (int i = 0; i < lines.size(); i++) {
      Files.writeString(bay.scratch().resolve("fstab" + i), lines.get(i) + "\n");
    }
  }

  @Test
  void systemdTakesTheUnit() {
    Needs.program("systemd-analyze");
    bay.must(
        PRIVATE
            + """
              mkdir units; cp %s/docs/systemd/copybay@.service units/
              systemd-analyze verify $T/units/copybay@books.service 2>said
              cat said; test ! -s said'
            """
                .formatted(ROOT));
  }

  /** What the unit runs, without systemd: its start returns when the mount answers. */
  @Test
  void theLinesOfTheUnitMountAndEndInTheTimeThatItGives() {
    bay.must(
        PRIVATE
            + """
              unit=%s/docs/systemd/copybay@.service
              start=$(sed -n "s/^ExecStart=//p" $unit); ${start//%%I/books}
              echo data >/mnt/books/volumes/v
              exec 5<>/mnt/books/volumes/v
              pid=$(pgrep --ns $$ --nslist mnt -f "[s]erve /srv/books /mnt/books")
              kill -$(sed -n "s/^KillSignal=//p" $unit) $pid
              timeout $(sed -n "s/^TimeoutStopSec=//p" $unit) tail --pid=$pid -f /dev/null
              if grep " /mnt/books " /proc/mounts; then exit 1; fi
              ${start//%%I/books}
              grep -x data /mnt/books/volumes/v'
            """
                .formatted(ROOT));
  }

  @Test
  void theLinesOfFstabAreInOrder() {
    for (String file : List.of("fstab0", "fstab1", "fstab2")) {
      assertThat(bay.must(PRIVATE + "findmnt --verify --tab-file " + file + " 2>&1'"))
          .contains("0 parse errors, 0 errors");
    }
  }

  /** The name of the source lets mount -a see that it is there. */
  @Test
  void mountAllMountsTheFirstLineOnce() {
    bay.must(
        PRIVATE
            + """
              mount -a -T fstab0
              findmnt /mnt/books | grep fuse.copybay
              mount -a -T fstab0
              test $(grep -c " /mnt/books " /proc/mounts) = 1'
            """);
  }

  @Test
  void anOrdinaryUserMountsTheSecondLine() {
    Needs.program("setpriv", "fusermount3");
    bay.must(
        PRIVATE
            + """
              mount --bind fstab1 /etc/fstab
              echo user_allow_other >conf; mount --bind conf /etc/fuse.conf
              mknod -m 666 fuse c 10 229; chmod 666 fuse; mount --bind fuse /dev/fuse
              chown -R 65534 /srv/books /mnt/books; chmod 755 $T
              nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
              $nobody mount /mnt/books
              $nobody sh -c "echo data >/mnt/books/volumes/v"
              stat -c %u /mnt/books/volumes/v | grep -x 65534
              $nobody umount /mnt/books'
            """);
  }

  @Test
  void theThirdLineWaitsForItsFirstUse() {
    bay.must(PRIVATE + "mount -T fstab2 /mnt/books; findmnt /mnt/books | grep fuse.copybay'");
  }

  /** What systemd makes of a line at boot: the mount wants the disk of the bay before. */
  @Test
  void theGeneratorOfSystemdTakesTheLines() {
    Needs.program("systemd-analyze");
    for (String file : List.of("fstab0", "fstab2")) {
      bay.must(
          PRIVATE
              + """
                mkdir gen-%1$s
                SYSTEMD_FSTAB=$T/%1$s /lib/systemd/system-generators/systemd-fstab-generator \\
                    gen-%1$s gen-%1$s gen-%1$s
                grep -x "What=/srv/books" gen-%1$s/mnt-books.mount
                grep -x "RequiresMountsFor=/srv" gen-%1$s/mnt-books.mount
                systemd-analyze verify $T/gen-%1$s/mnt-books.mount'
              """
                  .formatted(file));
    }
  }
}
