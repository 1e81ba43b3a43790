package org.copybay.nativetest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What status, ls, df, info and jobs print is what the control files say. */
class ReadingVerbsIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("128m");

  @BeforeAll
  static void makeSomeOfEach() {
    Needs.program("jq");
    BAY.must("echo 'create volume \"two words\" size=3M' >$C/ctl");
    BAY.must("echo 'create volume \"quote\\\"größe\" size=1M' >$C/ctl");
    BAY.command("create volume plain size=2M");
    BAY.command("freeze volumes=plain,\"two words\" name=monday");
    BAY.command("bitmap start volume=plain bitmap=bits");
    BAY.command("duplicate from=plain to=copy id=first");
    BAY.must("cat $C/jobs/first/wait");
  }

  @Test
  void jsonIsThatOfTheControlFiles() {
    BAY.must(
        """
        cd $MNT
        moving='del(.space_free_bytes, .space_available_bytes, .vault_time)'
        diff <($COPYBAY status --json | jq "$moving") <(jq "$moving" $C/status.json)
        diff <($COPYBAY ls --json | jq '.volumes[] | select(.name == "two words")') \
            <(jq . "$C/volumes/two words/status.json")
        diff <($COPYBAY ls --json | jq '.points[]') <(jq . $C/points/monday/status.json)
        test "$($COPYBAY ls --json | jq -r '.volumes[].name' | sort)" = "$(ls -1 --quoting-style=literal volumes | sort)"
        diff <($COPYBAY df --json | jq '.volumes[] | select(.name == "plain") | .size') $C/volumes/plain/size
        diff <($COPYBAY info plain --json | jq '.status') <(jq . $C/volumes/plain/status.json)
        diff <($COPYBAY info plain --json | jq '.bitmaps[]') <(jq . $C/volumes/plain/bitmaps/bits/status.json)
        test "$($COPYBAY info monday --json | jq -r .kind)" = point
        diff <($COPYBAY jobs --json | jq '.[]') <(jq . $C/jobs/first/status.json)
        diff <($COPYBAY jobs first --json | jq .) <(jq . $C/jobs/first/status.json)
        """);
  }

  @Test
  void tablesQuoteNamesAsCommandsDo() {
    assertThat(BAY.must("cd $MNT && $COPYBAY ls"))
        .contains("\n\"two words\" ", "\n\"quote\\\"größe\" ", "\nplain ")
        .contains("plain,\"two words\"");
    assertThat(BAY.must("cd $MNT && $COPYBAY df")).contains("\"two words\"", "\nspace    ");
    assertThat(BAY.must("cd $MNT && $COPYBAY info plain"))
        .contains("size: 2097152\n", "\nrelations:\n  point monday ", "\nbitmaps:\n  bits ");
    assertThat(BAY.must("cd $MNT && $COPYBAY jobs"))
        .containsPattern("first +done +100% +- +duplicate +plain +copy +-");
  }

  @Test
  void everyTextFitsATerminal() {
    BAY.must(
        """
        for verb in status ls df jobs; do
            script -qefc "stty rows 24 cols 80; $COPYBAY $verb --at=$MNT" $T/screen >/dev/null
            grep -v ^Script $T/screen | tr -d '\\r' >$T/text
            test -s $T/text
            if grep -E '^.{81}' $T/text; then exit 1; fi
            test $(wc -l <$T/text) -lt 24
        done
        """);
  }

  @Test
  void aNearNameIsOffered() {
    assertThat(BAY.refused("cd $MNT && $COPYBAY info plian")).contains("; try: plain\n");
    assertThat(BAY.refused("cd $MNT && $COPYBAY jobs frist")).contains("; try: first\n");
    assertThat(BAY.refused("cd $MNT && $COPYBAY export mondy/plain x")).contains("try: monday\n");
    assertThat(BAY.refused("cd $MNT && $COPYBAY export monday/plian x")).contains("try: plain\n");
  }

  @Test
  void aNameThatTwoHaveIsAskedFor() {
    BAY.command("create volume monday size=1M");

    assertThat(BAY.refused("cd $MNT && $COPYBAY info monday"))
        .contains("try: volumes/monday or points/monday");
    assertThat(BAY.must("cd $MNT && $COPYBAY info points/monday")).contains("volume_count: 2");

    BAY.must("rm $V/monday");
  }

  @Test
  void statusEndsWithThreeWhereHealthIsNotOk() {
    assertThat(BAY.run("$COPYBAY status --at=$MNT").status()).isZero();

    BAY.must("fallocate -l 80M $BELOW/fill");
    Shell.Result scarce = BAY.run("$COPYBAY status --at=$MNT");
    BAY.must("rm $BELOW/fill");

    assertThat(scarce.out()).startsWith("health   degraded: only ");
    assertThat(scarce.status()).isEqualTo(3);
  }

  @Test
  void standardOutputThatFailsIsAnErrorAndAReaderThatWentAwayIsNone() {
    Shell.Result full = BAY.run("$COPYBAY ls --at=$MNT >/dev/full");
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.err()).contains("standard output: No space left on device");

    Shell.Result gone =
        BAY.run(
            "cd $MNT; mkfifo $T/gone; sleep 100 >$T/gone & exec 7<$T/gone; kill $!; wait $! || true; exec 8>$T/gone 7<&-; $COPYBAY ls >&8");
    assertThat(gone.err()).isEmpty();
    assertThat(gone.status()).isEqualTo(141);
  }
}
