package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.copybay.volumes.store.MountTable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class WhichBayTest {
  private static final MountTable TWO =
      MountTable.parse(
          """
          22 1 254:0 / / rw - ext4 /dev/vda rw
          30 22 0:45 / /mnt/one rw - fuse.copybay copybay#one rw
          31 22 0:46 / /mnt/two\\040words rw - fuse.copybay copybay#two rw
          32 22 0:47 / /mnt/hidden rw - fuse.copybay copybay#hidden rw
          33 32 0:48 / /mnt/hidden rw - tmpfs none rw
          """);
  private static final MountTable ONE =
      MountTable.parse(
          """
          22 1 254:0 / / rw - ext4 /dev/vda rw
          30 22 0:45 / /mnt/one rw - fuse.copybay copybay#one rw
          """);

  private final WhichBay which = new Verb().which();

  @Test
  void theOptionWinsOverThePlaceAndThePlaceOverTheVariable() {
    Path here = Path.of("/mnt/one/volumes");
    Path two = Path.of("/mnt/two words");

    assertThat(which.choose(TWO, here, two, null)).isEqualTo(two);
    assertThat(which.choose(TWO, here, null, two)).isEqualTo(Path.of("/mnt/one"));
    assertThat(which.choose(TWO, Path.of("/tmp"), null, two)).isEqualTo(two);
  }

  @Test
  void anyPlaceInABayNamesIt() {
    assertThat(which.choose(TWO, Path.of("/mnt"), Path.of("one/points/../volumes"), null))
        .isEqualTo(Path.of("/mnt/one"));
  }

  @Test
  void theOnlyOneNeedsNoName() {
    assertThat(which.choose(ONE, Path.of("/tmp"), null, null)).isEqualTo(Path.of("/mnt/one"));
  }

  @Test
  void twoAreListedWithoutTheOneThatIsHidden() {
    assertThatThrownBy(() -> which.choose(TWO, Path.of("/tmp"), null, null))
        .isInstanceOf(UnclearBayException.class)
        .hasMessage(
            "several bays are mounted; try: --at with one of these\n"
                + "  --at=/mnt/one\n  --at='/mnt/two words'");
    assertThatThrownBy(() -> which.choose(TWO, Path.of("/mnt/hidden"), null, null))
        .isInstanceOf(UnclearBayException.class);
  }

  @Test
  void aPlaceWithoutABayIsNoChoice() {
    assertThatThrownBy(() -> which.choose(ONE, Path.of("/mnt/one"), Path.of("/mnt/on"), null))
        .isInstanceOf(UnclearBayException.class)
        .hasMessageStartingWith("no bay is mounted at --at=/mnt/on; try");
    assertThatThrownBy(() -> which.choose(ONE, Path.of("/"), null, Path.of("/mnt")))
        .hasMessageStartingWith("no bay is mounted at COPYBAY_AT=/mnt; try");
  }

  @Command
  private static final class Verb {
    @Mixin private WhichBay which;

    WhichBay which() {
      new CommandLine(this);
      return which;
    }
  }
}
