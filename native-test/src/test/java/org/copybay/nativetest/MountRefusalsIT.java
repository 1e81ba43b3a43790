package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mounts that are refused: with the daemon's sentence, status 1, and nothing left behind. */
class MountRefusalsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @ParameterizedTest
  @CsvSource({
    "outer/bay, outer, inside",
    "nested, nested/mnt, inside",
    "same, same, inside",
    "no-such-bay, empty, no-such-bay",
    "plain, empty, plain",
    "file, empty, file",
    "good, no-such-directory, no-such-directory",
    "good, file, file",
  })
  void isRefusedWithASentence(String bay, String mountPoint, String word) {
    BAY.must(
        """
        mkdir -p outer empty plain; touch file
        for b in outer/bay nested same good; do test -e $b || $COPYBAY init $b; done
        mkdir -p nested/mnt
        """);

    Shell.Result result = BAY.run("$COPYBAY mount " + bay + " " + mountPoint);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("copybay: ").contains(word);
    assertThat(TestBay.mountsBelow(BAY.scratch())).hasSize(1);
  }

  @Test
  void aMountPointThatHasABayAlready() {
    BAY.must("test -e second || $COPYBAY init second");

    String error = BAY.run("$COPYBAY mount second $MNT", Duration.ofSeconds(30)).refused();

    assertThat(error).contains(BAY.mountPoint().toString());
    BAY.must("touch $V/v; rm $V/v");
  }

  @Test
  void aBayThatIsMountedAlreadyNamesItsDaemon() {
    BAY.must("mkdir -p elsewhere");

    String error = BAY.run("$COPYBAY mount $BAY elsewhere", Duration.ofSeconds(40)).refused();

    assertThat(error).contains("" + BAY.daemon().orElseThrow().pid());
    BAY.must("touch $V/v; rm $V/v");
  }

  /** Two writers would roll the files of one log over each other. */
  @Test
  void whoWaitsForTheLockHasTheLogNotOpen() {
    BAY.must(
        """
        mkdir -p waiting
        $COPYBAY mount $BAY waiting 2>/dev/null & launcher=$!
        until waiter=$(pgrep -f "serve $BAY $T/waiting"); do sleep 0.1; done
        sleep 3
        open=$(ls -l /proc/$waiter/fd)
        kill $waiter; wait $launcher || true
        ! grep -F "$BAY/log/" <<<"$open"
        """);
  }

  @Test
  void anUnmountOfWhatIsNotMounted() {
    assertThat(BAY.refused("mkdir -p empty; $COPYBAY umount empty")).contains("no bay is mounted");
  }

  @Test
  void anUnmountWhileAFileIsOpenChangesNothing() {
    String error = BAY.refused("exec 3>$V/v; $COPYBAY umount $MNT");

    assertThat(error).contains("busy");
    BAY.must("rm $V/v");
  }

  @Test
  void initOfADirectoryThatIsNotEmptyLeavesItAlone() {
    BAY.refused("mkdir -p full; touch full/file; $COPYBAY init full");

    assertThat(BAY.must("ls full")).isEqualTo("file");
    BAY.refused("$COPYBAY init $BAY");
    BAY.must("ls $V");
  }

  @Test
  void aMountRightAfterAnUnmountWaitsForTheEndingDaemon() {
    BAY.must("head -c 1M /dev/urandom >$V/v; umount $MNT; $COPYBAY mount $BAY $MNT; rm $V/v");
  }
}
