package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;

/** Superblock and map byte for byte, against ones that another program made of docs/FORMAT.md. */
final class EngineLayoutTest {
  private static final UUID VOLUME = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final long FAR_TRACK = 0x123456789abcL;
  private static final PointSet POINTS =
      new PointSet(
          List.of(
              PointSet.Point.made(1, 0x100000, 1000),
              PointSet.Point.made(3, 0x200000, 0x18bcfe56800L)),
          3);

  private static final Superblock EVEN =
      new Superblock(6, VOLUME, 5, 9, 4096, Superblock.State.JOURNAL);
  private static final byte[] EVEN_BYTES =
      Bytes.hex(
          512,
          "43504259454e474e 01000000 0fcb3da7 0600000000000000",
          "7766554433221100 ffeeddccbbaa9988",
          "0500000000000000 0900000000000000 00100000 01000000");

  private static final Superblock ODD =
      new Superblock(7, VOLUME, 6, 11, 4096, Superblock.State.CHECKPOINT);
  private static final byte[] ODD_BYTES =
      Bytes.hex(
          512,
          "43504259454e474e 01000000 f98de967 0700000000000000",
          "7766554433221100 ffeeddccbbaa9988",
          "0600000000000000 0b00000000000000 00100000 00000000");

  private static final byte[] MAP_HEAD =
      Bytes.hex(
          4096,
          "43504259544d4150 01000000 4f891b06 0500000000000000",
          "7766554433221100 ffeeddccbbaa9988",
          "00100000 03000000 01000000 01000000");
  private static final byte[] MAP_ENTRIES =
      Bytes.hex(
          4096,
          "b291a1eb 0100 0400 01000000 05000000",
          "0180 020000000000 03000000 01000000 ffffffffffffffff",
          "0200 020000000000 02000000 01000000 0000000000000080",
          "f000 020000000000 01000000 00000000 0100000000000080",
          "0100 bc9a78563412 03000000 00000000 0000000000000080");
  private static final byte[] MAP_POINTS =
      Bytes.hex(
          4096,
          "1845fb46 0200 0200 02000000 05000000",
          "0100000000000000 0000100000000000 e803000000000000",
          "0300000000000000 0000200000000000 0068e5cf8b010000");

  private static final Unfilled.Kept UNFILLED =
      new Unfilled.Kept(
          3,
          0x18bcfe56801L,
          List.of(
              new Unfilled.Run(2, 3, 0xffff, false),
              new Unfilled.Run(FAR_TRACK, 1, 0x8001, false),
              new Unfilled.Run(7, 2, 0x00f0, true)));

  private static final byte[] ORIGIN_HEAD =
      Bytes.hex(
          4096,
          "43504259544d4150 02000000 8d647bfb 0500000000000000",
          "7766554433221100 ffeeddccbbaa9988",
          "00100000 03000000 00000000 01000000 01000000 03000000 0168e5cf8b010000");
  private static final byte[] ORIGIN_POINTS =
      Bytes.hex(
          4096,
          "70971ec4 0200 0200 01000000 05000000",
          "0100000000000000 0000100000000000 e803000000000000",
          "0300000000000000 0000200000000000 0068e5cf8b010000");
  private static final byte[] ORIGIN_RUNS =
      Bytes.hex(
          4096,
          "ce84f2bb 0300 0300 02000000 05000000",
          "ffff 020000000000 0300000000000000 0000000000000000",
          "0180 bc9a78563412 0100000000000000 0000000000000000",
          "f000 070000000000 0200000000000000 0100000000000000");

  /** The second point is locked until 2026-07-08 10:00. */
  private static final PointSet LOCKED =
      new PointSet(
          List.of(
              PointSet.Point.made(1, 0x100000, 1000),
              new PointSet.Point(3, 0x200000, 0x18bcfe56800L, 1783504800000L)),
          3);

  private static final byte[] LOCKED_HEAD =
      Bytes.hex(
          4096,
          "43504259544d4150 03000000 f205c380 0500000000000000",
          "7766554433221100 ffeeddccbbaa9988",
          "00100000 03000000 00000000 01000000");
  private static final byte[] LOCKED_POINTS =
      Bytes.hex(
          4096,
          "dd08691f 0200 0200 01000000 05000000",
          "0100000000000000 0000100000000000 e803000000000000",
          "03000000a01f4e6a 0000200000000000 0068e5cf8b010000");

  private final SimulatedStore store = new SimulatedStore(0x200000, 1);

  private static byte[] read(StoreFile file, long offset, int length) throws StorageException {
    var target = java.nio.ByteBuffer.allocateDirect(length);
    file.read(offset, target);
    return Bytes.of(target);
  }

  @Test
  void theCopiesOfTheSuperblockAreWrittenAndReadAsTheyAlwaysWere() throws Exception {
    try (StoreFile file = store.create("engine")) {
      EVEN.write(file);
      assertThat(read(file, 0, 512)).isEqualTo(EVEN_BYTES);
      assertThat(file.size()).isEqualTo(512);

      ODD.write(file);
      assertThat(read(file, 4096, 512)).isEqualTo(ODD_BYTES);
      assertThat(read(file, 512, 3584)).containsOnly(0);
      assertThat(file.size()).isEqualTo(4608);

      assertThat(Superblock.read(store)).isEqualTo(ODD);
      file.write(0, Bytes.direct(EVEN_BYTES));
      file.write(4096, Bytes.direct(new byte[512]));
      assertThat(Superblock.read(store)).isEqualTo(EVEN);
    }
  }

  @Test
  void aMapIsWrittenAsItAlwaysWas() throws Exception {
    try (MapWriter writer = new MapWriter(store, 5, VOLUME, 4096)) {
      writer.live(2, 0x8001, -1, 3);
      writer.live(2, 0x0002, Place.HOME, 2);
      writer.owned(2, 0x00f0, Place.ZERO, 1);
      writer.owned(FAR_TRACK, 0x0001, Place.HOME, 3);
      writer.finish(POINTS, Unfilled.Kept.NONE, new MapPages(0)).close();
    }

    try (StoreFile file = store.open("map.1")) {
      assertThat(file.size()).isEqualTo(3 * 4096);
      assertThat(read(file, 0, 4096)).isEqualTo(MAP_HEAD);
      assertThat(read(file, 4096, 4096)).isEqualTo(MAP_ENTRIES);
      assertThat(read(file, 8192, 4096)).isEqualTo(MAP_POINTS);
    }
  }

  @Test
  void aMapIsReadAsItAlwaysWas() throws Exception {
    try (StoreFile file = store.create("map.1")) {
      file.write(0, Bytes.direct(MAP_HEAD));
      file.write(4096, Bytes.direct(MAP_ENTRIES));
      file.write(8192, Bytes.direct(MAP_POINTS));
    }

    List<String> entries = new ArrayList<>();
    MapFile.Entries add =
        (track, live, number, mask, base) ->
            entries.add(
                String.format(
                    "%x %s %d %04x %x", track, live ? "live" : "owned", number, mask, base));
    try (MapFile map = MapFile.open(new MapPages(0), store, 5, VOLUME, 4096, add)) {
      assertThat(map.points()).isEqualTo(POINTS);
    }
    assertThat(entries)
        .containsExactly(
            "2 live 3 8001 ffffffffffffffff",
            "2 live 2 0002 8000000000000000",
            "2 owned 1 00f0 8000000000000001",
            "123456789abc owned 3 0001 8000000000000000");
  }

  @Test
  void aMapWithUnfilledBlocksIsWrittenAsItAlwaysWas() throws Exception {
    try (MapWriter writer = new MapWriter(store, 5, VOLUME, 4096)) {
      writer.finish(POINTS, UNFILLED, new MapPages(0)).close();
    }

    try (StoreFile file = store.open("map.1")) {
      assertThat(file.size()).isEqualTo(3 * 4096);
      assertThat(read(file, 0, 4096)).isEqualTo(ORIGIN_HEAD);
      assertThat(read(file, 4096, 4096)).isEqualTo(ORIGIN_POINTS);
      assertThat(read(file, 8192, 4096)).isEqualTo(ORIGIN_RUNS);
    }
  }

  @Test
  void aMapWithUnfilledBlocksIsReadAsItAlwaysWas() throws Exception {
    try (StoreFile file = store.create("map.1")) {
      file.write(0, Bytes.direct(ORIGIN_HEAD));
      file.write(4096, Bytes.direct(ORIGIN_POINTS));
      file.write(8192, Bytes.direct(ORIGIN_RUNS));
    }

    MapFile.Entries none = (track, live, number, mask, base) -> {};
    try (MapFile map = MapFile.open(new MapPages(0), store, 5, VOLUME, 4096, none)) {
      assertThat(map.points()).isEqualTo(POINTS);
      assertThat(map.unfilled()).isEqualTo(UNFILLED);
    }
  }

  @Test
  void aMapWithALockedPointIsWrittenAsItAlwaysWas() throws Exception {
    try (MapWriter writer = new MapWriter(store, 5, VOLUME, 4096)) {
      writer.finish(LOCKED, Unfilled.Kept.NONE, new MapPages(0)).close();
    }

    try (StoreFile file = store.open("map.1")) {
      assertThat(read(file, 0, 4096)).isEqualTo(LOCKED_HEAD);
      assertThat(read(file, 4096, 4096)).isEqualTo(LOCKED_POINTS);
    }
  }

  @Test
  void aMapWithALockedPointIsReadAsItAlwaysWas() throws Exception {
    try (StoreFile file = store.create("map.1")) {
      file.write(0, Bytes.direct(LOCKED_HEAD));
      file.write(4096, Bytes.direct(LOCKED_POINTS));
    }

    MapFile.Entries none = (track, live, number, mask, base) -> {};
    try (MapFile map = MapFile.open(new MapPages(0), store, 5, VOLUME, 4096, none)) {
      assertThat(map.points()).isEqualTo(LOCKED);
    }
  }

  /** As after somebody gave up what was unfilled: only the mark is left. */
  @Test
  void aMapThatHasOnlyAMarkIsNoPlainOne() throws Exception {
    try (MapWriter writer = new MapWriter(store, 5, VOLUME, 4096)) {
      writer.finish(POINTS, new Unfilled.Kept(3, 0, List.of()), new MapPages(0)).close();
    }

    try (StoreFile file = store.open("map.1")) {
      assertThat(read(file, 8, 4)).containsExactly(2, 0, 0, 0);
      assertThat(read(file, 60, 4)).containsExactly(3, 0, 0, 0);
    }
  }
}
