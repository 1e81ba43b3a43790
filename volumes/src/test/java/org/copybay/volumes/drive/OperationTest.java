package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that set a drive, its door, and what it does not know. */
final class OperationTest {
  private static void assertFault(Fault fault, Call call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }

  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "262144, 262144", "0xffffff, 16777215", "0, 0"})
  void theBlockSizeIsSet(String argument, int bytes) throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.step("setblk " + argument)).isEqualTo("ok");
    assertThat(deck.drive.status().blockBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"setblk 0x1000000", "setblk -1", "drvbuffer 0x51000000"})
  void aBlockSizeThatStatusHasNoBitsForIsRefused(String step) throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.run("setblk 512, " + step)).isEqualTo("ok, BAD_REQUEST");
    assertThat(deck.drive.status().blockBytes()).isEqualTo(512);
  }

  @Test
  void theDefaultBlockSizeIsAnOptionOfTheDriver() throws Exception {
    Deck deck = Deck.tape("");
    deck.step("drvbuffer 0x50000200");
    assertThat(deck.drive.status().blockBytes()).isEqualTo(512);
    deck.step("drvbuffer 0x5fffffff");
    assertThat(deck.drive.status().blockBytes()).isEqualTo(512);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "0x10000fff", "0x20000001", "0x30000001", "0x60000000", "0x70000384"})
  void optionsThatHaveNoEffectAreTaken(String argument) throws Exception {
    assertThat(Deck.tape("").step("drvbuffer " + argument)).isEqualTo("ok");
    assertThat(Deck.tape("").step("drvbuffer " + 0x80000000)).isEqualTo("ok");
  }

  @Test
  void optionsThatNobodyKnowsAreRefused() throws Exception {
    assertThat(Deck.tape("").step("drvbuffer " + 0xa0000000)).isEqualTo("BAD_REQUEST");
  }

  @Test
  void optionsAreSetByRootOnly() throws Exception {
    Deck deck = Deck.tape("");
    assertFault(Fault.FORBIDDEN, () -> deck.drive.operate(24, 0x50000200, false));
    assertThat(deck.drive.status().blockBytes()).isZero();
  }

  @Test
  void theDensityIsSet() throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.step("setdensity 0x58")).isEqualTo("ok");
    assertThat(deck.drive.status().density()).isEqualTo(0x58);
  }

  @Test
  void compressionIsSwitched() throws Exception {
    Deck deck = Deck.tape("");
    assertThat(deck.run("compression 1, zeros 100000, compression 0, zeros 100000"))
        .isEqualTo("ok, 100000, ok, 100000");
    assertThat(deck.cartridge.tapeOffset(1)).isLessThan(1000);
    assertThat(deck.cartridge.end().tapeBytes()).isGreaterThan(100_000);
    assertThat(deck.cartridge.length(0)).isEqualTo(100_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fss", "bss", "wset", "setpartition", "mkpartition"})
  void setmarksAndPartitionsAreUnknown(String step) throws Exception {
    Deck deck = Deck.tape("ab");
    assertThat(deck.run("fsr 1, " + step + " 1, place")).isEqualTo("ok, BAD_REQUEST, 0/1");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 14, 36, 32767})
  void otherNumbersAreUnknown(int number) throws Exception {
    Deck deck = Deck.tape("");
    assertFault(Fault.BAD_REQUEST, () -> deck.drive.operate(number, 1, true));
  }

  @Test
  void aLockedDoorKeepsTheTape() throws Exception {
    Deck deck = Deck.tape("a");
    deck.run("lock, close");
    assertFault(Fault.FORBIDDEN, deck.drive::unload);
    deck.run("open, unlock, close");
    assertThat(deck.drive.unload().barcode()).isEqualTo("VT0001");
    assertThat(deck.drive.tape()).isNull();
    assertFault(Fault.NO_MEDIUM, deck.drive::unload);
  }

  @ParameterizedTest
  @ValueSource(strings = {"offline", "unload"})
  void goingOfflineRewindsAndUnlocksUntilALoad(String step) throws Exception {
    Deck deck = Deck.tape("ab");
    assertThat(deck.run("fsr 1, lock, " + step + ", place, close, open, opennb, load, place"))
        .isEqualTo("ok, ok, ok, -1/-1 OFF, ok, NO_MEDIUM, ok, ok, 0/0 BOT");
    assertThat(deck.run("read 9, close")).isEqualTo("a, ok");
    assertThat(deck.drive.unload().barcode()).isEqualTo("VT0001");
  }

  @Test
  void aLoadOfATapeThatIsReadyRewinds() throws Exception {
    assertThat(Deck.tape("ab").run("fsr 1, load, place")).isEqualTo("ok, ok, 0/0 BOT");
  }

  @Test
  void anEmptyDriveLoadsNothing() throws Exception {
    Deck deck = Deck.closed("a");
    LoadedTape tape = deck.drive.unload();
    assertThat(deck.run("opennb, load, setblk 1, place, close"))
        .isEqualTo("ok, NO_MEDIUM, NO_MEDIUM, -1/-1 OFF, ok");
    deck.drive.load(tape);
    assertThat(deck.run("open, place, read 9")).isEqualTo("ok, 0/0 BOT, a");
    assertFault(Fault.BUSY, () -> deck.drive.load(tape));
  }

  @Test
  void aTapeThatIsLoadedAgainIsAtItsBeginning() throws Exception {
    Deck deck = Deck.closed("ab|c");
    deck.run("open, eod, close");
    deck.drive.load(deck.drive.unload());
    assertThat(deck.run("open, place, tell")).isEqualTo("ok, 0/0 BOT, 0");
  }

  @Test
  void aCountThatNoTapeHasIsNone() throws Exception {
    assertThat(Deck.tape("").run("write a, bsf 2147483647, tell, write b, bsfm 2147483647, tell"))
        .isEqualTo("1, TAPE_END, 0, 1, TAPE_END, 0");
  }

  @Test
  void aCloseMakesWhatWasWrittenSurviveWhateverCameAfterIt() throws Exception {
    for (String last : new String[] {"weofi 1", "bsr 1", "read 1"}) {
      Deck deck = Deck.tape("");
      deck.run("write a, " + last + ", close");
      assertThat(deck.cartridge.end().synced()).as(last).isTrue();
    }
  }

  @Test
  void whatWasLeftOfAWriteIsNotToldToTheNextCartridge() throws Exception {
    Deck deck = Deck.tape("");
    deck.drive.setMaxRecord(4);
    deck.run("setblk 4, write aaaaaa, close");
    LoadedTape tape = deck.drive.unload();
    deck.drive.load(tape);
    assertThat(deck.run("open, rewind")).isEqualTo("ok, ok");
  }
}
