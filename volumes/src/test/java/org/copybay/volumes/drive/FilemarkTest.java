package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.tape.Cartridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The filemark that a drive writes by itself behind a write. */
final class FilemarkTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "write a; a|; 1/0 EOF",
        "write a, write b; ab|; 1/0 EOF",
        "write a, nop; a|; 1/0 EOF",
        "write a, setblk 4; a|; 1/0 EOF",
        "write a, setdensity 70; a|; 1/0 EOF",
        "write a, weof 1; a|; 1/0 EOF",
        "write a, weofi 2; a||; 2/0 EOF",
        "write a, weof 0; a; 0/1",
        "write a, fsf 1; a; 0/-1 EOD",
        "write a, fsr 1; a; 0/1 EOD",
        "write a, bsr 1; a; 0/0 BOT",
        "write a, eod; a; 0/-1 EOD",
        "write a, retension; a; 0/0 BOT",
        "write a, reset; a; 0/0 BOT",
        "write a, erase 0; a; 0/0 BOT",
        "write a, lock; a; 0/1",
        "write a, compression 0; a; 0/1",
        "write a, load; a; 0/0 BOT",
        "weof 1; |; 1/0 EOF",
        "setblk 2, zeros 3; ; 0/0 BOT"
      })
  void aCloseWritesItOnlyAfterAWrite(String script, String content, String place) throws Exception {
    Deck deck = Deck.tape("");
    deck.run(script + ", close");
    assertThat(deck.content()).isEqualTo(content == null ? "" : content);
    assertThat(deck.place()).isEqualTo(place);
  }

  @Test
  void aCloseAfterAReadWritesNone() throws Exception {
    Deck deck = Deck.tape("ab");
    assertThat(deck.run("read 9, close, open, close")).isEqualTo("a, ok, ok, ok");
    assertThat(deck.content()).isEqualTo("ab");
    assertThat(deck.place()).isEqualTo("0/1");
  }

  @Test
  void aSecondCloseWritesNoSecondOne() throws Exception {
    Deck deck = Deck.tape("");
    deck.run("write a, close, open, close");
    assertThat(deck.content()).isEqualTo("a|");
  }

  @Test
  void theNodeThatRewindsRewindsBehindIt() throws Exception {
    Deck deck = Deck.tape("");
    deck.run("write a, closerew");
    assertThat(deck.content()).isEqualTo("a|");
    assertThat(deck.run("open, place, tell, read 9")).isEqualTo("ok, 0/0 BOT, 0, a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "drvbuffer 0x10000010; true", // MT_ST_BOOLEANS | MT_ST_TWO_FM
        "drvbuffer 0x30000010; true", // MT_ST_SETBOOLEANS | MT_ST_TWO_FM
        "drvbuffer 0x10000020; false", // MT_ST_BOOLEANS | MT_ST_FAST_MTEOM
        "drvbuffer 0x30000010, drvbuffer 0x30000001; true",
        "drvbuffer 0x30000010, drvbuffer 0x40000010; false",
        "drvbuffer 0x30000010, drvbuffer 0x10000001; false"
      })
  void twoAreWrittenWhereThatIsSetAndTheTapeStandsBetween(String script, boolean two)
      throws Exception {
    Deck deck = Deck.tape("");
    deck.run(script + ", write a, close");
    assertThat(deck.content()).isEqualTo(two ? "a||" : "a|");
    assertThat(deck.run("open, tell, place, write b, close")).isEqualTo("ok, 2, 1/0 EOF, 1, ok");
    assertThat(deck.content()).isEqualTo(two ? "a|b||" : "a|b|");
  }

  /** Going back over filemarks counts the new one: one more of them is wanted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "rewind; ok, 0/0 BOT, 0",
        "seek 1; ok, -1/-1, 1",
        "seek 4; ok, -1/-1, 4",
        "bsf 1; ok, 0/-1, 1",
        "bsf 2; TAPE_END, 0/0 BOT, 0",
        "bsfm 1; ok, 1/0 EOF, 2",
        "bsfm 2; TAPE_END, 0/0 BOT, 0"
      })
  void aMoveBackWritesItFirst(String move, String place) throws Exception {
    Deck deck = Deck.tape("a|x|y");
    deck.run("fsf 1, write b");
    assertThat(deck.run(move + ", place, tell")).isEqualTo(place);
    assertThat(deck.content()).isEqualTo("a|b|");
    deck.step("close");
    assertThat(deck.content()).isEqualTo("a|b|");
  }

  @ParameterizedTest
  @CsvSource({"offline", "unload"})
  void goingOfflineWritesItFirst(String move) throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.run("write a, " + move + ", close")).isEqualTo("1, ok, ok");
    assertThat(deck.content()).isEqualTo("a|");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "write a, close; a|",
        "write a, weof 1; a|",
        "write a, weofi 1, nop; a|",
        "write a, nop; a",
        "write a, rewind; a|",
        "write a, offline; a|"
      })
  void whatASyncEndedSurvivesPowerLoss(String script, String content) throws Exception {
    Deck deck = Deck.tape("");
    deck.run(script);
    assertThat(objectsAfterPowerLoss(deck)).isEqualTo(content.length());
  }

  @Test
  void aFilemarkWithoutSyncPromisesNothing() throws Exception {
    Deck deck = Deck.tape("");
    deck.run("write a, weofi 1");
    assertThat(objectsAfterPowerLoss(deck)).isZero();
  }

  private static long objectsAfterPowerLoss(Deck deck) throws Exception {
    SimulatedStore after = deck.store.afterPowerLoss(new Random(1), Loss.DROP_ALL);
    try (Cartridge again = Cartridge.open("VT0001", after, RecoverMode.AUTO, false)) {
      return again.end().objects();
    }
  }
}
