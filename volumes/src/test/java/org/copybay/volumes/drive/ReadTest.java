package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.volumes.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of records of any length, filemarks and the end of the data. */
final class ReadTest {
  @Test
  void aReadIsOneRecordHoweverMuchRoomThereIs() throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.run("write abc, write de, rewind, read 3, read 1000, place"))
        .isEqualTo("3, 2, ok, abc, de, 0/2");
  }

  @Test
  void aRecordThatIsTooLongIsPassed() throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.run("write abcd, write e, rewind, read 3, place, tell, read 3"))
        .isEqualTo("4, 1, ok, RECORD_TOO_LONG, 0/1, 1, e");
  }

  @Test
  void aFilemarkIsAnEmptyReadAndIsPassed() throws Exception {
    Deck deck = Deck.tape("a|b");
    assertThat(deck.run("read 9, place, read 9, place, tell, read 9, place"))
        .isEqualTo("a, 0/1, eof, 1/0 EOF, 2, b, 1/1");
  }

  @Test
  void twoFilemarksAreTwoEmptyReads() throws Exception {
    assertThat(Deck.tape("||a").run("read 9, place, read 9, place, read 9"))
        .isEqualTo("eof, 1/0 EOF, eof, 2/0 EOF, a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"setblk 0", "setblk 1"})
  void behindAFilemarkTheEndOfTheDataIsOneEmptyReadAndThenAnError(String mode) throws Exception {
    Deck deck = Deck.tape("a|");
    deck.step(mode);
    assertThat(deck.run("read 1, read 1, place, read 1, place, read 1, place, read 1, tell"))
        .isEqualTo("a, eof, 1/0 EOF, eof, 1/-1 EOD, TAPE_END, 1/-1 EOD, TAPE_END, 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"setblk 0", "setblk 1"})
  void behindARecordTheEndOfTheDataIsAnErrorAtOnce(String mode) throws Exception {
    Deck deck = Deck.tape("a");
    deck.step(mode);
    assertThat(deck.run("read 1, place, read 1, place, read 1"))
        .isEqualTo("a, 0/1, TAPE_END, 0/-1 EOD, TAPE_END");
  }

  @Test
  void aBlankTapeHasNoData() throws Exception {
    assertThat(Deck.tape("").run("read 9, place")).isEqualTo("TAPE_END, 0/-1 EOD");
  }

  @Test
  void afterTheEndOfTheDataAStepBackReadsAgain() throws Exception {
    assertThat(Deck.tape("ab").run("fsr 2, read 9, bsr 1, read 9"))
        .isEqualTo("ok, TAPE_END, ok, b");
  }

  @Test
  void aReadOfNothingIsNothing() throws Exception {
    assertThat(Deck.tape("a|").run("read 0, tell, read 1, read 0, tell"))
        .isEqualTo("eof, 0, a, eof, 1");
  }

  @Test
  void aReadAfterAWriteIsLegalAndWritesNoFilemark() throws Exception {
    Deck deck = Deck.tape("abc");
    assertThat(deck.run("write x, read 9, close")).isEqualTo("1, TAPE_END, ok");
    assertThat(deck.content()).isEqualTo("x");
  }

  @Test
  void withoutATapeThereIsNothingToRead() throws Exception {
    assertThat(Deck.tape("a").run("offline, read 9, write a, tell, close, open, opennb, read 9"))
        .isEqualTo("ok, NO_MEDIUM, NO_MEDIUM, NO_MEDIUM, ok, NO_MEDIUM, ok, NO_MEDIUM");
  }

  @Test
  void aRecordThatCameWithAnErrorIsPassed() throws Exception {
    Deck deck = Deck.tape("a");
    deck.cartridge.append(Bytes.direct((byte) 'x'), true);
    deck.cartridge.append(Bytes.direct((byte) 'c'));
    assertThat(deck.run("read 9, read 9, place, read 9")).isEqualTo("a, CORRUPT, 0/2, c");
  }
}
