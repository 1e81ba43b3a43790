package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory that stays open: rewound it tells what is there now. */
class DirectoryIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("64m");

  /** Reads all names, changes the volumes, reads on, rewinds and reads all names again. */
  private static final String READ_TWICE =
      """
      my ($directory, $change) = @ARGV;
      sub names { join(" ", sort grep { !/^\\./ } @_) . "\\n" }
      opendir my $d, $directory or die "$directory: $!";
      print names(readdir $d);
      system($change) == 0 or die $change;
      print names(readdir $d);
      rewinddir $d;
      print names(readdir $d);
      """;

  @BeforeEach
  void makeVolumes() throws IOException {
    BAY.must("rm -f $V/*; truncate -s 1M $V/kept $V/old");
    Files.writeString(BAY.scratch().resolve("read-twice"), READ_TWICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$V", "$C/volumes"})
  void rewoundItTellsWhatWasMadeAndRemovedInBetween(String directory) {
    String names = BAY.must("perl read-twice " + directory + " 'truncate -s 1M $V/new; rm $V/old'");

    assertThat(names).isEqualTo("kept old\n\nkept new");
  }
}
