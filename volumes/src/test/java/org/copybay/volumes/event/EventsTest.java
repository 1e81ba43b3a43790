package org.copybay.volumes.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.copybay.volumes.event.Event.fact;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

class EventsTest {
  private static final Instant NOW = Instant.parse("2025-11-21T09:31:07Z");

  private final Events events = new Events(Clock.fixed(NOW, ZoneOffset.UTC));

  private void tell(int count) {
    for (int i = 0; i < count; i++) {
      events.tell("volume_created", "v");
    }
  }

  private static List<Long> numbers(List<Event> events) {
    return events.stream().map(Event::number).toList();
  }

  @Test
  void anEventIsKeptAsItWasTold() {
    events.tell("volume_created", "payroll", fact("size", 4096L));

    assertThat(events.all())
        .containsExactly(
            new Event(1, NOW, "volume_created", "payroll", List.of(fact("size", 4096L))));
    assertThat(events.counts()).isEqualTo(Map.of("volume_created", 1L));
  }

  @Test
  void theLastThousandAreKeptAndAllAreCounted() {
    assertThat(events.all()).isEmpty();
    tell(Events.KEPT + 34);

    assertThat(numbers(events.all()))
        .isEqualTo(LongStream.rangeClosed(35, Events.KEPT + 34).boxed().toList());
    assertThat(events.last()).isEqualTo(Events.KEPT + 34);
    assertThat(events.counts()).containsEntry("volume_created", Events.KEPT + 34L);
  }

  @Test
  void whoIsBehindGetsTheOldestThatIsKept() {
    tell(3);
    assertThat(events.await(1, 0)).isNotNull().returns(2L, Event::number);
    assertThat(events.await(3, 0)).isNull();

    tell(Events.KEPT);

    assertThat(events.await(1, 0)).isNotNull().returns(4L, Event::number);
  }

  @Test
  void whoWaitsIsWokenByTheNextOne() throws Exception {
    CompletableFuture<Event> waiting =
        CompletableFuture.supplyAsync(() -> events.await(0, TimeUnit.MINUTES.toMillis(5)));

    events.tell("volume_deleted", "payroll");

    assertThat(waiting.get(1, TimeUnit.MINUTES).kind()).isEqualTo("volume_deleted");
  }

  @Test
  void theEndWakesWhoWaitsAfterTheLastEventWasTold() throws Exception {
    CompletableFuture<Event> waiting =
        CompletableFuture.supplyAsync(() -> events.await(1, TimeUnit.MINUTES.toMillis(5)));
    events.tell("ending", "bay");

    assertThat(events.end(0)).isTrue();

    assertThat(waiting.get(1, TimeUnit.MINUTES)).isNull();
    assertThat(events.await(0, 0)).isNotNull().returns("ending", Event::kind);
    assertThat(events.ended()).isTrue();
  }

  @Test
  void aPauseIsEndedByTheEndAndByNoEvent() throws Exception {
    Thread pausing = new Thread(() -> events.pause(TimeUnit.MINUTES.toMillis(5)));
    pausing.start();
    await().until(() -> pausing.getState() == Thread.State.TIMED_WAITING);
    tell(1);
    await().during(Duration.ofMillis(100)).until(pausing::isAlive);

    events.end(0);

    pausing.join(TimeUnit.MINUTES.toMillis(1));
    assertThat(pausing.isAlive()).isFalse();
    events.pause(TimeUnit.MINUTES.toMillis(5));
  }

  @Test
  void theEndWaitsForFollowersButNotForEver() throws Exception {
    events.follow();
    assertThat(events.end(1)).isFalse();

    CompletableFuture<Boolean> end =
        CompletableFuture.supplyAsync(() -> events.end(TimeUnit.MINUTES.toMillis(5)));
    events.unfollow();

    assertThat(end.get(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void moreFollowersThanThereMayBeAreRefused() throws Exception {
    for (int i = 0; i < Events.MAX_FOLLOWERS; i++) {
      events.follow();
    }

    assertThatThrownBy(events::follow)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.AGAIN));
    events.unfollow();
    events.follow();
  }
}
