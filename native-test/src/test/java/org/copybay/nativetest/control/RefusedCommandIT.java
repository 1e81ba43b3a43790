package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that is refused: the right errno, a sentence, a caret under the word, no effect. */
class RefusedCommandIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeVolumes() {
    BAY.command("create volume payroll size=1M");
    BAY.command("create volume taken size=1M");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # line                                        | errno    | sentence           | blamed
          craete volume x size=1M                       | EINVAL   | nearest is create  | craete volume
          frobnicate                                    | EINVAL   | unknown verb       | frobnicate
          create volume x sice=1M                       | EINVAL   | nearest is size=   | sice=1M
          create volume x colour=red size=1M            | EINVAL   | unknown key        | colour=red
          create volume x size=1M -force                | EINVAL   | -force             | -force
          create volume x size=1M more                  | EINVAL   | create             | more
          create volume x size=1M size=2M               | EINVAL   | twice              | size=2M
          create volume x                               | EINVAL   | needs size=        | ``
          create volume                                 | EINVAL   | needs name=        | ``
          create                                        | EINVAL   | needs              | ``
          create disk x size=1M                         | EINVAL   | volume             | disk
          create volume x size=0                        | EINVAL   | at least 1 byte    | 0
          create volume x size=-1                       | EINVAL   | size               | -1
          create volume x size=1.5G                     | EINVAL   | size               | 1.5G
          create volume x size=4Q                       | EINVAL   | size               | 4Q
          create volume x size=                         | EINVAL   | ``                 | ``
          create volume x size=99999999999999999999     | EFBIG    | 8 EiB              | 99999999999999999999
          create volume x size=9000P                    | EFBIG    | 8 EiB              | 9000P
          create volume payroll size=1M                 | EEXIST   | payroll exists     | payroll size
          create volume a/b size=1M                     | EINVAL   | /                  | ``
          create volume . size=1M                       | EINVAL   | ``                 | ``
          create volume .. size=1M                      | EINVAL   | ``                 | ``
          create volume "" size=1M                      | EINVAL   | ``                 | ``
          create volume "a\\nb" size=1M                 | EINVAL   | ``                 | ``
          create volume "a size=1M                      | EINVAL   | ``                 | ``
          create volume x size=1M path=relative         | EINVAL   | absolute           | relative
          create volume x size=1M path=/no/such/place   | ENOENT   | /no/such/place     | ``
          create volume x size=1M cache=big             | EINVAL   | page, block        | big
          create volume x size=1M id=bad!id             | EINVAL   | id                 | bad!id
          create volume x size=1M id=latest             | EINVAL   | latest             | latest
          create volume x size=1M dry-run=perhaps       | EINVAL   | yes, no            | perhaps
          resize volume=payroll size=1K                 | EINVAL   | lose its end       | 1K
          resize volume=none size=2M                    | ENOENT   | no volume none     | none
          resize volume=payroll                         | EINVAL   | needs size=        | ``
          finish volume=payroll                         | EALREADY | finished           | payroll
          finish volume=none                            | ENOENT   | no volume none     | none
          rename volume=payroll to=taken                | EEXIST   | taken exists       | taken
          rename volume=none to=x                       | ENOENT   | no volume none     | ``
          rename volume=payroll                         | EINVAL   | needs to=          | ``
          delete volume=none                            | ENOENT   | no volume none     | none
          delete                                        | EINVAL   | needs volume=      | ``
          cache volume=payroll mode=fast                | EINVAL   | page, block        | fast
          cache volume=none mode=page                   | ENOENT   | no volume none     | none
          check volume=none                             | ENOENT   | no volume none     | none
          check                                         | EINVAL   | needs volume=      | ``
          duplicate from=payroll to=payroll             | EINVAL   | same volume        | payroll
          duplicate from=none to=x                      | ENOENT   | no volume none     | none
          duplicate from=payroll to=taken               | EEXIST   | taken exists       | taken
          duplicate from=payroll to=x share=maybe       | EINVAL   | auto, never        | maybe
          duplicate from=payroll to=x rate=fast         | EINVAL   | ``                 | fast
          duplicate from=payroll                        | EINVAL   | needs to=          | ``
          cancel job=none                               | ENOENT   | no job none        | none
          pause job=none                                | ENOENT   | no job none        | none
          resume job=none                               | ENOENT   | no job none        | none
          rate job=none limit=1M                        | ENOENT   | no job none        | none
          cancel                                        | EINVAL   | needs job=         | ``
          help nothing                                  | EINVAL   | nothing            | nothing
          cache volume=payroll mode=page expect-gen=99  | ESTALE   | generation         | 99
          cache volume=payroll mode=page expect-gen=x   | EINVAL   | whole number       | x
          cache volume=payroll mode=page if-state=making| EAGAIN   | is ready           | making
          cache volume=payroll mode=page if-state=green | EINVAL   | if-state=          | green
          =                                             | EINVAL   | ``                 | =
          "create" volume x size=1M                     | EINVAL   | verb               | "create"
          create volume x size=1M#now                   | EINVAL   | #                  | #now
          """)
  void isRefused(String line, String errno, String sentence, String blamed) {
    String before = BAY.must("ls $V; grep generation $C/volumes/*/status");

    Refusal refusal = Refusal.of(BAY, line);

    assertThat(refusal.errno()).as("%s", refusal).isEqualTo(errno);
    assertThat(refusal.sentence()).contains(sentence);
    assertThat(refusal.blamed()).startsWith(blamed);
    assertThat(BAY.must("ls $V; grep generation $C/volumes/*/status")).isEqualTo(before);
  }

  @Test
  void nameOf256BytesIsTooLong() {
    Refusal refusal = Refusal.of(BAY, "create volume " + "n".repeat(256) + " size=1M");

    assertThat(refusal.errno()).isEqualTo("ENAMETOOLONG");
    assertThat(refusal.sentence()).contains("255");
  }

  @Test
  void nameOf255BytesIsTaken() {
    String name = "ü".repeat(127) + "n";

    BAY.command("create volume " + name + " size=1M");

    assertThat(BAY.must("ls $V")).contains(name);
    BAY.must("rm $V/" + name);
  }

  @Test
  void caretStandsRightBehindWideCharactersAndTabs() {
    assertThat(Refusal.of(BAY, "delete volume=größe").blamed()).isEqualTo("größe");
    assertThat(BAY.refused("printf 'delete\\tvolume=none\\n' >$C/ctl")).contains("No such file");
    assertThat(BAY.lastError()).contains("  delete volume=none\n                ^\n");
  }

  @Test
  void longLineIsShownByAWindowAroundTheBadWord() {
    String note = "note=\"" + "x".repeat(3000) + "\" ";

    Refusal refusal = Refusal.of(BAY, "delete " + note + "volume=none");

    assertThat(refusal.blamed()).isEqualTo("none");
  }

  @Test
  void ctlOfAVolumeIsForThatVolumeOnly() {
    assertThat(Refusal.of(BAY, "volumes/payroll/ctl", "delete volume=taken").errno())
        .isEqualTo("EINVAL");
    assertThat(Refusal.of(BAY, "volumes/payroll/ctl", "create volume x size=1M").sentence())
        .contains("create is no command of a volume");
  }

  @Test
  void remedyNamesWhatToType() {
    assertThat(Refusal.of(BAY, "craete volume x size=1M").remedy())
        .isEqualTo("try: create volume x size=1M");
    assertThat(Refusal.of(BAY, "duplicate from=payroll to=taken").remedy()).contains("replace=yes");
    assertThat(Refusal.of(BAY, "resize volume=payroll size=1K").remedy()).contains("shrink=yes");
  }
}
