package org.copybay.volumes.tape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a look at the files of a cartridge finds; what a crash leaves is in CartridgeCrashTest. */
class CartridgeInspectionTest {
  private static final UUID ID = new UUID(1, 2);
  private static final int RECORD = 1000;
  private static final int FRAMED = RECORD + 8;

  private SimulatedStore store = new SimulatedStore(0, 1);

  /** Nine records, each third one a filemark behind it, settled. */
  @BeforeEach
  void write() throws StorageException {
    Cartridge.format(ID, 0, store);
    try (Cartridge cartridge = Cartridge.open("VT0001", store, RecoverMode.AUTO, false)) {
      for (int i = 0; i < 9; i++) {
        cartridge.append(Bytes.direct(Bytes.random(i, RECORD)));
        if (i % 3 == 2) {
          cartridge.mark(1, false);
        }
      }
      cartridge.settle();
    }
    store = store.afterProcessDeath();
  }

  private String found(boolean readData) {
    Findings findings = new Findings();
    CartridgeInspection.run(ID, store, RecoverMode.AUTO, readData, findings);
    return String.join("\n", findings.all().stream().map(CartridgeInspectionTest::line).toList());
  }

  private static String line(Finding finding) {
    return finding.what() + " " + finding.where() + ": " + finding.wanted() + ", " + finding.got();
  }

  private static void flip(StoreFile file, long at) throws StorageException {
    var one = java.nio.ByteBuffer.allocateDirect(1);
    file.read(at, one);
    one.put(0, (byte) (one.get(0) ^ 4));
    file.writeAll(at, one.flip());
  }

  @Test
  void whatWasSettledIsInOrder() {
    assertThat(found(false)).isEmpty();
    assertThat(found(true)).isEmpty();
  }

  @Test
  void aByteOfARecordIsFoundWhereAllOfThemAreRead() throws Exception {
    flip(store.home(), FRAMED + 10);
    assertThat(found(false)).isEmpty();
    assertThat(found(true)).startsWith("tape file tape.tap object 1 at 1008: checksum ");
  }

  @Test
  void aWordOfTheFirstAndOfTheLastObjectIsAlwaysLookedAt() throws Exception {
    flip(store.home(), FRAMED - 3);
    flip(store.home(), store.home().size() - 1);
    assertThat(found(false))
        .contains("object 0 at 0: words 000003e8, 000003e8 and ")
        .contains("object 11 at 9080: a filemark, ");
  }

  @Test
  void aWordInTheMiddleIsFoundWhereAllAreRead() throws Exception {
    flip(store.home(), 2 * FRAMED);
    assertThat(found(false)).isEmpty();
    assertThat(found(true)).contains("object 2 at 2016: words ");
  }

  @Test
  void anEntryOfTheIndexIsFound() throws Exception {
    try (StoreFile index = store.open(Cartridge.INDEX)) {
      flip(index, IndexLayout.offset(4) + 20);
    }
    assertThat(found(false)).contains("tape index index: 12 entries").contains("entry 4 does not");
  }

  @Test
  void aTapeFileThatWasCutIsFound() throws Exception {
    store.home().setSize(5000);
    assertThat(found(false)).contains("tape file tape.tap: 9084 bytes, 5000");
  }

  @Test
  void theIndexOfAnotherMediumIsFound() {
    Findings findings = new Findings();
    CartridgeInspection.run(new UUID(1, 3), store, RecoverMode.AUTO, false, findings);
    assertThat(findings.damages()).isEqualTo(1);
    assertThat(findings.all().get(0).got()).isEqualTo("medium " + ID);
  }
}
