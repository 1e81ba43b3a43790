package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moves over records and filemarks, and where they end. */
final class MotionTest {
  /** Objects 0 to 7; its data ends in the third file. */
  private static final String TAPE = "ab|cd||e";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // behind that filemark
        "fsf 1; ok, 1/0 EOF, 3",
        "fsf 3; ok, 3/0 EOF, 7",
        "fsr 1, fsf 1; ok, ok, 1/0 EOF, 3",
        "fsf 1, fsf 1; ok, ok, 2/0 EOF, 6",
        "fsf 0; ok, 0/0 BOT, 0",
        "fsf 4; TAPE_END, 3/-1 EOD, 8",
        "fsf 1, fsf 3; ok, TAPE_END, 3/-1 EOD, 8",
        "seek 3, fsf 1; ok, ok, -1/0 EOF, 6",
        "seek 3, fsf 9; ok, TAPE_END, -1/-1 EOD, 8",
        "fsf -1; BAD_REQUEST, 0/0 BOT, 0",
        // before that filemark
        "eod, bsf 1; ok, ok, 2/-1, 6",
        "eod, bsf 3; ok, ok, 0/-1, 2",
        "fsf 1, bsf 1; ok, ok, 0/-1, 2",
        "eod, bsf 4; ok, TAPE_END, 0/0 BOT, 0",
        "fsr 2, bsf 1; ok, TAPE_END, 0/0 BOT, 0",
        "seek 8, bsf 1; ok, ok, -1/-1, 6",
        "seek 8, bsf 9; ok, TAPE_END, 0/0 BOT, 0",
        "fsr 1, bsf 0; ok, ok, 0/1, 1",
        "bsf -1; BAD_REQUEST, 0/0 BOT, 0",
        // over records
        "fsr 2; ok, 0/2, 2",
        "fsf 1, fsr 1; ok, ok, 1/1, 4",
        "fsr 3; TAPE_END, 1/0 EOF, 3",
        "fsf 2, fsr 1; ok, TAPE_END, 3/0 EOF, 7",
        "fsf 3, fsr 2; ok, TAPE_END, 3/1 EOD, 8",
        "eod, fsr 1; ok, TAPE_END, 3/-1 EOD, 8",
        "eod, fsr 0; ok, ok, 3/-1, 8",
        "seek 3, fsr 1; ok, ok, -1/-1, 4",
        "seek 3, fsr 3; ok, TAPE_END, -1/0 EOF, 6",
        // back over records
        "fsr 2, bsr 1; ok, ok, 0/1, 1",
        "fsr 2, bsr 2; ok, ok, 0/0 BOT, 0",
        "fsr 2, bsr 3; ok, TAPE_END, 0/0 BOT, 0",
        "seek 2, bsr 3; ok, TAPE_END, 0/0 BOT, 0",
        "fsf 1, fsr 2, bsr 2; ok, ok, ok, 1/0 EOF, 3",
        "fsf 1, fsr 2, bsr 3; ok, ok, TAPE_END, 0/-1, 2",
        "fsf 2, bsr 1; ok, TAPE_END, 1/-1, 5",
        "seek 4, bsr 2; ok, TAPE_END, -1/-1, 2",
        // back over filemarks and forward over one, and the other way
        "eod, bsfm 1; ok, ok, 3/0 EOF, 7",
        "eod, bsfm 3; ok, ok, 1/0 EOF, 3",
        "eod, bsfm 4; ok, TAPE_END, 0/0 BOT, 0",
        "fsfm 1; ok, 0/-1, 2",
        "fsfm 2; ok, 1/-1, 5",
        "fsfm 4; TAPE_END, 3/-1 EOD, 8",
        // to the end, the beginning and a block
        "eod; ok, 3/-1 EOD, 8",
        "eod, eod; ok, ok, 3/-1 EOD, 8",
        "seek 4, eod; ok, ok, 3/-1 EOD, 8",
        "eod, rewind; ok, ok, 0/0 BOT, 0",
        "eod, retension; ok, ok, 0/0 BOT, 0",
        "eod, reset; ok, ok, 0/0 BOT, 0",
        "seek 1; ok, -1/-1, 1",
        "seek 8; ok, -1/-1, 8",
        "fsr 1, seek 0; ok, ok, 0/0 BOT, 0",
        "seek 9; TAPE_END, -1/-1, 8",
        "seek -1; TAPE_END, -1/-1, 8"
      })
  void aMoveEndsThere(String script, String place) throws Exception {
    assertThat(Deck.tape(TAPE).run(script + ", place, tell")).isEqualTo(place);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "fsf 3, read 9; ok, e",
        "eod, read 9; ok, TAPE_END",
        "eod, bsf 1, read 9, read 9; ok, ok, eof, e",
        "fsr 3, read 9; TAPE_END, c",
        "fsf 1, bsr 1, read 9, read 9; ok, TAPE_END, eof, c",
        "seek 4, read 9; ok, d",
        "seek 8, read 9; ok, TAPE_END",
        "fsfm 1, read 9, read 9; ok, eof, c"
      })
  void aReadBehindAMoveIsWhatIsThere(String script, String answers) throws Exception {
    assertThat(Deck.tape(TAPE).run(script)).isEqualTo(answers);
  }

  @Test
  void afterAMoveOverTheLastFilemarkTheEndOfTheDataIsAnEmptyRead() throws Exception {
    assertThat(Deck.tape("a|").run("fsf 1, read 9, read 9, bsr 0, read 9"))
        .isEqualTo("ok, eof, TAPE_END, ok, TAPE_END");
    assertThat(Deck.tape("a|").run("fsr 2, read 9, read 9")).isEqualTo("TAPE_END, eof, TAPE_END");
    assertThat(Deck.tape("a").run("fsr 1, weof 1, read 9")).isEqualTo("ok, ok, TAPE_END");
  }

  @Test
  void theTapeItselfKnowsThatItIsAtItsBeginning() throws Exception {
    assertThat(Deck.tape("|a").run("fsf 1, bsf 1, place, tell, place"))
        .isEqualTo("ok, ok, 0/-1, 0, 0/0 BOT");
  }

  @Test
  void behindAnEraseNumbersCountFromZeroUntilTheyAreUnknown() throws Exception {
    Deck deck = Deck.tape("a|bc|d");
    assertThat(deck.run("fsf 1, fsr 2, erase 0, place, bsr 1, place, bsr 9, place, tell"))
        .isEqualTo("ok, ok, ok, 0/0 BOT, ok, 0/-1, TAPE_END, -1/-1, 1");
  }

  @Test
  void withoutATapeNothingMoves() throws Exception {
    Deck deck = Deck.tape("a|");
    deck.run("offline");
    for (String move :
        "fsf,bsf,fsr,bsr,weof,weofi,rewind,retension,bsfm,fsfm,eod,erase,seek,nop,reset,offline"
            .split(",", -1)) {
      assertThat(deck.step(move)).as(move).isEqualTo("NO_MEDIUM");
    }
  }
}
