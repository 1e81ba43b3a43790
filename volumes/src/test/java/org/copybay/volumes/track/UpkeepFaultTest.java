package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.Test;

/** What the thread of upkeep meets is told, since nobody waits for it. */
class UpkeepFaultTest {
  private static final int SIZE = 1 << 20;

  @Test
  void aFenceThatFailsUnderItIsTold() throws Exception {
    SimulatedStore store = new SimulatedStore(SIZE, 1);
    AtomicReference<String> told = new AtomicReference<>("");
    TrackUse use =
        new TrackUse(
            1,
            () -> new VolumeIdentity(EngineFixture.VOLUME, "a", SIZE),
            new MapPages(1 << 20),
            RecoverMode.AUTO,
            told::set,
            () -> {},
            () -> 0);
    try (TrackDevice device = TrackDevice.open(store, use, false)) {
      int point = device.prepareFreeze();
      Freeze.make(List.of(new Freeze(device, point, SIZE)), 0);
      device.endFreeze();
      device.write(0, Bytes.direct(Bytes.random(1, 100_000)));
      assertThat(told.get()).isEmpty();

      store.refuse((file, kind, offset, length) -> kind == Kind.FLUSH ? Fault.STORE_FAILED : null);
      device.points().drop(point, 0);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !told.get().isEmpty());
      store.refuse((file, kind, offset, length) -> null);
    }
  }
}
