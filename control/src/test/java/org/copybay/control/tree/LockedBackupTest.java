package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Errno;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing removes a locked or held backup; each try is EPERM and stands in the audit log. */
class LockedBackupTest extends SafeguardFixture {
  @BeforeEach
  void make() throws Exception {
    makeSession();
  }

  @ParameterizedTest
  @CsvSource({
    "UNLINK,safeguard/PAY/ctl",
    "RMDIR,safeguard/PAY",
    "RENAME,safeguard/PAY",
    "RMDIR,safeguard"
  })
  void whoRemovesASessionByHandIsNoted(Gesture gesture, String path) throws Exception {
    assertThat(tree.refuse(OpenBay.OWNER, gesture, path).fault()).isEqualTo(Fault.FORBIDDEN);
    String verb = gesture.name().toLowerCase(Locale.ROOT);
    assertThat(lastAudit()).contains(" " + path + " " + verb + " EPERM " + verb + " " + path);
    tree.refuse(OpenBay.OWNER, Gesture.MKDIR, "volumes/x");
    assertThat(lastAudit()).doesNotContain("volumes/x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ctl|safeguarded expire session=PAY backup=ID|safeguarded-expire|true",
        "ctl|safeguarded expire session=PAY backup=ID only=yes|safeguarded-expire|true",
        "safeguard/PAY/ctl|Expire Backup ID|safeguarded-expire|true",
        "safeguard/PAY/ctl|Expire Backup NEWER confirm=2|safeguarded-expire|true",
        "ctl|cmdsess -action expire -backupid ID PAY|safeguarded-expire|true",
        "safeguard/PAY/ctl|Terminate|safeguarded-terminate|true",
        "safeguard/PAY/ctl|terminate force=yes confirm=2|safeguarded-terminate|true",
        "safeguard/PAY/ctl|remove volume=a|safeguarded-remove|true",
        "ctl|rmcpset -h1 a PAY|safeguarded-remove|true",
        "ctl|rmsess PAY|safeguarded-delete|true",
        "safeguard/PAY/ctl|delete|safeguarded-delete|true",
        "ctl|delete volume=a|delete|false",
        "volumes/a/ctl|delete|delete|false",
        "ctl|resize volume=a size=4096 shrink=yes|resize|false",
        "ctl|duplicate from=ar to=a replace=yes|duplicate|false",
      })
  void nothingRemovesIt(String ctl, String line, String verb, boolean held) throws Exception {
    long id = backup("lock=1d");
    long newer = backup("");
    String written = line.replace("ID", "" + id).replace("NEWER", "" + newer);

    assertThat(refused(OpenBay.OWNER, ctl, written, "is locked until")).isEqualTo(Errno.EPERM);

    assertThat(lastAudit()).contains(" " + ctl + " " + verb + " EPERM " + written);
    assertThat(read(ROOM + "backups")).contains("\n" + id + " ", "\n" + newer + " ");
    assertThat(refused(OpenBay.OWNER, ctl, written + " dry-run=yes")).isEqualTo(Errno.EPERM);
    open.clock().pass(Duration.ofDays(1));
    if (held) {
      assertThat(reply("ctl", "safeguarded hold session=PAY backup=" + id + " hold=x"))
          .startsWith("ok ");
      assertThat(refused(OpenBay.OWNER, ctl, written, "SGC1006E", "is held by x"))
          .isEqualTo(Errno.EPERM);
      assertThat(reply("ctl", "safeguarded release session=PAY backup=" + id + " hold=x"))
          .startsWith("ok ");
    }
  }
}
