package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no bay of this program is refused with a sentence, and not touched. */
class NoBayIT {
  private static TestBay bay;

  @BeforeAll
  static void make() {
    bay = TestBay.onDisk().make();
  }

  @AfterEach
  void bayIsAsItWas() {
    bay.must("rm -rf plain empty file");
  }

  @AfterAll
  static void close() {
    bay.mount();
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
    bay.close();
  }

  private Shell.Result mount(String directory) {
    return bay.run("$COPYBAY mount " + directory + " $MNT");
  }

  @Test
  void directoryThatIsNoBay() {
    bay.must("mkdir plain; echo words >plain/file; ls -la --time-style=full-iso plain >before");

    assertThat(mount("plain").refused()).contains("is no bay").contains("copybay init");

    bay.must("ls -la --time-style=full-iso plain | cmp before; ! mountpoint -q $MNT");
  }

  @Test
  void emptyDirectoryFileAndNothingAtAll() {
    bay.must("mkdir empty; echo words >file");

    assertThat(mount("empty").refused()).contains("is no bay");
    assertThat(mount("file").refused()).contains("file");
    assertThat(mount("nothing").refused()).contains("nothing");

    assertThat(bay.must("ls -A empty; cat file; ls -d nothing 2>/dev/null || true"))
        .isEqualTo("words");
  }

  @ParameterizedTest
  @CsvSource({
    "format=2, has bay format 2",
    "format=99999, has bay format 99999",
    "format=99999999999999999999, damaged",
    "format=new, damaged",
    "format=, damaged",
    "form=1, damaged",
  })
  void bayOfANewerOrUnknownFormat(String line, String sentence) {
    bay.must("cp $BAY/copybay.bay saved; sed -i 's/^format=.*/" + line + "/' $BAY/copybay.bay");
    // The refusal is logged in the bay, and nothing else is written there.
    bay.must("touch $BAY/lock; ls -lR --time-style=full-iso -I log $BAY >before");

    assertThat(bay.tryMount().refused()).contains(sentence).contains("bay");

    bay.must("ls -lR --time-style=full-iso -I log $BAY | cmp before");
    bay.must("cp saved $BAY/copybay.bay");
  }

  @ParameterizedTest
  @CsvSource({
    "truncate -s 0 $BAY/copybay.bay",
    "head -c 3000 /dev/urandom >$BAY/copybay.bay",
    "truncate -s 1G $BAY/copybay.bay",
    "rm $BAY/copybay.bay; mkdir $BAY/copybay.bay",
    "sed -i 's/^uuid=./uuid=g/' $BAY/copybay.bay",
  })
  void damagedBayFile(String damage) {
    bay.must("cp $BAY/copybay.bay saved; " + damage);

    assertThat(bay.tryMount().refused()).contains("copybay.bay").doesNotContain("copybay init");
    assertThat(bay.refused("$COPYBAY doctor $BAY >&2"))
        .contains("copybay.bay")
        .doesNotContain("copybay init");

    bay.must("rm -rf $BAY/copybay.bay; cp saved $BAY/copybay.bay");
  }

  @Test
  void initOfABayOrOfAFullDirectoryIsRefused() {
    bay.must("mkdir plain; echo words >plain/file");

    assertThat(bay.refused("$COPYBAY init $BAY")).contains("is a bay already");
    assertThat(bay.refused("$COPYBAY init plain")).contains("is not empty").contains("file");
    bay.must("test \"$(ls -A plain)\" = file");
  }
}
