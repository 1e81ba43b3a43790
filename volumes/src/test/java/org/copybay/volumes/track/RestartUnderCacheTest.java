package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.cache.LookUps;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.Test;

/** A volume with a point begins again at its last fence: the block cache above must forget. */
class RestartUnderCacheTest {
  private static final int SIZE = 1 << 20;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private final AtomicReference<Runnable> restarted = new AtomicReference<>(() -> {});

  private static byte[] read(CachedDevice from) throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(SIZE);
    from.read(0, target);
    return Bytes.of(target);
  }

  @Test
  void whatWasNotFencedIsNotReadFromMemory() throws Exception {
    TrackUse use =
        new TrackUse(
            1,
            () -> new VolumeIdentity(EngineFixture.VOLUME, "a", SIZE),
            new MapPages(1 << 20),
            RecoverMode.AUTO,
            why -> {},
            () -> restarted.get().run(),
            () -> 0);
    try (TrackDevice device = TrackDevice.open(store, use, false)) {
      CachedDevice cached = new CachedDevice(new BlockCache(4 << 20), new LookUps(), device);
      restarted.set(cached::contentSwitched);
      cached.setSize(SIZE);
      cached.use(true);
      int point = device.prepareFreeze();
      Freeze.make(List.of(new Freeze(device, point, SIZE)), 0);
      device.endFreeze();
      cached.write(0, Bytes.direct(Bytes.random(1, SIZE)));
      cached.flush();
      cached.write(0, Bytes.direct(Bytes.random(2, SIZE)));
      assertThat(read(cached)).isEqualTo(Bytes.random(2, SIZE));

      store.refuse((file, kind, offset, length) -> kind == Kind.FLUSH ? Fault.STORE_FAILED : null);
      assertThatThrownBy(cached::flush).isNotNull();
      store.refuse((file, kind, offset, length) -> null);
      device.repair();

      ByteBuffer below = ByteBuffer.allocateDirect(SIZE);
      device.read(0, below);
      assertThat(Bytes.of(below)).isNotEqualTo(Bytes.random(2, SIZE));
      assertThat(read(cached)).isEqualTo(Bytes.of(below));
    }
  }
}
