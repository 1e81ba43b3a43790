package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code copybay install}, in a mount namespace with a /usr/local/bin of its own. */
class InstallIT {
  private static final String PRIVATE =
      """
      unshare -m --propagation slave bash -euc '
        mount -t tmpfs none /usr/local/bin
        mount -t tmpfs none /usr/local/share
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
  void aMachineWithoutThatDirectoryGetsOne() {
    bay.must(
        """
        unshare -m --propagation slave bash -euc '
          mount -t tmpfs none /usr/local
          $COPYBAY install
          /usr/local/bin/copybay version >/dev/null'
        """);
  }

  @Test
  void thePageAndTheCompletionAreWhereManAndBashLook() {
    Needs.program("groff");
    String said =
        bay.must(
            PRIVATE
                + """
                  $COPYBAY install
                  page=/usr/local/share/man/man1/copybay.1
                  test -z "$(groff -man -ww -z $page 2>&1)"
                  groff -man -Tutf8 $page | grep -a "copybay import" >/dev/null
                  set +u # as in the shell of a person
                  source /usr/local/share/bash-completion/completions/copybay
                  compopt() { :; }
                  COMP_WORDS=(copybay st) COMP_CWORD=1
                  _complete_copybay
                  test "${COMPREPLY[*]}" = status
                  COMP_WORDS=(copybay ls --js) COMP_CWORD=2
                  _complete_copybay
                  test "${COMPREPLY[*]}" = --json
                  COMP_WORDS=(copybay "") COMP_CWORD=1
                  _complete_copybay
                  for verb in init mount umount status ls df info jobs ctl import export demo install \
                      version completion; do
                    case " ${COMPREPLY[*]} " in *" $verb "*) ;; *) echo "$verb"; exit 1 ;; esac
                  done
                  $COPYBAY install
                  $COPYBAY install --remove
                  test -z "$(find /usr/local/bin /usr/local/share -type f -o -type l)"'
                """);

    assertThat(said).containsOnlyOnce("copybay.1 made").contains("copybay.1 is there already");
  }

  @Test
  void aPageOfSomebodyElseStays() {
    Shell.Result installed =
        bay.run(
            PRIVATE
                + """
                  mkdir -p /usr/local/share/man/man1
                  echo mine >/usr/local/share/man/man1/copybay.1
                  $COPYBAY install
                  $COPYBAY install --remove
                  grep -x mine /usr/local/share/man/man1/copybay.1'
                """);

    assertThat(installed.ok()).endsWith("mine");
    assertThat(installed.err()).contains("was not made by copybay, left it alone");
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
