package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of volumes: up to 255 bytes, any UTF-8 without control characters. */
class VolumeNamesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @AfterEach
  void removeVolumes() {
    BAY.must("rm -f -- $V/* $V/.[!.]*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "$4$DUA2:",
        "two words",
        "größe-磁盘-💾",
        "-dash",
        ".hidden",
        "quote'\"",
        "#1",
        "a=b,c",
        "back\\slash",
        "*",
        "CON"
      })
  void isKept(String name) {
    String quoted = "'" + name.replace("'", "'\\''") + "'";

    BAY.must("echo data >$V/" + quoted);

    assertThat(BAY.must("ls -A $V")).isEqualTo(name);
    assertThat(BAY.must("cat $V/" + quoted)).isEqualTo("data");
  }

  @Test
  void upTo255BytesAndNoMore() {
    BAY.must("n=$(printf 'n%.0s' {1..255}); echo data >$V/$n; cat $V/$n; cat $C/volumes/$n/status");
    BAY.must(
        "n=$(printf 'ü%.0s' {1..127}); echo data >$V/x$n; cat $V/x$n; cat $C/volumes/x$n/status");

    assertThat(BAY.refused("n=$(printf 'n%.0s' {1..256}); echo data >$V/$n")).contains("too long");
    assertThat(BAY.refused("n=$(printf 'ü%.0s' {1..128}); echo data >$V/$n")).contains("too long");
    BAY.must("echo data >$V/größe-磁盘-💾; ls -A $V >before");
    BAY.remount();
    BAY.must("ls -A $V | diff before -");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\n", "\\t", "\\x01", "\\x7f", "\\x1b[31m"})
  void controlCharactersAreRefused(String escape) {
    String error = BAY.refused("n=$(printf 'a" + escape + "b'); echo data >\"$V/$n\"");

    assertThat(error).contains("Invalid argument");
    BAY.must("truncate -s 1 $V/v");
    BAY.refused("n=$(printf 'a" + escape + "b'); mv $V/v \"$V/$n\"");
    assertThat(BAY.must("ls -A $V")).isEqualTo("v");
  }

  @Test
  void whatIsNoUtf8IsRefusedOrKeptButNeverAnotherName() {
    Shell.Result made = BAY.run("n=$(printf 'a\\377b'); echo data >\"$V/$n\"");

    if (made.status() == 0) {
      BAY.must("n=$(printf 'a\\377b'); test \"$(ls -A $V)\" = \"$n\"; cat \"$V/$n\"");
    } else {
      assertThat(made.err()).contains("Invalid");
      assertThat(BAY.must("ls -A $V")).isEmpty();
    }
  }
}
