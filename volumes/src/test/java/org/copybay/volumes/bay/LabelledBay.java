package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.assertFault;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.Grain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bay with volumes of all kinds, points and a write bitmap, which may lose its catalogue. */
abstract class LabelledBay {
  static final int SIZE = 300_000;

  @TempDir Path directory;
  Path path;
  TestBay test;
  Map<String, String> before;

  @BeforeEach
  void makeBay() throws Exception {
    path = directory.resolve("bay");
    test = TestBay.create(path);
    Path disk = Files.createDirectory(directory.resolve("disk"));
    for (String name : List.of("a", "b b")) {
      test.createFilled(name, SIZE, name.length());
    }
    NewVolume far = new NewVolume("far", SIZE, disk, CacheMode.BLOCK, TestBay.OWNER);
    TestBay.write(test.bay.create(far, NOTHING), 0, Bytes.random(9, SIZE));
    test.making("making").close();
    test.bay.find("making").setSize(9000);
    freeze("P", "a", "b b", "far");
    TestBay.write(test.bay.find("a"), 5000, Bytes.random(4, 100_000));
    freeze("Q", "a");
    freeze("dropped", "a");
    test.bay.points().drop("dropped", NOTHING);
    test.bay.bitmaps().start(test.bay.find("a"), "m", Grain.TRACK, NOTHING);
    test.bay.bitmaps().start(test.bay.find("a"), "gone", Grain.TRACK, NOTHING);
    test.bay.bitmaps().delete(test.bay.find("a"), "gone", NOTHING);
    TestBay.write(test.bay.find("a"), 200_000, Bytes.random(5, 100));
    test.bay.rename("b b", "b%b", true);
    test.reopen();
    before = seen();
    assertThat(before).hasSize(11);
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  void freeze(String point, String... names) throws StorageException {
    List<Volume> volumes = new ArrayList<>();
    for (String name : names) {
      volumes.add(test.bay.find(name));
    }
    test.bay.points().freeze(volumes, point, NOTHING);
  }

  /** All that a bay shows, with its bytes. */
  Map<String, String> seen() throws StorageException {
    Map<String, String> seen = new TreeMap<>();
    for (Volume volume : test.bay.volumes()) {
      assertThat(volume.failure()).isNull();
      String bytes = java.util.Arrays.hashCode(TestBay.read(volume)) + "";
      seen.put("volume " + volume.name(), volume.row() + " " + bytes);
      for (BitmapRecord bitmap : volume.bitmaps()) {
        String regions = test.bay.bitmaps().bits(volume, bitmap).changedRegions(0, 99).toString();
        seen.put("bitmap " + bitmap.name(), bitmap + " " + regions);
      }
    }
    for (PointInTime point : test.bay.points().all()) {
      seen.put("point " + point.name(), point.id() + " " + point.inode() + " " + point.created());
      for (PointVolume of : point.volumes()) {
        ByteBuffer target = ByteBuffer.allocateDirect(SIZE);
        of.readUpTo(0, target);
        seen.put(
            "point " + point.name() + " " + of.name(),
            of.facts() + " " + of.volume().id() + java.util.Arrays.hashCode(Bytes.of(target)));
      }
    }
    return seen;
  }

  Rebuild.Result rebuild() throws StorageException {
    return Rebuild.run(path, Clock.systemUTC());
  }

  void open() throws StorageException {
    test = TestBay.open(path);
  }

  void assertRefused(String words) {
    var state = new AtomicInteger();
    assertFault(
        Fault.CORRUPT,
        () -> TestBay.open(path).close(),
        e -> {
          assertThat(e).hasMessageContaining(words);
          assertThat(e.remedy()).isEqualTo("copybay check --rebuild " + path);
          state.incrementAndGet();
        });
    assertFault(Fault.CORRUPT, () -> TestBay.openReadOnly(path).close());
    assertThat(state).hasValue(1);
    assertThat(path.resolve("orphans")).isEmptyDirectory();
  }

  void deleteCatalogue() throws Exception {
    Files.deleteIfExists(path.resolve("catalogue.db"));
    Files.deleteIfExists(path.resolve("catalogue.db-wal"));
  }

  Path keepCatalogue() throws Exception {
    test.reopen();
    Path copy = Files.createDirectory(directory.resolve("then"));
    for (String name : List.of("catalogue.db", "catalogue.db-wal")) {
      Files.copy(path.resolve(name), copy.resolve(name));
    }
    return copy;
  }

  void putBack(Path copy) throws Exception {
    deleteCatalogue();
    for (String name : List.of("catalogue.db", "catalogue.db-wal")) {
      Files.copy(copy.resolve(name), path.resolve(name));
    }
  }
}
