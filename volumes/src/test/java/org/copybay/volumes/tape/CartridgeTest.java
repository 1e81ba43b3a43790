package org.copybay.volumes.tape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedRecords;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records and filemarks: what is written is read, and how it lies in the files. */
final class CartridgeTest {
  private SimulatedStore store = new SimulatedStore(0, 1);

  private Cartridge blank() throws StorageException {
    Cartridge.format(new UUID(1, 2), 0, store);
    return open(store);
  }

  /** What another process finds. */
  private Cartridge again() throws StorageException {
    store = store.afterProcessDeath();
    return open(store);
  }

  private static Cartridge open(SimulatedStore store) throws StorageException {
    return Cartridge.open("cartridge VT0001", store, RecoverMode.AUTO, false);
  }

  private static void append(Cartridge cartridge, String text) throws StorageException {
    cartridge.append(Bytes.direct(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] tape(SimulatedStore store) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) store.home().size());
    store.home().read(0, bytes);
    return Bytes.of(bytes);
  }

  private static void assertFault(Fault fault, String words, ThrowingCall call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessageContaining(words);
  }

  @FunctionalInterface
  private interface ThrowingCall {
    void run() throws Exception;
  }

  @Test
  void theTapeFileIsATapeImageOfSimh() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "HELLO");
      append(cartridge, "ABCD");
      cartridge.mark(1, false);
      append(cartridge, "X");
      cartridge.mark(2, true);
    }
    store = store.afterProcessDeath();

    assertThat(tape(store))
        .isEqualTo(
            Bytes.hex(
                0x30,
                "05000000 48454c4c4f 00 05000000",
                "04000000 41424344 04000000",
                "00000000",
                "01000000 58 00 01000000",
                "00000000 00000000"));
  }

  @Test
  void whatWasWrittenIsThereWhenItIsOpenedAgain() throws Exception {
    TapeModel model = new TapeModel();
    try (Cartridge cartridge = blank()) {
      for (int length : new int[] {1, 2, 4095, 4096, 65535, 65536, 65537, 1_044_480}) {
        byte[] record = Bytes.random(length, length);
        cartridge.append(Bytes.direct(record));
        model.add(record);
      }
      cartridge.settle();
    }
    try (Cartridge again = again()) {
      assertThat(TapeModel.of(again).isPrefixOf(model)).isTrue();
      assertThat(again.end().objects()).isEqualTo(8);
      assertThat(again.end().tapeBytes()).isEqualTo(store.home().size());
      assertThat(tape(store)).isEqualTo(model.image());
    }
  }

  @Test
  void aRecordThatCompressesTakesLessAndIsReadAsItWas() throws Exception {
    byte[] zeros = new byte[100_000];
    byte[] noise = Bytes.random(1, 1000);
    try (Cartridge cartridge = blank()) {
      cartridge.compress(true);
      cartridge.append(Bytes.direct(zeros));
      cartridge.append(Bytes.direct(noise));
      cartridge.compress(false);
      cartridge.append(Bytes.direct(zeros));
      assertThat(TapeModel.read(cartridge, 0)).isEqualTo(zeros);
      assertThat(TapeModel.read(cartridge, 1)).isEqualTo(noise);
      assertThat(TapeModel.read(cartridge, 2)).isEqualTo(zeros);
      assertThat(cartridge.object(0).compressed()).isTrue();
      assertThat(cartridge.object(1).compressed()).isFalse();
      assertThat(cartridge.object(1).tapeOffset()).isLessThan(1000);
      assertThat(cartridge.end().imageBytes()).isEqualTo(2 * 100_008 + 1008);
    }
  }

  @Test
  void filemarksAreFoundByTheirNumber() throws Exception {
    Random random = new Random(7);
    TapeModel model = new TapeModel();
    try (Cartridge cartridge = blank()) {
      for (int i = 0; i < 1000; i++) {
        if (random.nextInt(4) == 0) {
          cartridge.mark(1, false);
          model.add(TapeModel.MARK);
        } else {
          append(cartridge, "r");
          model.add(new byte[] {'r'});
        }
      }
      int marks = 0;
      for (int number = 0; number < 1000; number++) {
        assertThat(cartridge.marksBefore(number)).isEqualTo(marks);
        if (model.get(number).length == 0) {
          assertThat(cartridge.mark(marks++)).isEqualTo(number);
        }
      }
      assertThat(cartridge.marksBefore(1000)).isEqualTo(marks).isEqualTo(cartridge.end().marks());
      assertThat(cartridge.mark(marks)).isEqualTo(-1);
    }
  }

  @Test
  void aChangeAtAnEarlierPlaceCutsWhatIsBehindIt() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "one");
      append(cartridge, "two");
      cartridge.mark(1, true);
      assertThat(TapeModel.read(cartridge, 1)).isEqualTo("two".getBytes(StandardCharsets.US_ASCII));

      cartridge.cut(1);
      assertThat(cartridge.end().objects()).isEqualTo(1);
      assertThat(store.home().size()).isEqualTo(cartridge.end().tapeBytes()).isEqualTo(12);
      append(cartridge, "2nd");
      assertThat(TapeModel.read(cartridge, 1)).isEqualTo("2nd".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void whatIsWrittenAnewFromItsBeginningHasAnotherLife() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "one");
      append(cartridge, "two");
      cartridge.cut(1);
      assertThat(cartridge.end().lives()).isEqualTo(0);
      cartridge.cut(0);
      append(cartridge, "new");
      assertThat(cartridge.end().lives()).isEqualTo(1);
      cartridge.settle();
    }
    try (Cartridge again = again()) {
      assertThat(again.end().lives()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFlippedByteIsFoundAndNamed(boolean compressed) throws Exception {
    try (Cartridge cartridge = blank()) {
      cartridge.compress(compressed);
      append(cartridge, "first");
      cartridge.append(Bytes.direct(new byte[5000]));
      long at = cartridge.object(1).tapeOffset() + 4 + cartridge.object(1).storedLength() / 2;
      ByteBuffer one = ByteBuffer.allocateDirect(1);
      store.home().read(at, one);
      store.home().writeAll(at, Bytes.direct((byte) ~one.get(0)));

      assertFault(
          Fault.CORRUPT,
          compressed ? "record 1" : "object 1 (5000 bytes",
          () -> TapeModel.read(cartridge, 1));
      assertThat(TapeModel.read(cartridge, 0))
          .isEqualTo("first".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aFullDiskChangesNothing() throws Exception {
    try (Cartridge cartridge = blank()) {
      cartridge.append(Bytes.direct(Bytes.random(1, 3000)));
      store.limitSpace(8 * 512);
      assertFault(Fault.NO_SPACE, "", () -> cartridge.append(Bytes.direct(Bytes.random(2, 9000))));
      assertThat(cartridge.end().objects()).isEqualTo(1);
      assertThat(store.home().size()).isEqualTo(3008);

      store.limitSpace(1 << 20);
      cartridge.append(Bytes.direct(Bytes.random(3, 9000)));
      assertThat(TapeModel.read(cartridge, 1)).isEqualTo(Bytes.random(3, 9000));
    }
  }

  @Test
  void afterAFailedSyncNothingIsWrittenAnyMore() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "one");
      store.refuse((file, kind, offset, length) -> kind == Kind.FLUSH ? Fault.STORE_FAILED : null);
      assertFault(Fault.STORE_FAILED, "", cartridge::sync);
      store.refuse((file, kind, offset, length) -> null);
      assertThat(cartridge.failed()).isTrue();
      assertFault(Fault.STORE_FAILED, "takes no writes", () -> append(cartridge, "two"));
      assertFault(Fault.STORE_FAILED, "takes no writes", () -> cartridge.mark(1, true));
      cartridge.settle(); // it is unloaded, and what survived is looked at when it is opened
    }
    try (Cartridge again = again()) {
      assertThat(again.end().objects()).isEqualTo(1);
    }
  }

  @Test
  void whatWasShownOfATapeThatIsWrittenAnewIsNoneOfTheNewOne() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "first");
      append(cartridge, "second");
      List<String> told = new ArrayList<>();
      cartridge.onDamage(told::add);
      CachedRecords records = new CachedRecords(new BlockCache(1 << 20));
      TapeView shown = TapeView.image(cartridge, records);
      assertThat(shown.read(0, ByteBuffer.allocate(4))).isEqualTo(4);
      cartridge.cut(0);
      append(cartridge, "anew");
      assertFault(Fault.AGAIN, "written anew", () -> shown.read(0, ByteBuffer.allocate(4)));
      assertFault(Fault.AGAIN, "written anew", () -> shown.read(20, ByteBuffer.allocate(4)));
      assertFault(
          Fault.AGAIN, "written anew", () -> cartridge.read(1, ByteBuffer.allocateDirect(9)));
      assertThat(told).isEmpty();
    }
  }

  @Test
  void whatAReaderMissesWhileItIsBeingCutOffIsNoDamage() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "first");
      cartridge.mark(1, true);
      append(cartridge, "third");
      List<String> told = new ArrayList<>();
      List<Fault> met = new ArrayList<>();
      cartridge.onDamage(told::add);
      store.refuse(
          (file, kind, offset, length) -> {
            if (kind == Kind.FLUSH) { // another thread reads meanwhile
              met.add(met(() -> cartridge.read(2, ByteBuffer.allocateDirect(9))));
              met.add(met(() -> cartridge.mark(0)));
            }
            return null;
          });
      cartridge.cut(0);
      assertThat(met)
          .contains(Fault.AGAIN)
          .containsOnly(Fault.AGAIN, null); // before the cut, and in it
      assertThat(told).isEmpty();
    }
  }

  private static @Nullable Fault met(ThrowingCallable call) {
    try {
      call.call();
      return null;
    } catch (StorageException e) {
      return e.fault();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anIndexThatANewerProgramWroteIsRefused() throws Exception {
    blank().close();
    try (var index = store.open(Cartridge.INDEX)) {
      byte[] sector = new byte[512];
      IndexHeader.first(new UUID(1, 2), 0).encode().get(0, sector);
      ByteBuffer header = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
      header.putInt(8, 2).putInt(12, 0);
      CRC32C crc = new CRC32C();
      crc.update(sector);
      header.putInt(12, (int) crc.getValue());
      index.writeAll(0, Bytes.direct(sector)); // the other one is at 512
    }
    assertFault(Fault.UNSUPPORTED, "version 2", this::again);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTapeFileThatSomebodyCutIsNotServed(boolean settled) throws Exception {
    Cartridge cartridge = blank();
    append(cartridge, "one");
    if (settled) {
      cartridge.settle();
    }
    store = store.afterProcessDeath();
    store.home().setSize(8);
    assertFault(Fault.CORRUPT, "somebody cut it", this::again);
    assertThat(store.home().size()).isEqualTo(8);
  }

  @Test
  void filemarksThatDoNotCountInOrderAreDamage() throws Exception {
    try (Cartridge cartridge = blank()) {
      cartridge.mark(2, true);
      cartridge.settle();
    }
    TapeObject wrong = new TapeObject(TapeObject.Kind.FILEMARK, false, true, 0, 0, 0, 0, 0, 0, 7);
    ByteBuffer entry =
        ByteBuffer.allocateDirect(IndexLayout.ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    new IndexLayout(new UUID(1, 2)).encode(0, wrong, entry);
    try (var index = store.open(Cartridge.INDEX)) {
      index.writeAll(IndexLayout.offset(0), entry.flip());
    }
    try (Cartridge again = again()) {
      assertFault(Fault.CORRUPT, "the entry of object 0", () -> again.mark(0));
    }
  }

  @Test
  void anIndexOfAnotherCartridgeDoesNotCheck() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "one");
      cartridge.settle();
    }
    try (var index = store.open(Cartridge.INDEX)) {
      IndexHeader other = new IndexHeader(4, new UUID(3, 4), Origin.UNKNOWN, 0);
      index.writeAll(other.offset(), other.encode());
    }
    assertFault(Fault.CORRUPT, "does not check", this::again);
  }

  @Test
  void withoutSyncOnlyWhatWasSyncedIsPromisedAfterPowerLoss() throws Exception {
    try (Cartridge cartridge = blank()) {
      append(cartridge, "kept");
      cartridge.mark(1, true);
      append(cartridge, "lost");
      SimulatedStore after = store.afterPowerLoss(new Random(1), Loss.DROP_ALL);
      try (Cartridge again = open(after)) {
        assertThat(again.end().objects()).isEqualTo(2);
        assertThat(
                Arrays.equals(TapeModel.read(again, 0), "kept".getBytes(StandardCharsets.US_ASCII)))
            .isTrue();
      }
    }
  }
}
