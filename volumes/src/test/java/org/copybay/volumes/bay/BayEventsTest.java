package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.assertFault;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.event.Event;
import org.junit.jupiter.api.Test;

/** What a bay tells of its volumes, points and bitmaps. */
class BayEventsTest extends BayFixture {
  /** What was told, without ids, which nobody knows before. */
  private List<String> told() {
    return bay.events().all().stream().map(BayEventsTest::line).toList();
  }

  private static String line(Event event) {
    return event.kind()
        + " "
        + event.subject()
        + event.facts().stream()
            .filter(fact -> !(fact.value() instanceof UUID))
            .map(fact -> " " + fact.key() + "=" + fact.value())
            .collect(Collectors.joining());
  }

  @Test
  void theLifeOfAVolumeIsTold() throws Exception {
    Volume volume = test.create("a", 4096);
    bay.resize(volume, 8192, false, NOTHING);
    bay.resize(volume, 8192, false, NOTHING);
    bay.resize(volume, 512, true, NOTHING);
    bay.rename("a", "b", false);
    bay.rename("b", "b", false);
    bay.setCacheMode(volume, CacheMode.BLOCK, NOTHING);
    bay.setOwner(volume, new VolumeRecord.Owner(7, 8, 0600));
    bay.failed(volume, "sync: Input/output error");
    bay.failed(volume, "again");
    bay.repaired(volume, NOTHING);
    bay.repaired(volume, NOTHING);
    bay.remove("b");
    bay.failed(volume, "late");

    assertThat(told())
        .containsExactly(
            "volume_created a size=4096 state=ready",
            "volume_resized a size=8192 before=4096",
            "volume_resized a size=512 before=8192",
            "volume_renamed a to=b",
            "volume_cache_changed b cache_mode=block",
            "volume_failed b why=sync: Input/output error",
            "volume_repaired b",
            "volume_deleted b");
  }

  @Test
  void theMakingOfAVolumeIsTold() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct(Bytes.random(1, 100)));
    maker.close();
    test.making("empty").close();

    assertThat(told())
        .containsExactly(
            "volume_created a size=0 state=making",
            "volume_finished a size=100",
            "volume_created empty size=0 state=making");
  }

  @Test
  void aVolumeThatTakesThePlaceOfAnotherReplacesIt() throws Exception {
    UUID old = test.create("b", 2).id();
    UUID id = test.create("a", 1).id();
    bay.rename("a", "b", false);

    assertThat(told().subList(2, 4)).containsExactly("volume_replaced b", "volume_renamed a to=b");
    assertThat(bay.events().all().get(2).facts()).containsExactly(Event.fact("uuid", old));
    assertThat(bay.find("b").id()).isEqualTo(id);
  }

  @Test
  void theTargetOfAJobIsToldWhenItIsWhole() throws Exception {
    test.create("b", 2);
    Volume target = bay.reserve(TestBay.wanted("b", 5), true, JOB);
    Volume given = bay.reserve(TestBay.wanted("c", 5), false, JOB);
    bay.failed(given, "nobody sees it");
    bay.discard(given);
    bay.reveal(target, true, NOTHING);

    assertThat(told())
        .containsExactly(
            "volume_created b size=2 state=ready",
            "volume_replaced b",
            "volume_created b size=5 state=ready");
  }

  @Test
  void whatIsRefusedIsNotTold() throws Exception {
    test.create("a", 1);
    assertFault(Fault.EXISTS, () -> test.create("a", 1));
    assertFault(Fault.NOT_FOUND, () -> bay.remove("nix"));
    assertFault(
        Fault.STORE_FAILED,
        () ->
            bay.remove(
                "a",
                connection -> {
                  throw new java.sql.SQLException("no");
                }));

    assertThat(told()).containsExactly("volume_created a size=1 state=ready");
  }

  @Test
  void pointsAndBitmapsAreTold() throws Exception {
    Volume a = test.create("a", 1 << 20);
    Volume b = test.create("b", 1 << 20);
    bay.points().freeze(List.of(b, a), "monday", NOTHING);
    bay.points().freezeFor("17", a);
    bay.points().dropFor("17");
    bay.points().drop("monday", NOTHING);
    bay.bitmaps().start(a, "mirror", Grain.TRACK, NOTHING);
    bay.bitmaps().reset(a, "mirror", NOTHING);
    bay.bitmaps().delete(a, "mirror", NOTHING);

    assertThat(told().subList(2, told().size()))
        .containsExactly(
            "point_made monday volumes=[a, b]",
            "point_dropped monday volumes=[a, b]",
            "bitmap_started mirror volume=a grain=track",
            "bitmap_reset mirror volume=a grain=track",
            "bitmap_deleted mirror volume=a grain=track");
  }

  @Test
  void damageThatAMountFindsIsToldAndItsEndToo() throws Exception {
    Path home = test.create("a", 1).home();
    Path away = directory.resolve("away");
    bay.close();
    Files.move(home, away);
    reopen();
    assertThat(told()).singleElement().asString().startsWith("volume_damaged a why=");

    Files.move(away, home);
    bay.reopen(bay.find("a"));

    assertThat(told()).hasSize(2).last().isEqualTo("volume_opened a");
    bay.reopen(bay.find("a"));
    assertThat(told()).hasSize(2);
  }

  @Test
  void lostBitmapsAreToldOnce() throws Exception {
    Volume volume = test.create("a", 1 << 20);
    bay.bitmaps().start(volume, "mirror", Grain.TRACK, NOTHING);
    Path bits = volume.home().resolveSibling(volume.bitmaps().get(0).file());
    bay.close();
    Files.delete(bits);
    reopen();
    assertThat(told()).singleElement().asString().startsWith("bitmap_lost mirror volume=a why=");

    reopen();

    assertThat(told()).isEmpty();
  }

  /** Who hears of a change sees it. */
  @Test
  void whatIsToldCanBeSeen() throws Exception {
    CompletableFuture<Boolean> seen =
        CompletableFuture.supplyAsync(
            () ->
                bay.events().await(0, TimeUnit.MINUTES.toMillis(5)) != null
                    && bay.findOrNull("a") != null);

    test.create("a", 1);

    assertThat(seen.get(1, TimeUnit.MINUTES)).isTrue();
  }
}
