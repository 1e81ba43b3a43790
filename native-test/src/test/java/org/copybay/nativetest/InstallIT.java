package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code copybay install}, in a mount namespace with a /usr/local/bin of its own. */
class InstallIT {
  private static final String PRIVATE =
      """
      unshare -m --propagation private bash -euc '
        mount -t tmpfs none /usr/local/bin
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @Test
  void theLinkLeadsToTheCommandAndIsThereTwice() {
    String said =
        bay.must(
            PRIVATE
                + """
                  $COPYBAY install
                  test $(readlink /usr/local/bin/copybay) = $(realpath $COPYBAY)
                  /usr/local/bin/copybay version >/dev/null
                  $COPYBAY install'
                """);

    assertThat(said).contains("leads to", "already leads to");
  }

  @Test
  void aMountFindsTheInstalledCommand() {
    Needs.program("mount.fuse3");
    bay.must(
        "$COPYBAY umount $MNT\n"
            + PRIVATE
            + """
              $COPYBAY install
              mount -t fuse.copybay $BAY $MNT
              trap "umount $MNT" EXIT
              echo data >$V/v; grep -x data $V/v'
            """);
  }

  @Test
  void whatSomebodyElsePutThereStays() {
    String error = bay.refused(PRIVATE + "echo mine >/usr/local/bin/copybay; $COPYBAY install'");

    assertThat(error).contains("is not a link to a copybay", "left it alone");
    assertThat(error).contains("type again");
  }
}
