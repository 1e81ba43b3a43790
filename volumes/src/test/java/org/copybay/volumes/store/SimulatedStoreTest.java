package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.volumes.Bytes;
import org.junit.jupiter.api.Test;

class SimulatedStoreTest {
  @Test
  void smoke() throws Exception {
    SimulatedStore store = new SimulatedStore(1 << 20, 1);
    StoreFile f = store.create("f");
    f.write(100, Bytes.direct(Bytes.random(1, 5000)));
    assertThat(f.size()).isEqualTo(5100);
    f.flush();
    store.syncNames();
    SimulatedStore next =
        store.afterPowerLoss(new java.util.Random(1), SimulatedStore.Loss.DROP_ALL);
    assertThat(next.open("f").size()).isEqualTo(5100);
  }
}
