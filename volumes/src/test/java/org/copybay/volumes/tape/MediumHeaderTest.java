package org.copybay.volumes.tape;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.junit.jupiter.api.Test;

/** The labels that a cartridge begins with. */
final class MediumHeaderTest {
  private static final UUID ID = UUID.fromString("25a8b983-da44-4712-9bfa-0d472b284af6");

  private final SimulatedStore store = new SimulatedStore(0, 1);

  private Cartridge blank() throws Exception {
    Cartridge.format(ID, 0, store);
    return Cartridge.open("cartridge", store, RecoverMode.AUTO, false);
  }

  @Test
  void isReadAsItWasWritten() throws Exception {
    try (Cartridge tape = blank()) {
      assertThat(MediumHeader.read(tape)).isNull();
      MediumHeader header = new MediumHeader(ID, "VT0001L8", "monday full");
      header.write(tape);
      assertThat(MediumHeader.read(tape)).isEqualTo(header);
      assertThat(tape.end().objects()).isEqualTo(MediumHeader.OBJECTS);
      assertThat(tape.isMark(4)).isTrue();
    }
  }

  @Test
  void itsLabelsAreThoseOfTheStandard() throws Exception {
    try (Cartridge tape = blank()) {
      new MediumHeader(ID, "VT0001L8", "täglich").write(tape);
      String volume = new String(TapeModel.read(tape, 0), StandardCharsets.US_ASCII);
      assertThat(volume).hasSize(80).startsWith("VOL1VT0001 ").endsWith("4");
      assertThat(volume.substring(37, 51)).isEqualTo("COPYBAY       ");
      assertThat(new String(TapeModel.read(tape, 3), StandardCharsets.US_ASCII))
          .startsWith("UVL3t?glich ");
    }
  }

  @Test
  void whatBeginsWithSomethingElseHasNone() throws Exception {
    try (Cartridge tape = blank()) {
      for (int i = 0; i < 4; i++) {
        tape.append(Bytes.direct(new byte[80]));
      }
      tape.mark(1, false);
      assertThat(MediumHeader.read(tape)).isNull();
    }
  }
}
