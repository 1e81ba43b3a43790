package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes of records: where they go, what goes with it, and who may write. */
final class WriteTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "write x; ax; 0/2",
        "weof 1; a|; 1/0 EOF",
        "weofi 2; a||; 2/0 EOF",
        "weof 0; abc|d|; 0/1",
        "erase 0; a; 0/0 BOT",
        "erase 1; a; 0/0 BOT"
      })
  void aChangeEndsTheTapeThere(String step, String content, String place) throws Exception {
    Deck deck = Deck.tape("abc|d|");
    deck.run("fsr 1, " + step);
    assertThat(deck.content()).isEqualTo(content);
    assertThat(deck.place()).isEqualTo(place);
  }

  @Test
  void aWriteIsOneRecordUpToTheLargest() throws Exception {
    Deck deck = Deck.tape("");
    deck.drive.setMaxRecord(1000);
    assertThat(deck.run("zeros 1000, zeros 1001, zeros 1, tell"))
        .isEqualTo("1000, BAD_REQUEST, 1, 2");
    assertThat(deck.cartridge.length(0)).isEqualTo(1000);
    assertThat(deck.cartridge.length(1)).isEqualTo(1);
  }

  @Test
  void aWriteOfNothingIsNoWrite() throws Exception {
    Deck deck = Deck.tape("ab");
    assertThat(deck.run("zeros 0, close")).isEqualTo("0, ok");
    assertThat(deck.content()).isEqualTo("ab");
  }

  @Test
  void aProtectedTapeIsNotOpenedForWriting() throws Exception {
    assertThat(Deck.refused("a").run("open, openro, read 9")).isEqualTo("READ_ONLY, ok, a");
  }

  @Test
  void aProtectedTapeDeniesEachChange() throws Exception {
    Deck deck = Deck.refused("a|b");
    assertThat(deck.run("opennb, write x, weof 1, weofi 1, erase 0, read 9, close"))
        .isEqualTo("ok, DENIED, DENIED, DENIED, DENIED, a, ok");
    assertThat(deck.content()).isEqualTo("a|b");
    assertThat(deck.changes).isZero();
  }

  @Test
  void whoOpenedItForReadingDoesNotWrite() throws Exception {
    Deck deck = Deck.closed("a");
    assertThat(deck.run("openro, write x, weof 1, erase 0, rewind, close"))
        .isEqualTo("ok, DENIED, DENIED, DENIED, ok, ok");
    assertThat(deck.content()).isEqualTo("a");
  }

  @Test
  void aWormTapeIsWrittenAtItsEndOnly() throws Exception {
    Deck deck = Deck.worm(Deck.ROOMY, "a|");
    assertThat(deck.run("write x, weof 1, fsr 1, write x, erase 0, eod, write y, weof 1"))
        .isEqualTo("TAPE_END, TAPE_END, ok, TAPE_END, TAPE_END, ok, 1, ok");
    assertThat(deck.run("write z, bsf 1, write z, close")).isEqualTo("1, ok, TAPE_END, ok");
    assertThat(deck.content()).isEqualTo("a|y|z|");
  }

  @Test
  void aBlankWormTapeIsNotErasedEither() throws Exception {
    assertThat(Deck.worm(Deck.ROOMY, "").run("erase 0, write a")).isEqualTo("TAPE_END, 1");
  }

  @Test
  void aRefusedChangeChangesNothingAndIsNotEnded() throws Exception {
    Deck deck = Deck.tape("ab");
    deck.refusing = true;
    assertThat(deck.run("weof 1, erase 0, write x, close")).isEqualTo("DENIED, DENIED, DENIED, ok");
    assertThat(deck.content()).isEqualTo("ab");
    assertThat(deck.sessions).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "write x; 1",
        "weof 1; 1",
        "write x, weof 1, rewind, read 9; 1",
        "write x, offline; 1",
        "erase 0; 1",
        "weof 0; 0",
        "read 9, fsf 1; 0"
      })
  void whoChangedTheTapeIsToldAboutAtItsClose(String script, int sessions) throws Exception {
    Deck deck = Deck.tape("ab|");
    deck.run(script);
    assertThat(deck.sessions).isZero();
    deck.run("close, opennb, close");
    assertThat(deck.sessions).isEqualTo(sessions);
  }
}
