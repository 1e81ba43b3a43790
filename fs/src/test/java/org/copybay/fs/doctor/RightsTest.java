package org.copybay.fs.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.copybay.fs.doctor.Finding.Severity;
import org.copybay.fs.doctor.MountRight.Fusermount;
import org.junit.jupiter.api.Test;

/** Who may mount, and who may let others in. */
class RightsTest {
  static final Rights ROOT = new Rights(0, true, true, false, false);
  static final Rights USER = new Rights(1000, false, true, false, false);
  static final Rights IN_CONTAINER = new Rights(0, false, false, false, true);

  private static final Path PATH = Path.of("/usr/bin/fusermount3");
  private static final Fusermount GOOD = new Fusermount(PATH, 0, true, false);

  private static final String STATUS =
      """
      Name:	java
      Uid:	1000	65534	1000	1000
      CapInh:	0000000000000000
      CapEff:	0000000000000000
      CapBnd:	000001ffffdfffff
      NoNewPrivs:	1
      """;

  @Test
  void rightsAreReadFromTheStatusOfTheProcess() throws IOException {
    assertThat(Rights.parse(STATUS, true)).isEqualTo(new Rights(65534, false, false, true, true));
    assertThat(Rights.parse(STATUS.replace("CapBnd:	000001ffffd", "CapBnd:	000001fffff"), false))
        .isEqualTo(new Rights(65534, false, true, true, false));
    assertThat(
            Rights.parse(STATUS.replace("CapEff:	0000000000000", "CapEff:	0000000000200"), false))
        .matches(Rights::admin);
    assertThatThrownBy(() -> Rights.parse("Uid:	0	0	0	0\n", false)).hasMessageContaining("CapEff");
  }

  @Test
  void thisProcessHasRights() throws IOException {
    assertThat(Rights.read().uid()).isNotNegative();
  }

  @Test
  void whoHasTheRightOrASetUidProgramMayMount() {
    assertThat(MountRight.find(ROOT, null).severity()).isEqualTo(Severity.OK);
    assertThat(MountRight.find(USER, GOOD).severity()).isEqualTo(Severity.OK);
  }

  @Test
  void whatIsMissingIsNamedWithItsFix() {
    problem(MountRight.find(IN_CONTAINER, GOOD), "even for root", "--cap-add SYS_ADMIN");
    problem(
        MountRight.find(new Rights(5, false, false, false, true), GOOD),
        "no CAP_SYS_ADMIN",
        "--cap-add SYS_ADMIN");
    problem(MountRight.find(USER, null), "no fusermount3", "apt-get install fuse3");
    problem(
        MountRight.find(USER, new Fusermount(PATH, 0, false, false)),
        "not set-uid root",
        "chmod 4755 /usr/bin/fusermount3");
    problem(
        MountRight.find(USER, new Fusermount(PATH, 1000, true, false)),
        "not set-uid root",
        "chown");
    problem(
        MountRight.find(USER, new Fusermount(PATH, 0, true, true)),
        "with nosuid",
        "without nosuid");
    problem(
        MountRight.find(new Rights(5, false, true, true, false), GOOD),
        "no_new_privs",
        "NoNewPrivileges=no");
  }

  @Test
  void allowOtherNeedsALineOfItsOwnInFuseConf() {
    assertThat(AllowOther.find(ROOT, "").severity()).isEqualTo(Severity.OK);
    assertThat(AllowOther.find(USER, "mount_max = 5\n  user_allow_other \n").severity())
        .isEqualTo(Severity.OK);
    for (String conf : new String[] {"", "#user_allow_other\n", "user_allow_others\n"}) {
      Finding finding = AllowOther.find(USER, conf);
      assertThat(finding.severity()).as(conf).isEqualTo(Severity.WARNING);
      assertThat(finding.fix()).contains("echo user_allow_other >>/etc/fuse.conf");
    }
  }

  private static void problem(Finding finding, String found, String fix) {
    assertThat(finding.severity()).as("%s", finding).isEqualTo(Severity.PROBLEM);
    assertThat(finding.found()).contains(found);
    assertThat(finding.fix()).contains(fix);
  }
}
