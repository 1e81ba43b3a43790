package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes of devices, cartridges and volumes, interrupted in each step. */
final class OpticalCrashTest extends OpticalFixture {
  /** What is interrupted. */
  enum Change {
    ADD,
    IMAGE,
    INITIALIZE,
    DESTROY,
    SHELVE,
    INSERT,
    FLIP,
    RENAME,
    CONVERT,
    CREATE_DEVICE,
    REMOVE_DEVICE
  }

  @BeforeEach
  void makeCartridges() throws Exception {
    OpticalVolume a = test.add(TestOptical.wanted("TWO", "LIB", MediaType.ERASE, S, 100L * S, 2));
    test.init(a, "FIRST");
    test.write(a, 0, random(1, 60 * S));
    test.write(test.side("TWO.B"), 0, random(2, 20 * S));
    test.init(test.add("ONE", "LIB", MediaType.WORM, 50), "WORM");
    test.write(test.side("ONE.A"), 3 * S, random(3, 20 * S));
    test.device("DRIVE", DeviceType.STANDALONE, 1);
    test.add(TestOptical.wanted("IN", "DRIVE", MediaType.ERASE, S, 50L * S, 2));
    optical
        .initializing()
        .initialize(
            test.add("SHELF", "LIB", MediaType.ERASE, 10),
            new Initializing.Spec("BACKUP", 0, false, "b", VolumeType.BACKUP, null),
            NOTHING);
    optical.moving().shelve(optical.cartridge("SHELF"), "safe", NOTHING);
    test.device("EMPTY", DeviceType.VIRTUAL, 1);
  }

  private void run(Change change) throws StorageException {
    switch (change) {
      case ADD -> test.add(TestOptical.wanted("NEW", "LIB", MediaType.WORM, S, 50L * S, 2));
      case IMAGE -> {
        OpticalVolume image = optical.images().create("IMAGE", TestOptical.OWNER);
        try (OpenFile open = image.open(WRITER, true)) {
          open.write(0, TestOptical.direct(TestOptical.iso("IMAGE", 60)));
        }
      }
      case INITIALIZE -> test.init(test.side("TWO.A"), "AGAIN");
      case DESTROY -> optical.cartridges().destroy(optical.cartridge("TWO"), NOTHING);
      case SHELVE -> optical.moving().shelve(optical.cartridge("TWO"), "there", NOTHING);
      case INSERT ->
          optical.moving().insert(optical.cartridge("SHELF"), optical.device("LIB"), 7, NOTHING);
      case FLIP -> optical.moving().flip(optical.device("DRIVE"), NOTHING);
      case RENAME ->
          optical
              .labels()
              .change(
                  test.side("ONE.A"), new Labels.Changing("RENAMED", 50, "text", true), NOTHING);
      case CONVERT -> optical.labels().convert(test.side("SHELF.A"), "PRIMARY", NOTHING);
      case CREATE_DEVICE -> test.device("DEVICE", DeviceType.LIBRARY, 3);
      case REMOVE_DEVICE -> optical.setup().remove(optical.device("EMPTY"), NOTHING);
    }
  }

  /** All devices, cartridges, rows and bytes; stamps and times of what was made are left out. */
  private static Map<String, String> seen(TestOptical of) throws StorageException {
    Map<String, String> seen = new TreeMap<>();
    for (OpticalDevice device : of.optical.devices()) {
      seen.put("device " + device.name(), device.row().toString());
    }
    for (CartridgeRecord row : of.optical.cartridgeRows()) {
      seen.put("cartridge " + row.name(), row.toString());
    }
    for (OpticalVolume volume : of.optical.volumes()) {
      SideRecord row = volume.row();
      String written =
          row.state() == SideState.MAKING ? "" : TestOptical.written(volume).toString();
      seen.put(
          "side " + volume.key(),
          List.of(
                  row.id(),
                  row.state(),
                  row.label().type(),
                  row.label().threshold(),
                  row.label().writeProtected(),
                  volume.size(),
                  Arrays.hashCode(TestOptical.raw(volume)),
                  written,
                  String.valueOf(of.optical.hidden(volume)))
              .toString());
    }
    return seen;
  }

  /** Steps between before and after that a change may show. */
  private static boolean mayShow(
      Change change, Map<String, String> now, Map<String, String> before) {
    Map<String, String> rest = new TreeMap<>(now);
    return switch (change) {
      case INITIALIZE -> {
        String side = String.valueOf(rest.put("side TWO.A", "?"));
        Map<String, String> other = new TreeMap<>(before);
        other.put("side TWO.A", "?");
        yield rest.equals(other) && side.startsWith("[FIRST, INCOMPLETE");
      }
      case IMAGE -> {
        String side = String.valueOf(rest.remove("side C00001.A"));
        rest.remove("cartridge C00001");
        yield rest.equals(before) && side.startsWith("[IMAGE, MAKING");
      }
      default -> false;
    };
  }

  @ParameterizedTest
  @EnumSource
  void afterACrashTheBayIsAsBeforeOrAsAfter(Change change) throws Exception {
    Map<String, String> before = seen(test);
    Crashes crashes = new Crashes(test, directory);
    crashes.inEveryTransaction();
    run(change);
    crashes.now();
    Map<String, String> after = seen(test);

    assertThat(crashes.all()).hasSizeGreaterThan(1);
    for (Path crash : crashes.all()) {
      test.close();
      test = TestOptical.open(crash, RecoverMode.AUTO);
      Map<String, String> now = seen(test);
      if (!mayShow(change, now, before)) {
        assertThat(now).as("%s", crash).isIn(before, after);
      }
      assertThat(test.bay.hiddenVolumes())
          .as("%s", crash)
          .extracting(Volume::name)
          .containsExactlyElementsOf(
              test.optical.volumes().stream().map(each -> "optical/" + each.key()).toList());
      test.assertNothingHeld();
      test.close();
      assertThat(TestOptical.damages(crash)).as("%s", crash).isEmpty();
    }
  }

  @Test
  void aMountBringsAllBack() throws Exception {
    Map<String, String> before = seen(test);
    reopen();
    assertThat(seen(test)).isEqualTo(before);
    assertThat(optical.drives().look(optical.device("DRIVE")).get(0).cartridge()).isEqualTo("IN");
  }

  @Test
  void aLostCatalogueIsMadeAnewFromTheLabelsOfTheSides() throws Exception {
    optical
        .labels()
        .change(
            test.side("ONE.A"),
            new Labels.Changing(null, 77, "  two\nlines\\of text ", null),
            NOTHING);
    Map<String, String> before = seen(test);
    SideRecord worm = test.side("ONE.A").row();
    test.close();
    try (Stream<Path> files = Files.list(test.path)) {
      for (Path file : files.filter(each -> each.toString().contains("catalogue.db")).toList()) {
        Files.delete(file);
      }
    }

    Rebuild.run(test.path, Clock.systemUTC());

    test = TestOptical.open(test.path, RecoverMode.AUTO);
    optical = test.optical;
    assertThat(optical.cartridgeRows()).allMatch(CartridgeRecord::shelved);
    assertThat(optical.cartridgeRows())
        .extracting(CartridgeRecord::name)
        .containsExactly("IN", "ONE", "SHELF", "TWO");
    Map<String, String> now = seen(test);
    for (Map.Entry<String, String> each : before.entrySet()) {
      if (each.getKey().startsWith("side")) {
        String[] facts = each.getValue().split("}, ", 2);
        assertThat(now.get(each.getKey())).as(each.getKey()).startsWith(facts[0]);
      }
    }
    assertThat(test.side("ONE.A").row().label()).isEqualTo(worm.label());
    assertThat(test.side("TWO.A").sides()).isEqualTo(2);
    test.library("LIB", 2);
    optical.moving().insert(optical.cartridge("TWO"), optical.device("LIB"), 0, NOTHING);
    assertThat(TestOptical.read(test.side("TWO.A"))).isEqualTo(random(1, 60 * S));
    test.close();
    assertThat(TestOptical.damages(test.path)).isEmpty();
  }
}
