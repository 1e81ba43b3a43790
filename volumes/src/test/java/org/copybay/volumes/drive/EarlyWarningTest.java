package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The end of the medium: a warning, room for a trailer, and the end itself. */
final class EarlyWarningTest {
  /** A record of 100 bytes takes 108 of the tape. */
  private static final int THREE = 3 * 108;

  @Test
  void theWriteThatMeetsTheWarningIsDoneAndThenEverySecondOne() throws Exception {
    Deck deck = Deck.small(THREE);
    assertThat(deck.run("zeros 100, zeros 100, zeros 100, place")).isEqualTo("100, 100, 100, 0/3");
    assertThat(deck.run("zeros 100, place, zeros 100, place"))
        .isEqualTo("100, 0/4 EOT, NO_SPACE, 0/4 EOD");
    assertThat(deck.run("zeros 100, zeros 100, zeros 100, zeros 100, place"))
        .isEqualTo("100, NO_SPACE, 100, NO_SPACE, 0/6 EOD");
  }

  @Test
  void theWarningOutlivesAReadOfNothing() throws Exception {
    Deck deck = Deck.small(50);
    assertThat(deck.run("zeros 100, read 0, zeros 100, place"))
        .isEqualTo("100, eof, NO_SPACE, 0/1 EOD");
  }

  @Test
  void filemarksAreWrittenBehindTheWarning() throws Exception {
    Deck deck = Deck.small(50);
    assertThat(deck.run("zeros 100, weof 2, place, zeros 9, zeros 9, place"))
        .isEqualTo("100, ok, 2/0 EOF, 9, NO_SPACE, 2/1 EOD");
  }

  @Test
  void aCloseBehindTheWarningWritesItsFilemark() throws Exception {
    Deck deck = Deck.small(50);
    assertThat(deck.run("write abc, zeros 100, zeros 1, close, open, place"))
        .isEqualTo("3, 100, NO_SPACE, ok, ok, 1/0 EOF");
    assertThat(deck.cartridge.end().marks()).isEqualTo(1);
  }

  @Test
  void aTapeThatMovedIsWarnedAnew() throws Exception {
    Deck deck = Deck.small(50);
    assertThat(deck.run("zeros 100, bsr 1, place, zeros 40, place, zeros 1, place, zeros 1"))
        .isEqualTo("100, ok, 0/0 BOT, 40, 0/1, 1, 0/2 EOT, NO_SPACE");
  }

  @Test
  void theWriteThatMeetsTheWarningIsDoneHoweverLongItIs() throws Exception {
    Deck deck = Deck.small(100);
    deck.drive.setMaxRecord(1 << 23);
    assertThat(deck.run("zeros 5000000, zeros 1, zeros 1, tell"))
        .isEqualTo("5000000, NO_SPACE, NO_SPACE, 1");
  }

  @Test
  void moreFilemarksThanTheTapeTakesAreRefused() throws Exception {
    Deck deck = Deck.small(100);
    assertThat(deck.run("weof 2000000, tell, weof 2147483647, tell, weof 25, tell"))
        .isEqualTo("NO_SPACE, 0, BAD_REQUEST, 0, ok, 25");
  }

  @Test
  void atTheEndOfTheTapeNothingIsWritten() throws Exception {
    Deck deck = Deck.small(0);
    deck.drive.setMaxRecord(1 << 20);
    int most = (int) TapeDrive.TRAILER_BYTES;
    for (int i = 0; i < 3; i++) {
      assertThat(deck.run("zeros 1048576, zeros 1")).isEqualTo("1048576, NO_SPACE");
    }
    assertThat(deck.run("zeros 1048576, tell")).isEqualTo("NO_SPACE, 3");
    assertThat(deck.run("zeros 1, tell, zeros 1, zeros 1, tell"))
        .isEqualTo("NO_SPACE, 3, 1, NO_SPACE, 4");
    assertThat(deck.cartridge.end().tapeBytes()).isLessThan(most);
    assertThat(deck.run("close, open, place")).isEqualTo("ok, ok, 1/0 EOF");
  }

  @Test
  void aWriteThatFoundNoRoomIsNotEndedByAFilemark() throws Exception {
    Deck deck = Deck.small(-TapeDrive.TRAILER_BYTES);
    assertThat(deck.run("zeros 1, place, close")).isEqualTo("NO_SPACE, 0/0 BOT EOT, ok");
    assertThat(deck.content()).isEmpty();
  }

  @Test
  void aWriteOfBlocksThatMeetsTheWarningIsDoneWhole() throws Exception {
    Deck deck = Deck.small(THREE);
    assertThat(deck.run("setblk 100, zeros 1000, place, zeros 100, zeros 200, place, zeros 100"))
        .isEqualTo("ok, 1000, 0/10 EOT, NO_SPACE, 200, 0/12 EOT, NO_SPACE");
  }

  @Test
  void aWriteThatWasCutIsDoneWholeToo() throws Exception {
    Deck deck = Deck.small(THREE);
    deck.drive.setMaxRecord(500);
    assertThat(deck.run("setblk 100, zeros 550, place, zeros 650, place, zeros 100"))
        .isEqualTo("ok, 550, 0/5 EOT, 650, 0/12 EOT, NO_SPACE");
  }

  @Test
  void aRefusedSizeIsNoWriteAndTakesNoWarning() throws Exception {
    Deck deck = Deck.small(50);
    assertThat(deck.run("setblk 100, zeros 100, zeros 99, zeros 100, zeros 100"))
        .isEqualTo("ok, 100, BAD_REQUEST, NO_SPACE, 100");
  }

  @Test
  void blocksThatFitAtTheEndOfTheTapeAreTold() throws Exception {
    Deck deck = Deck.small(250 - TapeDrive.TRAILER_BYTES);
    assertThat(deck.run("setblk 100, zeros 500, place, zeros 100, zeros 100"))
        .isEqualTo("ok, 200, 0/2 EOT, NO_SPACE, NO_SPACE");
  }

  @Test
  void aWormTapeIsWarnedToo() throws Exception {
    assertThat(Deck.worm(5, "").run("zeros 9, zeros 9, zeros 9")).isEqualTo("9, NO_SPACE, 9");
  }
}
