package org.copybay.volumes.store;

import static org.copybay.volumes.store.StoreFileContract.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore.Loss;

/** Sectors of which every byte is of one value. */
final class SectorValues {
  static final int SECTOR = 512;
  static final int SECTORS = 64;

  /** How often chance is tried; each of two outcomes is missed with probability 2^-200. */
  static final int TRIES = 200;

  private SectorValues() {}

  static byte[] sectors(int count, int value) {
    return filled(count * SECTOR, value);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  /** The value of each sector, which must be of one value. */
  static List<Integer> values(StoreFile file) throws StorageException {
    byte[] bytes = read(file, 0, (int) file.size());
    List<Integer> values = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += SECTOR) {
      byte[] sector = Arrays.copyOfRange(bytes, at, Math.min(at + SECTOR, bytes.length));
      if (!Arrays.equals(sector, filled(sector.length, sector[0]))) {
        throw new AssertionError("a sector of more than one value at " + at);
      }
      values.add((int) sector[0]);
    }
    return values;
  }

  /** Everything that some sector of the home may be after power loss. */
  static Set<Integer> found(SimulatedStore store, Loss loss) throws StorageException {
    Set<Integer> found = new TreeSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      found.addAll(values(store.afterPowerLoss(new Random(seed), loss).home()));
    }
    return found;
  }
}
