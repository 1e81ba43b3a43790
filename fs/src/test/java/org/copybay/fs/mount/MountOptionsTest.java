package org.copybay.fs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;

/** The options of a mount, as mount(8), fstab and people write them. */
class MountOptionsTest {

  private static MountOptions parse(String... lists) throws StorageException {
    return MountOptions.parse(List.of(lists));
  }

  @Test
  void withoutOptionsNothingIsAsked() throws Exception {
    MountOptions options = parse();

    assertThat(options)
        .isEqualTo(
            new MountOptions(
                false, false, false, false, null, RecoverMode.AUTO, null, null, null, ""));
    assertThat(options.noExec() || options.sync() || options.readOnly()).isFalse();
  }

  @Test
  void whatHasAnEffectIsKept() throws Exception {
    MountOptions options =
        parse("ro,noexec", "sync,allow_other,transport=jnr,recover=power,uid=5,gid=6,fsname=lab");

    assertThat(options)
        .isEqualTo(
            new MountOptions(
                true,
                true,
                true,
                true,
                Transports.Choice.JNR,
                RecoverMode.POWER,
                5,
                6,
                "lab",
                "ro,noexec,sync,allow_other,transport=jnr,recover=power,uid=5,gid=6,fsname=lab"));
  }

  @Test
  void theLastOfTwoThatContradictCounts() throws Exception {
    assertThat(parse("noexec,exec").noExec()).isFalse();
    assertThat(parse("user,exec,noexec").noExec()).isTrue();
    assertThat(parse("ro,rw").readOnly()).isFalse();
    assertThat(parse("sync,async").sync()).isFalse();
  }

  @Test
  void theWordsOfMountAndFstabAreTaken() throws Exception {
    String words =
        "noauto,user,user=alice,nouser,users,owner,group,nofail,_netdev,defaults,x-systemd.automount,"
            + "nosuid,nodev,atime,noatime,relatime,strictatime,nodiratime,lazytime,nolazytime,"
            + "nosymfollow,async,dirsync,comment=x,subtype=copybay";

    assertThat(parse(words).text()).isEqualTo(words);
  }

  @Test
  void whatNobodyKnowsIsRefusedByName() {
    for (String word :
        List.of(
            "frobnicate",
            "transport=x",
            "transport=",
            "uid=x",
            "gid=-1",
            "uid=2147483648",
            "fsname=")) {
      assertThatThrownBy(() -> parse("ro," + word))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(word);
    }
  }
}
