package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** install links the command into PATH, and mount(8) finds it there. */
class InstallIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  /** A mount namespace of its own, whose /usr/local/bin is empty. */
  private static final String PRIVATE =
      """
      $COPYBAY umount $MNT
      unshare -m --propagation private bash -euc '
        mount -t tmpfs none /usr/local/bin
      """;

  @Test
  void secondRunSaysThatTheLinkLeadsThere() {
    String said = bay.must(PRIVATE + "$COPYBAY install; $COPYBAY install'");

    String link = "/usr/local/bin/copybay";
    String target = TestBay.COPYBAY.toString();
    assertThat(said.lines())
        .containsExactly(link + " leads to " + target, link + " already leads to " + target);
  }

  @Test
  void foreignFileInItsPlaceIsLeftAlone() {
    String said =
        bay.must(
            PRIVATE
                + """
                  echo mine >/usr/local/bin/copybay
                  status=0; $COPYBAY install 2>&1 || status=$?
                  test $status = 1
                  grep -qx mine /usr/local/bin/copybay
                '
                """);

    assertThat(said).contains("is not a link to a copybay").contains("left it alone");
  }

  @Test
  void mountWithATypeWorksThroughTheLink() {
    Needs.program("mount.fuse3");
    bay.must(
        PRIVATE
            + """
              $COPYBAY install
              PATH=/usr/local/bin:$PATH
              mount -t fuse.copybay $BAY $MNT
              trap "umount $MNT" EXIT
              echo data >$V/v
              grep -qx data $V/v
            '
            """);
  }
}
