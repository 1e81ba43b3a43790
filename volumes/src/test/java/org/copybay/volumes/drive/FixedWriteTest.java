package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes in blocks of one size, also those that the kernel cuts into pieces. */
final class FixedWriteTest {
  private static final int REQUEST = 1_048_576;
  private static final int WHOLE = REQUEST - 4096;

  private static Deck deck(int blockBytes) throws Exception {
    Deck deck = Deck.tape("");
    deck.drive.setMaxRecord(WHOLE);
    deck.step("setblk " + blockBytes);
    return deck;
  }

  @Test
  void aWriteMakesBlocks() throws Exception {
    Deck deck = deck(2);
    assertThat(deck.run("write aabbcc, place, tell")).isEqualTo("6, 0/3, 3");
    assertThat(deck.content()).isEqualTo("[aa][bb][cc]");
  }

  @Test
  void aWriteThatIsNoMultipleIsRefusedWhole() throws Exception {
    Deck deck = deck(2);
    assertThat(deck.run("write abc, write d, close")).isEqualTo("BAD_REQUEST, BAD_REQUEST, ok");
    assertThat(deck.content()).isEmpty();
  }

  /** The offset of the program's buffer in its page decides where the kernel cuts. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 512, 4000, 4095})
  void aWriteThatWasCutIsPutTogetherAgain(int off) throws Exception {
    int blockBytes = 262_144;
    byte[] bytes = Bytes.random(off, 10 * blockBytes);
    Deck deck = deck(blockBytes);
    int at = 0;
    while (at < bytes.length) {
      int end = Math.min(bytes.length, at == 0 ? REQUEST - off : at + REQUEST);
      assertThat(deck.write(Arrays.copyOfRange(bytes, at, end))).isEqualTo(end - at);
      at = end;
    }
    assertThat(deck.place()).isEqualTo("0/10");
    for (int i = 0; i < 10; i++) {
      ByteBuffer record = ByteBuffer.allocateDirect(blockBytes);
      deck.cartridge.read(i, record);
      assertThat(Bytes.of(record))
          .isEqualTo(Arrays.copyOfRange(bytes, i * blockBytes, (i + 1) * blockBytes));
    }
  }

  @Test
  void aBlockMayBeLargerThanARequest() throws Exception {
    Deck deck = deck(3 * REQUEST);
    assertThat(deck.run("zeros 1048575, zeros 1048576, place, zeros 1048577, place, close"))
        .isEqualTo("1048575, 1048576, 0/0 BOT, 1048577, 0/1, ok");
    assertThat(deck.cartridge.length(0)).isEqualTo(3 * REQUEST);
    assertThat(deck.cartridge.isMark(1)).isTrue();
  }

  @Test
  void aCutWriteThatIsNoMultipleIsRefusedAtItsLastPiece() throws Exception {
    Deck deck = deck(1000);
    assertThat(deck.run("zeros 1048576, zeros 500, tell, zeros 1000, tell"))
        .isEqualTo("1048576, BAD_REQUEST, 1048, 1000, 1049");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rewind", "weof 1", "fsr 1", "bsr 1", "read 9", "eod", "seek 0"})
  void ofAPartThatIsGivenUpTheNextStepTells(String step) throws Exception {
    Deck deck = deck(1000);
    assertThat(deck.run("zeros 1048576, " + step + ", tell"))
        .isEqualTo("1048576, BAD_REQUEST, 1048");
    assertThat(deck.run("zeros 1000, tell")).isEqualTo("1000, 1049");
  }

  @Test
  void ofAPartThatACloseGaveUpTheNextStepTellsOnce() throws Exception {
    Deck deck = deck(1000);
    assertThat(deck.run("zeros 1048576, close, open, read 9, bsf 1, bsr 1, read 9"))
        .isEqualTo("1048576, ok, ok, BAD_REQUEST, ok, ok, \0\0\0\0\0\0\0\0\0");
  }

  @Test
  void theBlockSizeStaysWhileAPartIsNotOnTheTape() throws Exception {
    Deck deck = deck(1000);
    assertThat(deck.run("zeros 1048576, setblk 0, drvbuffer 0x50000000, nop, zeros 424, tell"))
        .isEqualTo("1048576, STORE_FAILED, STORE_FAILED, ok, 424, 1049");
  }
}
