package org.copybay.nativetest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Nobody;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;

/** Which transport serves a mount, and what is said when it cannot. */
class ChoiceIT {

  /** An ordinary user's system without the package fuse3: fusermount is there, fusermount3 not. */
  private static final String WITHOUT_FUSERMOUNT3 =
      """
      mkdir bin
      for directory in $(printf %s "$PATH" | tr : ' '); do
        for program in $directory/*; do
          name=${program##*/}
          [[ ! -e $program || -e bin/$name || $name = fusermount3 ]] || ln -s "$program" bin/
        done
      done
      export PATH=$PWD/bin
      if command -v fusermount3; then exit 1; fi
      """;

  @Test
  void withoutTheOptionItIsDev() {
    try (TestBay bay = TestBay.onTmpfs("64m").make()) {
      Shell.Result mounted = bay.tryMount();

      mounted.ok();
      assertThat(mounted.err()).isEmpty();
      assertThat(bay.must("sed -n 's/^transport: //p' $C/status")).isEqualTo("dev");
    }
  }

  @Test
  void anotherOneIsRefusedByName() {
    try (TestBay bay = TestBay.onTmpfs("64m").make().withOptions("transport=nfs")) {
      assertThat(bay.tryMount().refused())
          .contains("transport=nfs: want transport=dev or transport=jnr");
      await().until(() -> bay.daemon().isEmpty());
    }
  }

  @Test
  void whereDevLacksItsProgramJnrServesAndSaysSo() throws IOException {
    Needs.libfuse2();
    try (TestBay bay = TestBay.onDisk().make()) {
      Shell.Result result =
          Nobody.run(
              bay,
              WITHOUT_FUSERMOUNT3
                  + """
                  $COPYBAY init bay
                  $COPYBAY mount bay mnt
                  trap '$COPYBAY umount mnt; findmnt mnt || echo unmounted' EXIT
                  head -c 3000001 /dev/urandom >data
                  cp data mnt/volumes/v
                  cmp data mnt/volumes/v
                  stat -c %u mnt/volumes/v
                  sed -n 's/^transport: //p' mnt/.control/status
                  findmnt -no FSTYPE,OPTIONS mnt
                  grep -c 'served by libfuse 2' bay/log/copybay.log
                  """);

      assertThat(result.ok())
          .contains("\n65534\njnr\nfuse.copybay", "user_id=65534", "nosuid", "nodev", "\n1\n")
          .endsWith("unmounted");
      assertThat(result.err())
          .contains("copybay: served by libfuse 2 (transport=jnr)", "because fusermount3")
          .contains("Debian package fuse3");
    }
  }

  @Test
  void devThatIsAskedForIsNotReplaced() throws IOException {
    try (TestBay bay = TestBay.onDisk().make()) {
      String error =
          Nobody.run(
                  bay,
                  WITHOUT_FUSERMOUNT3
                      + "$COPYBAY init bay; $COPYBAY mount bay mnt -o transport=dev")
              .refused();

      assertThat(error).contains("fusermount3 could not be run").doesNotContain("libfuse");
    }
  }

  @Test
  void anOrdinaryUserMountsThroughJnr() throws IOException {
    Needs.libfuse2();
    try (TestBay bay = TestBay.onDisk().make()) {
      String said =
          Nobody.run(
                  bay,
                  """
                  $COPYBAY init 'bay, \\ 2'
                  $COPYBAY mount 'bay, \\ 2' mnt -o transport=jnr,noexec
                  trap '$COPYBAY umount mnt; findmnt mnt || echo unmounted' EXIT
                  echo data >mnt/volumes/v
                  grep -x data mnt/volumes/v
                  findmnt -no SOURCE,OPTIONS mnt
                  """)
              .ok();

      assertThat(said).contains("/home/bay, \\ 2").contains("user_id=65534", "noexec");
      assertThat(said).endsWith("unmounted");
    }
  }

  /** What both would meet is tried once, and said in the words of libfuse. */
  @Test
  void aRefusalOfTheSystemIsSaidAndNotTriedTwice() throws IOException {
    Needs.libfuse2();
    try (TestBay bay = TestBay.onDisk().make()) {
      for (String transport : new String[] {"", ",transport=jnr"}) {
        String error =
            Nobody.run(
                    bay,
                    "rm -rf bay; $COPYBAY init bay; $COPYBAY mount bay mnt -o allow_other"
                        + transport)
                .refused();

        assertThat(error).containsOnlyOnce("user_allow_other").doesNotContain("served by");
      }
    }
  }

  @Test
  void aMissingLibfuseIsNamedWithItsPackage() throws IOException {
    try (TestBay bay = TestBay.onDisk().make()) {
      String hidden =
          """
          touch $T/empty
          unshare -m --propagation slave bash -euc '
            for library in /lib/*/libfuse.so.2* /usr/lib/*/libfuse.so*; do
              [ -e $library ] && mount --bind $T/empty $library
            done
            %s
          '
          """;

      assertThat(bay.refused(hidden.formatted("$COPYBAY mount $BAY $MNT -o transport=jnr")))
          .contains("libfuse 2 could not be loaded")
          .contains("Debian package libfuse2")
          .doesNotContain("package fuse)");
      bay.must(hidden.formatted("$COPYBAY mount $BAY $MNT; $COPYBAY umount $MNT"));
    }
  }
}
