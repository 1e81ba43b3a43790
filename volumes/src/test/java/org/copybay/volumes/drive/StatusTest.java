package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.Bytes;
import org.junit.jupiter.api.Test;

/** The answer to MTIOCGET, byte for byte. */
final class StatusTest {
  @Test
  void atTheBeginningOfATape() throws Exception {
    // what mt(1) prints as "General status bits on (41010000): BOT ONLINE IM_REP_EN"
    assertThat(Deck.tape("a").statusBytes().array())
        .isEqualTo(
            Bytes.hex(
                48,
                "7200000000000000 0000000000000000",
                "0000004600000000 0000014100000000",
                "0000000000000000 00000000 00000000"));
  }

  @Test
  void inAFileOfBlocks() throws Exception {
    Deck deck = Deck.tape("|ab");
    deck.run("setblk 0x40000, setdensity 0x60, fsf 1, fsr 2");
    assertThat(deck.statusBytes().array())
        .isEqualTo(
            Bytes.hex(
                48,
                "7200000000000000 0000000000000000",
                "0000046000000000 0000010100000000",
                "0000000000000000 01000000 02000000"));
  }

  @Test
  void withoutATape() throws Exception {
    Deck deck = Deck.tape("a");
    deck.step("offline");
    assertThat(deck.statusBytes().array())
        .isEqualTo(
            Bytes.hex(
                48,
                "7200000000000000 0000000000000000",
                "0000004600000000 0000050000000000",
                "0000000000000000 ffffffff ffffffff"));
  }

  @Test
  void theBitsTellWhereItStands() throws Exception {
    Deck deck = Deck.tape("a|b");
    assertThat(deck.general()).isEqualTo(0x4101_0000L);
    deck.step("fsr 1");
    assertThat(deck.general()).isEqualTo(0x0101_0000L);
    deck.step("fsf 1");
    assertThat(deck.general()).isEqualTo(0x8101_0000L);
    deck.step("eod");
    assertThat(deck.general()).isEqualTo(0x0901_0000L);
  }

  @Test
  void theBitsTellTheEarlyWarning() throws Exception {
    Deck deck = Deck.small(0);
    deck.step("write a");
    assertThat(deck.general()).isEqualTo(0x2101_0000L);
    deck.step("write a");
    assertThat(deck.general()).isEqualTo(0x0901_0000L);
  }

  @Test
  void theBitsTellAProtectedTape() throws Exception {
    Deck deck = Deck.refused("a");
    assertThat(deck.general()).isEqualTo(0x4501_0000L);
    deck.run("openro, offline");
    assertThat(deck.general()).isEqualTo(0x0005_0000L);
  }

  @Test
  void theBitsTellAWishToBeCleaned() {
    ByteBuffer answer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    new DriveStatus(true, 0, 1, false, false, false, true, 0, 0).encode(answer);
    assertThat(answer.getLong(24)).isEqualTo(0x0101_8000L);
  }
}
