package org.copybay.copy.shadow;

import java.util.concurrent.CountDownLatch;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Extent;

/** The first bytes of a virtual unit, which nobody else changes until it is closed. */
final class KeptRange implements AutoCloseable {
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread keeper;

  KeptRange(UnitDevice device) throws InterruptedException {
    keeper = new Thread(() -> keep(device));
    keeper.start();
    entered.await();
  }

  private void keep(UnitDevice device) {
    try (var held = device.enterRange(new Extent(0, 100))) {
      entered.countDown();
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until somebody wants to change them. */
  void awaitWaiter() {
    TestJobs.await("somebody waits for the range", () -> TestJobs.isIn(RangeLocks.class, "enter"));
  }

  @Override
  public void close() {
    end.countDown();
    try {
      keeper.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
