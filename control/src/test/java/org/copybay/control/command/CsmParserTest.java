package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command lines of Copy Services Manager, and what they mean. */
class CsmParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // csmcli
        "mksess -cptype sgc PAYROLL|create session=PAYROLL",
        "MKSESS -CPTYPE SGC -quiet \"my pay\"|create session=\"my pay\"",
        "rmsess PAYROLL|delete session=PAYROLL",
        "rmsess -quiet PAYROLL id=one # gone|delete session=PAYROLL id=one",
        "mkcpset -h1 a -r1 ar PAYROLL|add volume=a recovery=ar session=PAYROLL",
        "mkcpset -h1 a PAYROLL|add volume=a session=PAYROLL",
        "mkcpset -h1 a,b -r1 c,d P|add volume=a,b recovery=c,d session=P",
        "mkcpset -h1 \"old disk\" P|add volume=\"old disk\" session=P",
        "rmcpset -h1 a PAYROLL|remove volume=a session=PAYROLL",
        "cmdsess -action backup PAYROLL|backup session=PAYROLL",
        "cmdsess -action recover -backupid 175 P|recover backup=175 session=P",
        "cmdsess -action \"Recover Backup\" -backupid 175 P copy=nocopy"
            + "|recover backup=175 session=P copy=nocopy",
        "cmdsess -backupid 175 -action expire_backup P confirm=3"
            + "|expire backup=175 session=P confirm=3",
        "cmdsess -action expire -only -backupid 175 P|expire only=yes backup=175 session=P",
        "cmdsess -action InitiateBackgroundCopy P|initiate-background-copy session=P",
        "cmdsess -action terminateh1r1 -force P|terminate-h1r1 force=yes session=P",
        "cmdsess -action \"Refresh States\" P|refresh session=P",
        "cmdsess -action terminate -n P|terminate dry-run=yes session=P",
        "lsbackups PAYROLL|lsbackups session=PAYROLL",
        "lsbackups -s PAYROLL|lsbackups session=PAYROLL",
        "lsbackups -l -fmt default PAYROLL|lsbackups long=yes format=text session=PAYROLL",
        "lsbackups -fmt delim -delim ; -hdr off P"
            + "|lsbackups format=delim delimiter=; header=no session=P",
        "lsbackups -fmt stanza -p on -v off -role H1 -backupid 175 P"
            + "|lsbackups format=stanza backup=175 session=P",
        "lsbackups|lsbackups",
        "lsrecoveredbackups -l -fmt xml P|lsrecovered format=xml session=P",
        "showsess PAYROLL|showsess session=PAYROLL",
        "showsess -json PAYROLL|showsess format=json session=PAYROLL",
        "lssess|list",
        "lssess -l -hdr on|list header=yes",
        // the commands of a session
        "Backup session=P|backup session=P",
        "Backup P label=x|backup P label=x",
        "Recover 1751367600 session=P|recover backup=1751367600 session=P",
        "Recover P 1751367600 nocopy|recover P backup=1751367600 copy=nocopy",
        "recover backup latest background session=P"
            + "|recover backup=latest copy=background session=P",
        "InitiateBackgroundCopy session=P|initiate-background-copy session=P",
        "Expire Backup 1751367600 session=P|expire backup=1751367600 session=P",
        "EXPIRE 175 P confirm=2|expire backup=175 P confirm=2",
        "expire -only 175 P|expire only=yes backup=175 P",
        "TerminateH1R1 P -force|terminate-h1r1 P force=yes",
        "Refresh States session=P|refresh session=P",
        "Terminate session=P force=yes|terminate session=P force=yes",
        // safeguarded WORD
        "safeguarded create session=P|create session=P",
        "safeguarded backup P label=\"a b\" lock=7d|backup P label=\"a b\" lock=7d",
        "SafeGuarded Expire session=P backup=175 -only -n"
            + "|expire session=P backup=175 only=yes dry-run=yes",
        "safeguarded expire P 175|expire P 175",
        "safeguarded terminate-h1r1 P -force|terminate-h1r1 P force=yes",
        "safeguarded lsbackups P -l -json|lsbackups P long=yes format=json",
        "safeguarded recover P 175 -nocopy -replace|recover P 175 copy=nocopy replace=yes",
        "safeguarded list|list",
      })
  void aLineMeansTheModernCommand(String line, String modern) throws Exception {
    assertMeans(line, modern, false);
    assertMeans("  " + line, modern, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Backup|backup",
        "backup label=x|backup label=x",
        "Recover 1751367600|recover backup=1751367600",
        "Recover 1751367600 nocopy|recover backup=1751367600 copy=nocopy",
        "recover latest set=look to=a:b|recover backup=latest set=look to=a:b",
        "InitiateBackgroundCopy|initiate-background-copy",
        "Initiate Background Copy|initiate-background-copy",
        "initiate-background-copy set=x|initiate-background-copy set=x",
        "Expire Backup 175|expire backup=175",
        "\"Expire Backup\" 175|expire backup=175",
        "  \"Expire Backup\" 175 confirm=2|expire backup=175 confirm=2",
        "\"Refresh States\"|refresh",
        "TerminateH1R1|terminate-h1r1",
        "terminate-h1r1 -force|terminate-h1r1 force=yes",
        "Terminate confirm=2|terminate confirm=2",
        "Restore Backup to Production 175 confirm=yes|restore backup=175 confirm=yes",
        "restore backup=175 confirm=yes|restore backup=175 confirm=yes",
        "restore 175|restore backup=175",
        "add volume=a,b|add volume=a,b",
        "add a|add a",
        "remove volume=a|remove volume=a",
        "set retention=7d|set retention=7d",
        "lock 175 for=7d|lock backup=175 for=7d",
        "hold 175 17|hold backup=175 17",
        "release latest audit|release backup=latest audit",
        "lsbackups -l|lsbackups long=yes",
        "showsess|showsess",
        "delete|delete",
        "list|list",
      })
  void inTheRoomSafeguardedGoesWithoutSaying(String line, String modern) throws Exception {
    assertMeans(line, modern, true);
  }

  private static void assertMeans(String line, String modern, boolean inRoom) throws Exception {
    assertThat(CsmParser.takes(line, inRoom)).as(line).isTrue();
    Command command = CsmParser.parse(line, inRoom);
    assertThat(command.render()).as(line).isEqualTo("safeguarded-" + modern);
    assertThat(command.line()).isEqualTo(line);
    assertThat(command.translated()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete volume=a",
        "create volume a size=1",
        "release member=a",
        "help",
        "restore 175",
        "\"Expire Backup\" 175",
        "mount set=DSA1",
        "safeguarded-backup session=P",
        "",
        "# backup",
        "lock a",
      })
  void otherLinesAreLeftToOthers(String line) {
    assertThat(CsmParser.takes(line, false)).as(line).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "cmdsess P|9|cmdsess needs -action",
        "cmdsess -action nix P|16|unknown action nix",
        "cmdsess -action|8|-action needs a value behind it: ACTION",
        "cmdsess -action -force P|8|-action needs a value behind it: ACTION",
        "mksess -cptype gm P|15|-cptype is one of sgc",
        "mksess -cptyp sgc P|7|unknown flag -cptyp of mksess; the nearest is -cptype",
        "rmsess P Q|9|rmsess takes one session",
        "lsbackups -l -l P|13|-l is given twice",
        "lsbackups -hdr maybe P|15|-hdr is one of on, off",
        "safeguarded|11|safeguarded needs a word first",
        "safeguarded expird session=P|12|unknown word expird of safeguarded; the nearest is expire",
        "safeguarded backup -only P|19|unknown flag -only of safeguarded backup",
        "Expire Backup -onyl 175|14|unknown flag -onyl of safeguarded expire; the nearest is -only",
      })
  void theCaretPointsIntoTheWrittenLine(String line, int column, String message) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> CsmParser.parse(line, false));

    assertThat(refused).as(line).isNotNull();
    assertThat(refused.error().fault()).isEqualTo(Fault.BAD_REQUEST);
    assertThat(refused.error()).hasMessageContaining(message);
    assertThat(refused.column()).as(line).isEqualTo(column);
  }

  @Test
  void aValueKeepsItsPlaceBehindAQuotedName() throws Exception {
    Command command = CsmParser.parse("\"Expire Backup\" 175", true);

    assertThat(command.arguments().get(0).valueColumn()).isEqualTo(16);
    assertThat(command.verbColumn()).isEqualTo(1);
  }
}
