package org.copybay.copy.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Whether a disk is there. */
class PresenceTest {
  @Test
  void whoAsksSecondGetsNoOlderAnswer() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Presence presence =
        new Presence(
            () -> {
              if (asked.incrementAndGet() > 1) {
                return false; // taken away meanwhile
              }
              looking.countDown();
              await(goOn);
              return true;
            });
    Thread first = new Thread(presence::isThere);
    first.start();
    looking.await();
    assertThat(presence.isThere()).isFalse();
    goOn.countDown();
    first.join();
  }

  @Test
  void aDiskThatHangsIsNotThereAndIsAskedOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch goOn = new CountDownLatch(1);
    Presence presence =
        new Presence(
            () -> {
              if (asked.incrementAndGet() == 1) {
                await(goOn);
              }
              return true;
            });
    assertThat(presence.isThere()).isFalse();
    assertThat(presence.isThere()).isFalse();
    assertThat(asked).hasValue(1);
    goOn.countDown();
    Awaitility.await("its answer").until(presence::isThere);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
