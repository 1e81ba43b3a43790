package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.MediaPools;
import org.copybay.copy.library.MediumCondition;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeMedia;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveOpener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Media pools: which cartridges copies take, what is appended to, and which are poor. */
class MediaPoolTest {
  private static final int MIB = 1 << 20;
  private static final int MTEOM = 12;

  @TempDir Path directory;

  private TestTapes test;
  private TapeCartridge source;

  @BeforeEach
  void begin() throws Exception {
    test = TestTapes.create(directory);
    source = test.add("VTL", "VT0001", 20 * MIB);
    test.write(source, 1, 7);
  }

  @AfterEach
  void end() throws Exception {
    test.close();
  }

  private MediaPools pools() {
    return test.tapes.pools();
  }

  private static MediaPool pool(String name, boolean strict, String freePool, boolean moveFree) {
    return new MediaPool(name, null, true, strict, freePool, moveFree, 250, 36);
  }

  private TapeCartridge target(String barcode, String pool) throws StorageException {
    TapeCartridge made = test.add("VAULT", barcode, 20 * MIB);
    place(made, pool);
    return made;
  }

  private void place(TapeCartridge cartridge, String pool) throws StorageException {
    test.tapes.copies().describe(cartridge, row -> pools().moved(row, pool), NOTHING);
  }

  private void protect(TapeCartridge cartridge, Protection protection) throws StorageException {
    test.tapes.copies().describe(cartridge, row -> row.medium().protectedBy(protection), NOTHING);
  }

  private String takenByACopy() throws StorageException {
    return test.done(test.copies.start(TestTapes.spec("VT0001", null))).row().target();
  }

  @Test
  void aCopyTakesOneOfItsPoolThenOfTheFreePoolThenOneOfNone() throws Exception {
    pools().set(MediaPool.usual("Free"), NOTHING);
    pools().set(pool("Offsite", false, "Free", false), NOTHING);
    pools().set(MediaPool.usual("Other"), NOTHING);
    target("PH0001", "Other");
    target("PH0002", "");
    target("PH0003", "Free");
    target("PH0004", "Offsite");
    place(source, "Offsite");
    assertThat(takenByACopy()).isEqualTo("PH0004");
    assertThat(takenByACopy()).isEqualTo("PH0003");
    assertThat(takenByACopy()).isEqualTo("PH0002");
    assertFault(Fault.NO_MEDIUM, this::takenByACopy, "is in pool Other");
    test = test.reopen();
    for (String each : List.of("PH0002", "PH0003", "PH0004")) {
      assertThat(test.tapes.cartridge(each).row().medium().pool()).isEqualTo("Offsite");
    }
    assertThat(pools().find("Offsite")).isEqualTo(pool("Offsite", false, "Free", false));
  }

  @Test
  void aStrictPoolTakesNothingButItsOwn() throws Exception {
    pools().set(pool("Offsite", true, null, false), NOTHING);
    target("PH0001", "");
    place(source, "Offsite");
    assertFault(Fault.NO_MEDIUM, this::takenByACopy, "is in no pool");
  }

  @Test
  void anExpiredOneCountsAsFreeWhereItsPoolGivesItBack() throws Exception {
    pools().set(MediaPool.usual("Free"), NOTHING);
    pools().set(pool("Offsite", true, "Free", false), NOTHING);
    pools().set(pool("Daily", true, "Free", true), NOTHING);
    TapeCartridge lent = target("PH0001", "Daily");
    place(source, "Offsite");
    assertFault(Fault.NO_MEDIUM, this::takenByACopy, "is in pool Daily");
    protect(lent, Protection.until(Instant.EPOCH));
    assertThat(takenByACopy()).isEqualTo("PH0001");
    assertThat(lent.row().medium().pool()).isEqualTo("Offsite");
  }

  @Test
  void nothingIsAppendedInAPoolThatIsNotAppendable() throws Exception {
    pools().set(new MediaPool("Once", null, false, false, null, false, 250, 36), NOTHING);
    TapeCartridge blank = test.add("VTL", "VT0002", 20 * MIB);
    place(blank, "Once");
    test.write(blank, 2, 3); // of one load, as many as they are
    assertFault(Fault.DENIED, () -> append(blank), "is in pool Once, which is not appendable");
    test.write(blank, 3, 4); // from its beginning
    place(source, "Once");
    assertFault(Fault.DENIED, () -> append(source), "which is not appendable");
  }

  private void append(TapeCartridge cartridge) throws StorageException {
    test.tapes.changer().load(cartridge, test.drive(), NOTHING);
    try {
      test.drive().open(new DriveOpener(1, true, false));
      test.drive().operate(MTEOM, 0, true);
      test.drive().write(ByteBuffer.allocateDirect(100));
    } finally {
      test.drive().close(false);
      test.tapes.changer().unload(test.drive(), 0, NOTHING);
    }
  }

  @Test
  void whatIsWornOrDamagedIsPoorAndNoTarget() throws Exception {
    pools().set(new MediaPool("Worn", null, true, false, null, false, 5, 36), NOTHING);
    TapeCartridge worn = target("PH0001", "Worn");
    place(source, "Worn");
    assertThat(pools().condition(worn.row())).isEqualTo(MediumCondition.GOOD);
    for (int i = 0; i < 5; i++) {
      assertThat(takenByACopy()).isEqualTo("PH0001");
      protect(worn, Protection.until(Instant.EPOCH));
      test.write(source, i, 7); // or it would be a valid copy
    }
    test.tapes.damage().note(worn, "a record is bad");
    assertFault(Fault.NO_MEDIUM, this::takenByACopy, "poor condition: a record is bad");
    test.tapes.damage().note(worn, null);
    for (int i = 0; i < 9 && pools().condition(worn.row()) != MediumCondition.POOR; i++) {
      assertThat(takenByACopy()).isEqualTo("PH0001");
      protect(worn, Protection.until(Instant.EPOCH));
      test.write(source, i, 7); // or it would be a valid copy
    }
    assertThat(pools().overwrites(worn.row())).isEqualTo(6);
    assertFault(Fault.NO_MEDIUM, this::takenByACopy, "pool Worn allows 5");
    TapeCartridge good = target("PH0002", "");
    assertThat(takenByACopy()).isEqualTo(good.barcode());
  }

  @Test
  void aPoolThatIsUsedIsNotDeletedAndTakesItsMediaOnly() throws Exception {
    pools().set(MediaPool.usual("Free"), NOTHING);
    pools().set(pool("Daily", false, "Free", false), NOTHING);
    place(source, "Daily");
    assertFault(Fault.BUSY, () -> pools().delete("Daily", NOTHING), "1 cartridges");
    assertFault(Fault.BUSY, () -> pools().delete("Free", NOTHING), "the free pool of Daily");
    MediaPool nine = new MediaPool("Daily", TapeMedia.LTO9, true, false, null, false, 250, 36);
    assertFault(Fault.WRONG_MEDIUM, () -> pools().set(nine, NOTHING), "is LTO-8");
    place(source, "");
    pools().set(nine, NOTHING);
    assertFault(
        Fault.WRONG_MEDIUM, () -> pools().requireMove(source.row(), "Daily"), "takes LTO-9");
    pools().delete("Daily", NOTHING);
    assertThat(pools().all()).extracting(MediaPool::name).containsExactly("Free");
  }

  @Test
  void ofEqualCopiesTheOneAtTheBetterLocationIsRestoredFrom() throws Exception {
    TapeCartridge first = target("PH0001", "");
    TapeCartridge second = target("PH0002", "");
    test.copy("VT0001", "PH0001");
    test.copy("VT0001", "PH0002");
    test.tapes.changer().eject(first, "vault 1", NOTHING);
    test.tapes.changer().eject(second, "vault 2", NOTHING);
    RestoreChoice choice = new RestoreChoice(test.tapes);
    assertThat(choice.copiesOf(source)).containsExactly(second, first); // the newest first
    test.tapes.locations().set("vault 1", 1, NOTHING);
    assertThat(choice.copiesOf(source)).containsExactly(first, second);
    test = test.reopen();
    assertThat(test.tapes.locations().all()).containsEntry("vault 1", 1);
    test.tapes.locations().set("vault 1", 0, NOTHING);
    assertThat(test.tapes.locations().all()).isEmpty();
    test.tapes
        .changer()
        .insert(test.tapes.cartridge("PH0001"), test.tapes.library("VAULT"), 0, NOTHING);
    assertThat(new RestoreChoice(test.tapes).copiesOf(test.tapes.cartridge("VT0001")))
        .extracting(TapeCartridge::barcode)
        .containsExactly("PH0001", "PH0002"); // in a library before the shelf
  }

  @Test
  void aCopyWhoseDiskIsAwayIsNotRestoredFrom() throws Exception {
    TapeCartridge copy = target("PH0001", "");
    test.copy("VT0001", "PH0001");
    RestoreChoice choice = new RestoreChoice(test.tapes);
    Path vault = test.path.resolve("vault");
    Path away = Files.move(vault, test.path.resolve("away"));
    assertThat(test.tapes.isReachable(copy)).isFalse();
    assertFault(
        Fault.NO_MEDIUM, () -> choice.require(source, copy, false), vault + ", which is not there");
    Files.move(away, vault);
    choice.require(source, copy, false);
    Files.delete(vault.resolve("PH0001/index"));
    assertFault(Fault.CORRUPT, () -> test.tapes.show(copy).close(), "cartridge PH0001: ");
  }
}
