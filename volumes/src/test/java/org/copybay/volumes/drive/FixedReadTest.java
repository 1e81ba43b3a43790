package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.volumes.Bytes;
import org.junit.jupiter.api.Test;

/** Reads in blocks of one size. */
final class FixedReadTest {
  /** Two files of three and one blocks of four bytes. */
  private static Deck blocks() throws Exception {
    Deck deck = Deck.tape("");
    deck.run("write aaaa, write bbbb, write cccc, weof, write dddd, rewind, setblk 4");
    return deck;
  }

  @Test
  void aReadIsAsManyBlocksAsThereIsRoomFor() throws Exception {
    assertThat(blocks().run("read 8, place, tell, read 4, place"))
        .isEqualTo("aaaabbbb, 0/2, 2, cccc, 0/3");
  }

  @Test
  void aReadEndsBeforeAFilemarkThatTheNextOneTells() throws Exception {
    assertThat(blocks().run("read 40, place, tell, read 40, place, tell, read 40"))
        .isEqualTo("aaaabbbbcccc, 0/3, 3, eof, 1/0 EOF, 4, dddd");
  }

  @Test
  void aReadEndsBeforeTheEndOfTheDataThatTheNextOneTells() throws Exception {
    assertThat(Deck.tape("a|bc").run("setblk 1, fsf 1, read 40, place, read 40, place"))
        .isEqualTo("ok, ok, bc, 1/2, TAPE_END, 1/-1 EOD");
  }

  @Test
  void whatIsLeftOfABlockIsReadNext() throws Exception {
    assertThat(blocks().run("read 6, place, read 3, read 9, read 9, place"))
        .isEqualTo("aaaabb, 0/2, bbc, ccc, eof, 1/0 EOF");
  }

  @Test
  void whatIsLeftOfABlockIsGoneWhenTheTapeMoves() throws Exception {
    assertThat(blocks().run("read 2, fsr 1, read 4")).isEqualTo("aa, ok, cccc");
    assertThat(blocks().run("read 2, close, open, read 4")).isEqualTo("aa, ok, ok, bbbb");
  }

  @Test
  void whatIsLeftOfABlockIsGoneAfterAWrite() throws Exception {
    Deck deck = blocks();
    assertThat(deck.run("read 2, write xxxx, read 4")).isEqualTo("aa, 4, TAPE_END");
    assertThat(deck.content()).isEqualTo("[aaaa][xxxx]");
  }

  @Test
  void aBlockOfAnotherSizeIsAnErrorThatStaysBeforeIt() throws Exception {
    Deck deck = Deck.tape("a");
    assertThat(deck.run("setblk 4, read 40, place, read 40, tell, setblk 0, read 40"))
        .isEqualTo("ok, TAPE_END, 0/0 BOT, TAPE_END, 0, ok, a");
  }

  @Test
  void blocksBeforeOneOfAnotherSizeAreRead() throws Exception {
    Deck deck = Deck.tape("");
    deck.run("write aaaa, write bb, write cccc, rewind, setblk 4");
    assertThat(deck.run("read 40, place, read 40, place")).isEqualTo("aaaa, 0/1, TAPE_END, 0/1");
  }

  @Test
  void aReadThatTheKernelGoesOnWithEndsBeforeTheLastBlockOfAFile() throws Exception {
    Deck deck = blocks();
    deck.drive.setMaxRecord(12);
    assertThat(deck.run("read 12, read 12, read 12, place, read 4"))
        .isEqualTo("aaaabbbb, cccc, eof, 1/0 EOF, dddd");
    deck = blocks();
    deck.drive.setMaxRecord(4);
    assertThat(deck.run("read 4, read 4, read 4, read 4, read 4, read 4"))
        .isEqualTo("aaaa, bbbb, cc, cc, eof, dd");
  }

  @Test
  void anErrorThatTheKernelMayKeepIsToldTwice() throws Exception {
    Deck deck = Deck.tape("ab");
    deck.cartridge.append(Bytes.direct((byte) 'x'), true);
    deck.cartridge.append(Bytes.direct((byte) 'd'));
    deck.drive.setMaxRecord(2);
    assertThat(deck.run("setblk 1, read 2, read 2, tell, read 2, tell, read 2"))
        .isEqualTo("ok, ab, CORRUPT, 2, CORRUPT, 3, d");
  }

  @Test
  void blocksBeforeADamagedOneAreReadAndItIsPassed() throws Exception {
    Deck deck = Deck.tape("ab");
    deck.cartridge.append(Bytes.direct((byte) 'x'), true);
    deck.cartridge.append(Bytes.direct((byte) 'd'));
    assertThat(deck.run("setblk 1, read 9, place, read 9, place, read 9"))
        .isEqualTo("ok, ab, 0/2, CORRUPT, 0/3, d");
  }
}
