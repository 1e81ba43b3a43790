package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Torture test 24: every pair of media, initialized or not, with CLEAR and without, same cartridge
 * or another, in every pair of devices, with equal and other sectors. What is to be expected is
 * said here once more, from the source.
 */
final class MatrixTest extends OpticalFixture {
  private static final int SECTORS = 24;
  private static final List<MediaType> TYPES =
      List.of(MediaType.WORM, MediaType.ERASE, MediaType.DVD_RAM);

  /** Where source and target are. */
  private enum Places {
    LIBRARY(DeviceType.LIBRARY, DeviceType.LIBRARY),
    STANDALONE(DeviceType.STANDALONE, DeviceType.STANDALONE),
    OUT_OF_LIBRARY(DeviceType.LIBRARY, DeviceType.STANDALONE),
    INTO_LIBRARY(DeviceType.STANDALONE, DeviceType.LIBRARY),
    BURN(DeviceType.VIRTUAL, DeviceType.STANDALONE),
    RIP(DeviceType.LIBRARY, DeviceType.VIRTUAL),
    ONE_CARTRIDGE(DeviceType.LIBRARY, DeviceType.LIBRARY);

    private final DeviceType from;
    private final DeviceType to;

    Places(DeviceType from, DeviceType to) {
      this.from = from;
      this.to = to;
    }
  }

  private record Row(
      MediaType from,
      MediaType to,
      boolean initialized,
      boolean clear,
      Places places,
      boolean equalSectors) {
    /** The code of the first rule that speaks against it, or OK. */
    String expected() {
      if (places == Places.ONE_CARTRIDGE) {
        return "ODUP-OPPSIDE";
      }
      boolean virtual = places.from == DeviceType.VIRTUAL || places.to == DeviceType.VIRTUAL;
      if (places.from != places.to && !virtual) {
        return "ODUP-DEVCLASS";
      }
      if (!equalSectors) {
        return "ODUP-SECTOR";
      }
      if (from == MediaType.WORM ? to == MediaType.DVD_RAM : to != from) {
        return "ODUP-MEDIATYPE";
      }
      if (initialized && to == MediaType.WORM) {
        return "ODUP-WORMUSED";
      }
      return initialized && !clear ? "ODUP-NOTCLEAR" : "OK";
    }
  }

  private int number;

  @ParameterizedTest
  @CsvSource({"512", "2048", "4096"})
  void everyCombinationEndsAsTheRulesSay(int sector) throws Exception {
    for (MediaType from : TYPES) {
      for (MediaType to : TYPES) {
        for (Places places : Places.values()) {
          for (int bits = 0; bits < 8; bits++) {
            boolean equal = (bits & 4) == 0;
            if (places == Places.ONE_CARTRIDGE && (from != to || !equal)) {
              continue;
            }
            if (wanted(from, places, equal, sector)) {
              run(new Row(from, to, (bits & 1) != 0, (bits & 2) != 0, places, equal), sector);
            }
          }
        }
      }
    }
  }

  /** All with sectors of 2 KiB; of the other sizes those whose sectors matter. */
  private static boolean wanted(MediaType from, Places places, boolean equal, int sector) {
    boolean one = places == Places.LIBRARY && from == MediaType.WORM;
    return sector == S ? equal || one : one;
  }

  private void run(Row row, int sector) throws Exception {
    int other = row.equalSectors ? sector : 2 * sector;
    OpticalVolume source = source(row, sector);
    OpticalVolume target =
        row.places == Places.ONE_CARTRIDGE
            ? opposite(source, row.initialized)
            : pool(row.places.to, row.to, other, row.initialized);
    BitSet written = TestOptical.written(target);

    String got = outcome(Ask.of(source.key(), target.key()).clear(row.clear));

    assertThat(got).as("%s sector=%s", row, sector).isEqualTo(row.expected());
    if (got.equals("OK")) {
      assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
      assertThat(Arrays.equals(TestOptical.raw(target), TestOptical.raw(source)))
          .as("%s", row)
          .isTrue();
      optical.cartridges().destroy(optical.cartridge(target.cartridge()), NOTHING);
      targets.values().remove(target);
    } else {
      assertThat(TestOptical.written(target)).isEqualTo(written);
    }
  }

  private final Map<String, OpticalVolume> sources = new HashMap<>();
  private final Map<String, OpticalVolume> targets = new HashMap<>(); // which nothing was copied to

  private OpticalVolume source(Row row, int sector) throws StorageException {
    String name = row.places.from + " " + row.from + " " + sector;
    OpticalVolume known = sources.get(name);
    if (known == null) {
      known = add(row.places.from, row.from, sector, 2);
      test.init(known, "SRC" + number);
      test.write(known, 3L * sector, random(number, 5 * sector));
      test.write(known, 20L * sector, random(number, sector));
      sources.put(name, known);
    }
    return known;
  }

  private OpticalVolume opposite(OpticalVolume source, boolean initialized)
      throws StorageException {
    OpticalVolume side = test.side(source.cartridge() + ".B");
    return initialized && side.row().state() == SideState.UNINITIALIZED
        ? test.init(side, "OPP" + number++)
        : side;
  }

  private OpticalVolume pool(DeviceType where, MediaType type, int sector, boolean initialized)
      throws StorageException {
    String name = where + " " + type + " " + sector + " " + initialized;
    OpticalVolume known = targets.get(name);
    if (known == null) {
      known = add(where, type, sector, 1);
      if (initialized) {
        test.init(known, "TGT" + number);
      }
      targets.put(name, known);
    }
    return known;
  }

  private OpticalVolume add(DeviceType where, MediaType type, int sector, int sides)
      throws StorageException {
    return test.add(
        TestOptical.wanted(
            "C" + ++number, device(where), type, sector, (long) sector * SECTORS, sides));
  }

  /** The library, an image catalogue, or a drive that is empty. */
  private String device(DeviceType type) throws StorageException {
    String name =
        switch (type) {
          case LIBRARY -> "LIB";
          case VIRTUAL -> "CATALOG";
          case STANDALONE -> emptyDrive();
        };
    if (optical.deviceOrNull(name) == null) {
      test.device(name, type, 1);
    }
    return name;
  }

  private String emptyDrive() {
    for (int i = 1; ; i++) {
      String name = "DRIVE" + i;
      if (optical.cartridgeRows().stream().noneMatch(row -> name.equals(row.device()))) {
        return name;
      }
    }
  }

  private String outcome(Ask ask) throws StorageException {
    try {
      optical.duplicating().check(ask.spec());
    } catch (StorageException e) {
      return String.valueOf(e.getMessage()).split(":", 2)[0];
    }
    test.duplicate(ask);
    return "OK";
  }
}
