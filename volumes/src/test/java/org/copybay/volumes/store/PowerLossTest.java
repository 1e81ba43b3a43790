package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.store.SectorValues.SECTOR;
import static org.copybay.volumes.store.SectorValues.SECTORS;
import static org.copybay.volumes.store.SectorValues.TRIES;
import static org.copybay.volumes.store.SectorValues.found;
import static org.copybay.volumes.store.SectorValues.sectors;
import static org.copybay.volumes.store.SectorValues.values;
import static org.copybay.volumes.store.StoreFileContract.read;
import static org.copybay.volumes.store.StoreFileContract.write;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.junit.jupiter.api.Test;

class PowerLossTest {
  private final SimulatedStore store = new SimulatedStore(SECTORS * SECTOR, 1);

  @Test
  void whatWasSyncedIsKept() throws Exception {
    write(store.create("file"), 0, Bytes.random(1, 1000));
    store.open("file").flush();
    store.syncNames();
    write(store.home(), 0, sectors(SECTORS, 1));
    store.home().flush();

    for (Loss loss : Loss.values()) {
      SimulatedStore next = store.afterPowerLoss(new Random(1), loss);
      assertThat(next.origin()).isNotEqualTo(store.origin());
      assertThat(values(next.home())).containsOnly(1);
      assertThat(next.open("file").size()).isEqualTo(1000);
      assertThat(read(next.open("file"), 0, 1000)).isEqualTo(Bytes.random(1, 1000));
    }
  }

  @Test
  void ofASectorAnyVersionSinceTheSyncIsFound() throws Exception {
    for (int value = 1; value <= 4; value++) {
      write(store.home(), 0, sectors(SECTORS, value));
      if (value == 2) {
        store.home().flush();
      }
    }

    assertThat(found(store, Loss.DROP_ALL)).containsExactly(2);
    assertThat(found(store, Loss.KEEP_ALL)).containsExactly(4);
    assertThat(found(store, Loss.RANDOM)).containsExactly(2, 3, 4);
    assertThat(found(store, Loss.ZERO)).containsExactly(2, 3, 4); // P4: never zeros
  }

  @Test
  void sectorsAreLostEachByItself() throws Exception {
    write(store.home(), 0, sectors(SECTORS, 1));
    store.home().flush();
    write(store.home(), 0, sectors(SECTORS, 2));

    Set<List<Integer>> pairs = new HashSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      List<Integer> found = values(store.afterPowerLoss(new Random(seed), Loss.RANDOM).home());
      pairs.add(List.of(found.get(0), found.get(1)));
    }

    assertThat(pairs)
        .containsExactlyInAnyOrder(List.of(1, 1), List.of(1, 2), List.of(2, 1), List.of(2, 2));
  }

  @Test
  void zeroingIsAWriteOfZeros() throws Exception {
    for (boolean keepSpace : List.of(false, true)) {
      write(store.home(), 0, sectors(SECTORS, 1));
      store.home().flush();
      store.home().zero(0, SECTORS * SECTOR, keepSpace);

      assertThat(found(store, Loss.DROP_ALL)).containsExactly(1);
      assertThat(found(store, Loss.KEEP_ALL)).containsExactly(0);
      assertThat(found(store, Loss.RANDOM)).containsExactly(0, 1);
    }
  }

  @Test
  void aWriteIntoAHoleMayLeaveTheHole() throws Exception {
    write(store.home(), 0, sectors(SECTORS, 1));

    assertThat(found(store, Loss.RANDOM)).containsExactly(0, 1);
  }

  @Test
  void aFileThatGrewHasZerosOnlyWhereTheyMayBe() throws Exception {
    StoreFile file = store.create("file");
    file.flush();
    store.syncNames();
    write(file, 0, sectors(2, 1));
    write(file, 0, sectors(1, 2));

    assertThat(foundInFile(Loss.DROP_ALL)).containsExactly("[]");
    assertThat(foundInFile(Loss.KEEP_ALL)).containsExactly("[2, 1]");
    assertThat(foundInFile(Loss.RANDOM)).containsExactly("[1, 1]", "[2, 1]", "[]");
    assertThat(foundInFile(Loss.ZERO))
        .containsExactly("[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]", "[2, 0]", "[2, 1]", "[]");
  }

  private Set<String> foundInFile(Loss loss) throws StorageException {
    Set<String> found = new TreeSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      found.add(values(store.afterPowerLoss(new Random(seed), loss).open("file")).toString());
    }
    return found;
  }

  @Test
  void everySizeSinceTheSyncIsFound() throws Exception {
    StoreFile file = store.create("file");
    write(file, 0, sectors(3, 1));
    file.flush();
    store.syncNames();
    file.setSize(SECTOR);
    write(file, SECTOR, sectors(1, 2));

    assertThat(foundInFile(Loss.DROP_ALL)).containsExactly("[1, 1, 1]");
    assertThat(foundInFile(Loss.KEEP_ALL)).containsExactly("[1, 2]");
    assertThat(foundInFile(Loss.RANDOM))
        .contains("[1]", "[1, 1]", "[1, 2]", "[1, 1, 1]", "[1, 2, 0]")
        .allMatch(found -> found.matches("\\[1(, [012](, [01])?)?]"));
  }

  @Test
  void namesAreLostEachByItself() throws Exception {
    store.create("old").close();
    store.create("gone").close();
    store.syncNames();
    store.delete("gone");
    store.create("new").close();

    assertThat(names(Loss.DROP_ALL)).containsExactly("gone old");
    assertThat(names(Loss.KEEP_ALL)).containsExactly("new old");
    assertThat(names(Loss.RANDOM)).containsExactly("gone new old", "gone old", "new old", "old");
  }

  private Set<String> names(Loss loss) throws StorageException {
    Set<String> found = new TreeSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      SimulatedStore next = store.afterPowerLoss(new Random(seed), loss);
      List<String> names = new ArrayList<>();
      for (String name : List.of("gone", "new", "old")) {
        if (next.exists(name)) {
          names.add(name);
        }
      }
      found.add(String.join(" ", names));
    }
    return found;
  }

  @Test
  void ofANameThatWasReplacedTheOldFileTheNewOrNoneIsFound() throws Exception {
    StoreFile old = store.create("file");
    write(old, 0, sectors(1, 1));
    old.flush();
    store.syncNames();
    StoreFile replacing = store.create("file");
    write(replacing, 0, sectors(1, 2));
    replacing.flush();

    Set<String> found = new TreeSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      SimulatedStore next = store.afterPowerLoss(new Random(seed), Loss.RANDOM);
      found.add(next.exists("file") ? values(next.open("file")).toString() : "none");
    }

    assertThat(found).containsExactly("[1]", "[2]", "none");
  }

  @Test
  void aSeedGivesTheSameLossAgain() throws Exception {
    write(store.home(), 0, sectors(SECTORS, 1));

    assertThat(values(store.afterPowerLoss(new Random(5), Loss.RANDOM).home()))
        .isEqualTo(values(store.afterPowerLoss(new Random(5), Loss.RANDOM).home()))
        .contains(0, 1);
  }

  @Test
  void whatWasFoundIsOnTheDisk() throws Exception {
    write(store.home(), 0, sectors(SECTORS, 1));
    SimulatedStore next = store.afterPowerLoss(new Random(5), Loss.RANDOM);

    SimulatedStore last = next.afterPowerLoss(new Random(6), Loss.DROP_ALL);

    assertThat(values(last.home())).isEqualTo(values(next.home()));
  }

  @Test
  void manyVersionsAreRememberedInPart() throws Exception {
    write(store.home(), 0, sectors(1, 1));
    store.home().flush();
    for (int value = 2; value <= 100; value++) {
      write(store.home(), 0, sectors(1, value));
    }

    Set<Integer> found = found(store, Loss.RANDOM);

    assertThat(found).contains(1, 100).hasSize(8 + 1); // and the zeros of the other sectors
  }

  /** P4 against a list of everything that each sector had since the last sync. */
  @Test
  void afterAnyWritesAndSyncsEachSectorHasOneOfItsVersions() throws Exception {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      SimulatedStore trial = new SimulatedStore(SECTORS * SECTOR, seed);
      List<Set<Integer>> versions = new ArrayList<>();
      for (int sector = 0; sector < SECTORS; sector++) {
        versions.add(new TreeSet<>(Set.of(0)));
      }
      for (int value = 1; value < 100; value++) {
        change(trial, random, value, versions);
        Loss loss = random.nextBoolean() ? Loss.RANDOM : Loss.ZERO;
        List<Integer> found = values(trial.afterPowerLoss(random, loss).home());
        for (int sector = 0; sector < SECTORS; sector++) {
          assertThat(found.get(sector)).as("seed=" + seed).isIn(versions.get(sector));
        }
      }
    }
  }

  private static void change(
      SimulatedStore store, Random random, int value, List<Set<Integer>> versions)
      throws StorageException {
    if (random.nextInt(8) == 0) {
      store.home().flush();
      List<Integer> now = values(store.home());
      for (int sector = 0; sector < SECTORS; sector++) {
        versions.set(sector, new TreeSet<>(Set.of(now.get(sector))));
      }
      return;
    }
    int from = random.nextInt(SECTORS);
    long start = (long) from * SECTOR;
    int count = 1 + random.nextInt(SECTORS - from);
    boolean zeros = random.nextInt(4) == 0;
    if (zeros) {
      store.home().zero(start, (long) count * SECTOR, random.nextBoolean());
    } else {
      write(store.home(), start, sectors(count, value));
    }
    versions.subList(from, from + count).forEach(of -> of.add(zeros ? 0 : value));
  }
}
