package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changed bytes of the evidence itself are found, and never taken for proof. */
final class EvidenceDamageTest {
  private static final int SIZE = 3 * EvidenceVolume.TRACK;

  private final Random random = new Random(3);
  private EvidenceVolume volume;
  private SimulatedStore sound;
  private FrozenPoint first;
  private FrozenPoint second;

  @BeforeEach
  void sealTwoPoints() throws StorageException {
    volume = new EvidenceVolume(SIZE, false);
    volume.write(0, bytes(2 * EvidenceVolume.TRACK));
    first = volume.freeze();
    volume.write(EvidenceVolume.TRACK, bytes(100));
    second = volume.freeze();
    volume.seal(first);
    volume.seal(second);
    volume.evidence.close();
    sound = volume.evidenceStore;
  }

  @AfterEach
  void close() {
    volume.close();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The evidence as it was, as another store that can be damaged. */
  private SimulatedStore another() {
    volume.evidence.close();
    volume.evidenceStore = sound.afterPowerLoss(random, Loss.KEEP_ALL);
    return volume.evidenceStore;
  }

  private void flip(String name, long at) throws StorageException {
    try (StoreFile file = volume.evidenceStore.open(name)) {
      EvidenceVolume.flip(file, at);
    }
  }

  private void requireDamaged(String what) throws StorageException {
    volume.evidence = volume.openEvidence();
    assertThat(volume.evidence.of(first)).as(what).isInstanceOf(Evidence.Damaged.class);
    assertThat(volume.evidence.of(second)).as(what).isInstanceOf(Evidence.Damaged.class);
    requireCorrupt(what, () -> EvidenceVolume.read(volume.verified(first), 0, SIZE));
    requireCorrupt(what, () -> EvidenceVolume.read(volume.verified(second), 5, 10));
    requireCorrupt(what, () -> volume.verify(first));
    requireCorrupt(what, () -> volume.evidence.check());
    requireCorrupt(what, () -> volume.seal(second));
    requireCorrupt(what, () -> volume.evidence.tidy(() -> false));
    requireCorrupt(what, () -> volume.verified(first).nextHole(0));
  }

  private static void requireCorrupt(
      String what, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .as(what)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT));
  }

  @Test
  void anyByteOfASheet() throws Exception {
    for (String name : List.of("evidence.0", "evidence.1")) {
      int length;
      try (StoreFile file = sound.open(name)) {
        length = (int) file.size();
      }
      assertThat(length).isEqualTo(4 * SheetLayout.PAGE_BYTES);
      for (int at = 0; at < length; at += at % 4096 < 200 ? 1 : 97) {
        String what = name + " byte " + at;
        another();
        flip(name, at);
        if (at / SheetLayout.PAGE_BYTES != 1) {
          requireDamaged(what);
        } else {
          volume.evidence = volume.openEvidence();
          requireCorrupt(what, () -> volume.evidence.check());
          assertThat(volume.isSealed(first)).isTrue();
          requireCorrupt(what, () -> EvidenceVolume.read(volume.verified(second), 0, SIZE));
          requireCorrupt(what, () -> volume.verify(second));
        }
      }
    }
  }

  @Test
  void aByteOfOneCopyOfTheInventoryIsFoundAndMadeAnew() throws Exception {
    for (int copy = 0; copy <= 4096; copy += 4096) {
      for (int at = copy; at < copy + 512; at++) {
        another();
        volume.evidence = volume.openEvidence();
        flip(Inventory.FILE, at);
        requireCorrupt("byte " + at, () -> volume.evidence.check());

        volume.reopenEvidence();

        assertThat(volume.isSealed(first) && volume.isSealed(second)).isTrue();
        assertThat(volume.evidence.check()).isEqualTo(2);
        volume.requireHashes("byte " + at);
      }
    }
  }

  @Test
  void bothCopiesOfTheInventory() throws Exception {
    another();
    flip(Inventory.FILE, 20);
    flip(Inventory.FILE, 4096 + 100);
    requireDamaged("both");
  }

  @Test
  void anInventoryThatIsGone() throws Exception {
    another().delete(Inventory.FILE);
    requireDamaged("gone");
  }

  @Test
  void aSheetThatIsGoneOrCut() throws Exception {
    another().delete("evidence.1");
    requireDamaged("gone");
    for (int length : new int[] {0, 100, 4096, 3 * 4096, 4 * 4096 - 1, 5 * 4096}) {
      try (StoreFile file = another().open("evidence.0")) {
        file.setSize(length);
      }
      requireDamaged("length " + length);
    }
  }

  @Test
  void aSheetInThePlaceOfAnother() throws Exception {
    copy(another(), "evidence.0", 0, "evidence.1", 0, 4 * 4096);
    requireDamaged("another");
  }

  @Test
  void aPageOfAnotherSheet() throws Exception {
    copy(another(), "evidence.0", 4096, "evidence.1", 4096, 4096);
    volume.evidence = volume.openEvidence();
    assertThatThrownBy(() -> volume.evidence.check()).hasMessageContaining("belongs elsewhere");
    assertThatThrownBy(() -> EvidenceVolume.read(volume.verified(second), 0, SIZE))
        .hasMessageContaining("belongs elsewhere");
  }

  @Test
  void theEvidenceOfAnotherVolume() throws Exception {
    another();
    volume.use =
        new org.copybay.volumes.track.TrackUse(
            1,
            () ->
                new org.copybay.volumes.journal.VolumeIdentity(
                    new java.util.UUID(1, 1), "beta", SIZE),
            volume.use.pages(),
            volume.use.recover(),
            why -> {},
            () -> {},
            () -> 0);
    requireDamaged("of another volume");
  }

  @Test
  void anEntryThatWasExchangedWithItsChecksum() throws Exception {
    SimulatedStore store = another();
    try (StoreFile file = store.open("evidence.0")) {
      ByteBuffer page = SheetLayout.page();
      file.read(4096, page);
      page.put(16 + 12, (byte) (page.get(16 + 12) ^ 1)).clear();
      page.putInt(0, SheetLayout.crc(page, 0, EvidenceVolume.ID));
      file.writeAll(4096, page.clear());
    }
    volume.evidence = volume.openEvidence();

    assertThatThrownBy(() -> volume.evidence.check()).hasMessageContaining("the root of point");
  }

  @Test
  void discardedEvidenceBeginsAnew() throws Exception {
    another();
    flip(Inventory.FILE, 20);
    flip(Inventory.FILE, 4096 + 100);
    volume.evidence = volume.openEvidence();

    for (boolean reopened : new boolean[] {false, true}) {
      volume.evidence.discard();
      if (reopened) {
        volume.evidence = volume.openEvidence();
      }
      assertThat(volume.isSealed(first) || volume.isSealed(second)).isFalse();
      for (String name : EvidenceFiles.NAMES) {
        assertThat(volume.evidenceStore.exists(name)).isFalse();
      }
      volume.seal(first);
      volume.seal(second);
      volume.requireHashes("sealed again");
    }
  }

  private static void copy(
      SimulatedStore store, String from, long fromAt, String to, long toAt, int length)
      throws StorageException {
    List<StoreFile> files = new ArrayList<>(List.of(store.open(from), store.open(to)));
    ByteBuffer bytes = ByteBuffer.allocateDirect(length);
    files.get(0).read(fromAt, bytes);
    files.get(1).writeAll(toAt, bytes.flip());
    files.forEach(StoreFile::close);
  }
}
