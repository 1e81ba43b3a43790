package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {

  private static final String MOUNTINFO =
      """
      22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
      30 22 0:45 / /mnt/bay rw,nosuid,nodev,relatime - fuse.copybay copybay#lab rw,user_id=0
      31 22 0:46 / /mnt/my\\040bay\\134x\\011y rw shared:7 master:1 - fuse.copybay a\\040b rw
      32 22 0:47 / /mnt/ä rw - fuse.sshfs host:/x rw
      33 30 0:48 / /mnt/bay rw - fuse.copybay copybay#upper rw
      a line of another form
      34 22 0:49 /
      """;

  private final MountTable table = MountTable.parse(MOUNTINFO);

  @Test
  void baysAreFoundAmongOtherMounts() {
    assertThat(table.bays())
        .extracting(MountTable.Mount::source)
        .containsExactly("copybay#lab", "a b", "copybay#upper");
  }

  @Test
  void escapedNamesAreTurnedBack() {
    assertThat(table.at(Path.of("/mnt/my bay\\x\ty"))).isPresent();
    assertThat(table.at(Path.of("/mnt/ä"))).get().extracting("type").isEqualTo("fuse.sshfs");
    assertThat(MountTable.unescape("a\\040")).isEqualTo("a ");
    assertThat(MountTable.unescape("a\\04")).isEqualTo("a\\04");
  }

  @Test
  void theUppermostMountOfAPlaceCounts() {
    assertThat(table.at(Path.of("/mnt/bay"))).get().extracting("device").isEqualTo("0:48");
    assertThat(table.at(Path.of("/mnt"))).isEmpty();
  }

  @Test
  void aBayIsFoundBelowAnotherThatWasMountedOverIt() {
    assertThat(table.bayAt(Path.of("/mnt/bay"), "copybay#lab"))
        .get()
        .extracting("device")
        .isEqualTo("0:45");
    assertThat(table.bayAt(Path.of("/mnt/bay"), "copybay#other")).isEmpty();
  }

  @Test
  void optionsAreThoseOfTheMountAndOfTheFileSystem() {
    assertThat(table.bays().get(0).options())
        .containsExactly("nodev", "nosuid", "relatime", "rw", "user_id=0");
  }

  /** The lines of a container: the root stands behind what is mounted on it. */
  @Test
  void aPlaceLiesOnTheMountThatItsPathLeadsTo() {
    MountTable mixed =
        MountTable.parse(
            """
            24 30 0:23 / /dev rw - devtmpfs devtmpfs rw
            25 24 0:24 / /dev/shm rw - tmpfs shm rw
            30 1 254:0 / / rw - ext4 /dev/vda rw
            40 30 0:50 / /srv/bay rw - xfs hidden rw
            41 30 0:51 / /srv rw - tmpfs over rw
            42 41 0:52 / /srv/other rw - btrfs inside rw
            43 42 0:53 / /srv/other rw - ext4 stacked rw
            """);

    assertThat(source(mixed, "/dev/shm/x")).isEqualTo("shm");
    assertThat(source(mixed, "/dev/fuse")).isEqualTo("devtmpfs");
    assertThat(source(mixed, "/home")).isEqualTo("/dev/vda");
    assertThat(source(mixed, "/srv/other/bay")).isEqualTo("stacked");
    assertThat(source(mixed, "/srv/bay/volumes")).isEqualTo("over");
    assertThat(source(mixed, "/srv/otherwise")).isEqualTo("over");
  }

  /** Made below a mount that hides it: the number of the mount under it decides. */
  @Test
  void aHiddenMountHoldsNothing() {
    MountTable hidden =
        MountTable.parse(
            """
            30 1 254:0 / / rw - ext4 /dev/vda rw
            41 30 0:51 / /srv rw - tmpfs over rw
            40 29 0:50 / /srv/bay rw - xfs hidden rw
            29 1 0:49 / /other rw - ext4 elsewhere rw
            """);

    assertThat(source(hidden, "/srv/bay/volumes")).isEqualTo("over");
  }

  private static String source(MountTable table, String place) {
    return table.holding(Path.of(place)).orElseThrow().source();
  }

  @Test
  void aPlaceLiesInTheBayThatIsNearest() {
    assertThat(table.bayAround(Path.of("/mnt/bay/volumes/v")))
        .get()
        .extracting("device")
        .isEqualTo("0:48");
    assertThat(table.bayAround(Path.of("/mnt/bay"))).isPresent();
    assertThat(table.bayAround(Path.of("/mnt/bays"))).isEmpty();
    assertThat(table.bayAround(Path.of("/mnt/ä/x"))).isEmpty();
    assertThat(table.bayAround(Path.of("/"))).isEmpty();
  }

  @Test
  void theTableOfThisSystemHasProc() throws IOException {
    assertThat(MountTable.read().at(Path.of("/proc"))).isPresent();
  }
}
