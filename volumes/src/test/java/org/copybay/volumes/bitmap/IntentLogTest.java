package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The intent log: what is durable before a change is made, and until when. */
final class IntentLogTest {
  private static final long ZONE = 4 << 20;
  private static final long SIZE = 100 * ZONE;

  @TempDir Path directory;

  private HookedStore store;
  private IntentLog log;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    log = IntentLog.create(store, "intent", ZoneGrain.USUAL, SIZE);
    log.begin(store);
    store.forget();
  }

  @AfterEach
  void close() {
    store.noHook();
    log.close();
    store.close();
  }

  @Test
  void aZoneIsDurableBeforeAChangeOfIt() throws Exception {
    log.aboutToChange(5 * ZONE, 1);

    assertThat(store.done()).containsExactly("write intent", "sync intent");
    assertThat(zonesAfterCrash()).containsExactly(new Extent(5 * ZONE, ZONE));
  }

  @Test
  void aZoneThatIsInCostsNothing() throws Exception {
    log.aboutToChange(5 * ZONE, 1);
    store.forget();

    log.aboutToChange(6 * ZONE - 1, 1);

    assertThat(store.done()).isEmpty();
  }

  @Test
  void aChangeIsRefusedWhenItsZoneCannotBeMadeDurable() throws Exception {
    store.hook(
        (what, file, source) -> {
          if (what.equals("sync")) {
            throw new StorageException(Fault.STORE_FAILED, "lost");
          }
        });

    assertThatThrownBy(() -> log.aboutToChange(0, 1)).isInstanceOf(StorageException.class);
    assertThat(log.zonesEntered()).isZero();
    assertThatThrownBy(() -> log.aboutToChange(0, 1)).isInstanceOf(StorageException.class);
  }

  @Test
  void aSequentialWriterEntersSixteenZonesAtOnce() throws Exception {
    for (long at = 0; at < SIZE; at += ZONE / 4) {
      log.aboutToChange(at, ZONE / 4);
    }

    assertThat(store.done().stream().filter(what -> what.startsWith("sync")))
        .hasSize(1 + 7); // zone 0, then 1 to 16, …, 97 to 99
    assertThat(log.zonesEntered()).isEqualTo(100);
    assertThat(log.zones()).isEqualTo(100);
  }

  @Test
  void oneSyncServesAllWhoWait() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    CountDownLatch syncing = new CountDownLatch(1);
    store.hook(
        (what, file, source) -> {
          if (what.equals("sync")) {
            syncing.countDown();
            WriteBitmapTest.await(mayGoOn);
          }
        });
    List<Thread> threads = new ArrayList<>();
    threads.add(WriteBitmapTest.started(() -> log.aboutToChange(0, 1)));
    WriteBitmapTest.await(syncing);
    for (int i = 1; i < 8; i++) {
      long offset = 10L * i * ZONE;
      threads.add(WriteBitmapTest.started(() -> log.aboutToChange(offset, 1)));
    }
    await()
        .until(
            () ->
                threads.stream().skip(1).allMatch(t -> t.getState() == Thread.State.TIMED_WAITING));
    mayGoOn.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(store.done().stream().filter(what -> what.startsWith("sync"))).hasSize(2);
    assertThat(log.zonesEntered()).isEqualTo(8);
  }

  // ---- generations

  @Test
  void aGenerationIsDeletedAfterChangesInFlightEndedAndThenAllWasSynced() throws Exception {
    enterAndLeave(0);
    store.forget();
    List<String> order = new ArrayList<>();

    log.advance(
        () -> {
          order.add("changes end");
          assertThat(store.done()).isEmpty();
        },
        () -> {
          order.add("sync all");
          assertThat(store.done()).isEmpty();
          assertThat(zonesAfterCrash()).hasSize(1);
        });

    assertThat(order).containsExactly("changes end", "sync all");
    assertThat(store.done()).containsExactly("write intent", "sync intent");
    assertThat(zonesAfterCrash()).isEmpty();
    assertThat(log.zonesEntered()).isZero();
  }

  @Test
  void aChangeDuringTheChangeOfGenerationEntersTheNewOne() throws Exception {
    log.aboutToChange(0, 1);

    log.advance(() -> announce(0), () -> {});

    assertThat(zonesAfterCrash()).containsExactly(new Extent(0, ZONE));
  }

  @Test
  void whileThereAreTwoGenerationsBothCount() throws Exception {
    enterAndLeave(0);

    assertThatThrownBy(
            () ->
                log.advance(
                    () -> announce(7 * ZONE),
                    () -> {
                      throw new StorageException(Fault.STORE_FAILED, "lost");
                    }))
        .isInstanceOf(StorageException.class);
    assertThat(zonesAfterCrash())
        .containsExactlyInAnyOrder(new Extent(0, ZONE), new Extent(7 * ZONE, ZONE));

    log.advance(() -> {}, () -> {}); // goes on with the older one
    assertThat(zonesAfterCrash()).containsExactly(new Extent(7 * ZONE, ZONE));
    log.advance(() -> {}, () -> {}); // it was in use
    log.advance(() -> {}, () -> {});
    assertThat(zonesAfterCrash()).isEmpty();
  }

  @Test
  void whatIsInUseGoesOnWithoutASync() throws Exception {
    log.aboutToChange(0, 1);
    for (int i = 0; i < 3; i++) {
      log.advance(() -> {}, () -> {});
      assertThat(zonesAfterCrash()).containsExactly(new Extent(0, ZONE));
      store.forget();
      log.aboutToChange(ZONE - 1, 1);
      assertThat(store.done()).isEmpty();
    }
  }

  @Test
  void whatIsInUseIsDurableInTheNextGenerationBeforeTheOldOneGoes() throws Exception {
    log.aboutToChange(0, 1);
    store.forget();

    log.advance(
        () -> assertThat(store.done()).containsExactly("write intent", "sync intent"),
        () -> assertThat(zonesAfterCrash()).hasSize(2));
    assertThat(store.done())
        .containsExactly("write intent", "sync intent", "write intent", "sync intent");
  }

  /** The zone is in the current generation, and not in use. */
  private void enterAndLeave(long offset) throws StorageException {
    log.aboutToChange(offset, 1);
    log.advance(() -> {}, () -> {});
  }

  @Test
  void aGenerationIsNotDeletedUnderWhoWritesIt() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch mayWrite = new CountDownLatch(1);
    store.hook(
        (what, file, source) -> {
          if (writing.getCount() > 0) {
            writing.countDown();
            WriteBitmapTest.await(mayWrite);
          }
        });
    CountDownLatch changed = new CountDownLatch(1);
    WriteBitmapTest.started(
        () -> {
          log.aboutToChange(0, 1);
          changed.countDown();
        });
    WriteBitmapTest.await(writing);
    CountDownLatch begun = new CountDownLatch(1);
    List<Extent> beforeItEnds = new ArrayList<>();
    Thread advancing =
        WriteBitmapTest.started(
            () ->
                log.advance(
                    () -> {
                      begun.countDown();
                      WriteBitmapTest.await(changed);
                    },
                    () -> beforeItEnds.addAll(zonesAfterCrash())));

    boolean tooEarly = begun.await(100, TimeUnit.MILLISECONDS);
    mayWrite.countDown();
    advancing.join();

    assertThat(tooEarly).isFalse();
    assertThat(beforeItEnds).contains(new Extent(0, ZONE)); // twice where the next one has it too
  }

  // ---- stops

  @Test
  void itTellsACleanStopFromTheDeathOfAProcessAndFromPowerLoss() throws Exception {
    assertThat(lastStop(RecoverMode.AUTO)).isEqualTo(LastStop.PROCESS_DEATH);
    assertThat(lastStop(RecoverMode.POWER)).isEqualTo(LastStop.POWER_LOSS);
    store.losePower();
    assertThat(lastStop(RecoverMode.AUTO)).isEqualTo(LastStop.POWER_LOSS);
    assertThat(lastStop(RecoverMode.PROCESS)).isEqualTo(LastStop.PROCESS_DEATH);

    log.stop(store);
    assertThat(lastStop(RecoverMode.AUTO)).isEqualTo(LastStop.CLEAN);
    assertThat(lastStop(RecoverMode.POWER)).isEqualTo(LastStop.CLEAN);
  }

  @Test
  void everyRunHasANumberAndBeginsWithoutZones() throws Exception {
    log.aboutToChange(0, 1);
    log.close();
    log = open();
    assertThat(log.lastRun()).isEqualTo(1);
    assertThat(log.lastZones()).hasSize(1);

    log.begin(store);
    log.close();
    log = open();

    assertThat(log.lastRun()).isEqualTo(2);
    assertThat(log.lastZones()).isEmpty();
  }

  // ---- sizes

  @Test
  void aLargeVolumeHasLargerZones() throws Exception {
    long size = 16L << 40;
    try (IntentLog large = IntentLog.create(store, "large", ZoneGrain.USUAL, size)) {
      large.begin(store);
      large.aboutToChange(size - 1, 1);

      assertThat(large.zones()).isEqualTo(IntentLayout.MAX_ZONES);
      assertThat(large.zonesEntered()).isEqualTo(1);
    }
    try (IntentLog large = IntentLog.open(store, "large", ZoneGrain.USUAL, size)) {
      Extent zone = large.lastZones().get(0);
      assertThat(zone.end()).isEqualTo(size);
      assertThat(zone.length()).isLessThan(5L << 30);
    }
  }

  @Test
  void whatWasAddedToAVolumeBelongsToTheLastZoneUntilTheNextGeneration() throws Exception {
    long size = IntentLayout.MAX_ZONES * ZONE;
    try (IntentLog grown = IntentLog.create(store, "grown", ZoneGrain.USUAL, size)) {
      grown.begin(store);
      grown.resize(2 * size);
      grown.aboutToChange(2 * size - 1, 1);
    }
    try (IntentLog grown = IntentLog.open(store, "grown", ZoneGrain.USUAL, 2 * size)) {
      assertThat(grown.lastZones()).containsExactly(new Extent(size - ZONE, size + ZONE));
      grown.begin(store);
      grown.aboutToChange(2 * size - 1, 1);
    }
    try (IntentLog grown = IntentLog.open(store, "grown", ZoneGrain.USUAL, 2 * size)) {
      assertThat(grown.lastZones()).containsExactly(new Extent(2 * size - 2 * ZONE, 2 * ZONE));
    }
  }

  @Test
  void damageIsNamed() throws Exception {
    log.aboutToChange(0, 1);
    damage(4096 + 100);
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("intent log intent generation 0 checksum");

    damage(17);
    assertThatThrownBy(this::open).hasMessageContaining("intent log intent checksum");
  }

  // ---- the test's own

  private void damage(long at) throws StorageException {
    try (var file = store.open("intent")) {
      file.write(at, Bytes.direct((byte) 77));
    }
  }

  private IntentLog open() throws StorageException {
    return IntentLog.open(store, "intent", ZoneGrain.USUAL, SIZE);
  }

  private List<Extent> zonesAfterCrash() throws StorageException {
    try (IntentLog other = open()) {
      return other.lastZones();
    }
  }

  private LastStop lastStop(RecoverMode mode) throws StorageException {
    try (IntentLog other = open()) {
      return other.lastStop(mode, store);
    }
  }

  private void announce(long offset) {
    try {
      log.aboutToChange(offset, 1);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }
}
