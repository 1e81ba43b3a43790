package org.copybay.copy.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/**
 * The media pools of a bay (Data Protector, "Media pools" and "Selecting media for backups"). Any
 * thread may call.
 */
public final class MediaPools {
  private final Tapes tapes;

  // concurrent: changed under the lock of the tapes, read without it
  private final Map<String, MediaPool> pools = new ConcurrentSkipListMap<>();

  MediaPools(Tapes tapes) {
    this.tapes = tapes;
  }

  void load() throws StorageException {
    tapes.bay().catalogue().read(PoolTable::pools).forEach(pool -> pools.put(pool.name(), pool));
  }

  // ---- facts

  /** All, by name. */
  public List<MediaPool> all() {
    return new ArrayList<>(pools.values());
  }

  /** The pool of that name, or null. */
  public @Nullable MediaPool findOrNull(String name) {
    return pools.get(name);
  }

  /** The pool of that name. NOT_FOUND. */
  public MediaPool find(String name) throws StorageException {
    MediaPool found = pools.get(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no media pool " + name, "tape pool name=" + name);
    }
    return found;
  }

  /** The pool that a cartridge is in, or null. */
  public @Nullable MediaPool of(TapeRecord row) {
    return pools.get(row.medium().pool());
  }

  /** The cartridges of a pool. */
  public List<TapeCartridge> inside(String pool) {
    return tapes.cartridges().stream()
        .filter(each -> each.row().medium().pool().equals(pool))
        .toList();
  }

  /** How good a cartridge is now. */
  public MediumCondition condition(TapeRecord row) {
    return MediumCondition.of(row, of(row), tapes.now());
  }

  /** Why it is poor, or null where it is not. */
  public @Nullable String whyPoor(TapeRecord row) {
    return MediumCondition.whyPoor(row, of(row), tapes.now());
  }

  /** How often a cartridge was written anew from its beginning. */
  public long overwrites(TapeRecord row) {
    return MediumCondition.overwrites(row);
  }

  // ---- which cartridges a pool uses

  /**
   * Whether a copy that belongs into a pool can be written to a cartridge: 0 to one of that pool, 1
   * to one that its free pool lends, 2 to one that is in no pool; empty: it cannot.
   *
   * @param pool its name; empty: it belongs into none, and only those that are in none are taken
   */
  public OptionalInt lends(TapeRecord row, String pool) {
    String own = row.medium().pool();
    if (own.equals(pool)) {
      return OptionalInt.of(0);
    }
    MediaPool wanted = pools.get(pool);
    if (wanted == null) {
      return OptionalInt.empty();
    }
    if (wanted.freePool() != null && isFreeIn(row, wanted.freePool())) {
      return OptionalInt.of(1);
    }
    return own.isEmpty() && !wanted.strict() ? OptionalInt.of(2) : OptionalInt.empty();
  }

  /** Whether it is in that free pool, or in one that gives it back when its protection ends. */
  private boolean isFreeIn(TapeRecord row, String freePool) {
    MediaPool own = of(row);
    Protection protection = row.medium().protection();
    boolean ended = protection.until() != null && !protection.holds(tapes.now());
    return row.medium().pool().equals(freePool)
        || (own != null && own.moveFree() && freePool.equals(own.freePool()) && ended);
  }

  /**
   * The pool of a cartridge after a copy for a pool was written to it: its own where it fits not.
   */
  public String taken(TapeRecord row, String pool) {
    MediaPool wanted = pools.get(pool);
    return wanted == null || !wanted.takes(row.media()) ? row.medium().pool() : pool;
  }

  /**
   * What is known of a cartridge that a drive gives back: sealed in a pool that appends nothing.
   */
  MediumFacts unloaded(TapeRecord row) {
    return sealed(row, of(row));
  }

  /**
   * What is known of a cartridge that comes back by its label: in no pool where its own is not
   * there, or takes no such cartridges.
   */
  MediumFacts adopted(TapeRecord row) {
    MediaPool pool = of(row);
    return pool == null || !pool.takes(row.media()) ? row.medium().inPool("") : sealed(row, pool);
  }

  private static MediumFacts sealed(TapeRecord row, @Nullable MediaPool pool) {
    return pool == null || pool.appendable() || row.contents().objects() == 0
        ? row.medium()
        : row.medium().sealedIn(row.contents().lives());
  }

  // ---- changes

  /** Checks that a cartridge can be in a pool. NOT_FOUND, WRONG_MEDIUM. */
  public void requireMove(TapeRecord row, String pool) throws StorageException {
    if (pool.isEmpty()) {
      return;
    }
    MediaPool wanted = find(pool);
    if (!wanted.takes(row.media())) {
      throw new StorageException(
          Fault.WRONG_MEDIUM,
          "cartridge "
              + row.barcode()
              + " is "
              + row.media().word()
              + ", pool "
              + pool
              + " takes "
              + Objects.requireNonNull(wanted.media()).word(),
          "tape pool name=NAME media=" + row.media().word());
    }
  }

  /** What is known of a cartridge in another pool. */
  public MediumFacts moved(TapeRecord row, String pool) {
    TapeRecord there = row.with(row.medium().inPool(pool));
    return sealed(there, pools.get(pool));
  }

  /** Checks {@link #set}, changing nothing. READ_ONLY, BAD_REQUEST, NOT_FOUND, WRONG_MEDIUM. */
  public void requireSet(MediaPool wanted) throws StorageException {
    tapes.bay().requireChangeable();
    LibrarySetup.requireName(wanted.name());
    String free = wanted.freePool();
    if (wanted.name().equals(free)) {
      throw new StorageException(
          Fault.BAD_REQUEST, "pool " + free + " cannot be its own free pool", "another pool");
    }
    if (free == null && wanted.moveFree()) {
      throw new StorageException(
          Fault.BAD_REQUEST, "pool " + wanted.name() + " has no free pool", "free-pool=NAME");
    }
    MediaPool lender = free == null ? null : find(free);
    if (lender != null && lender.media() != wanted.media()) {
      throw new StorageException(
          Fault.WRONG_MEDIUM,
          "pool " + wanted.name() + " and its free pool " + free + " are for different media",
          "tape pool name=NAME with the same media=");
    }
    for (TapeCartridge each : inside(wanted.name())) {
      if (!wanted.takes(each.row().media())) {
        throw new StorageException(
            Fault.WRONG_MEDIUM,
            "cartridge "
                + each.barcode()
                + " in pool "
                + wanted.name()
                + " is "
                + each.row().media().word(),
            "tape set barcode=" + each.barcode() + " pool=none");
      }
    }
  }

  /** Makes a pool, or changes it (P7). */
  public void set(MediaPool wanted, Catalogue.Change also) throws StorageException {
    boolean made;
    try (var held = tapes.enter()) {
      requireSet(wanted);
      tapes
          .bay()
          .catalogue()
          .change(
              connection -> {
                PoolTable.put(connection, wanted);
                also.run(connection);
              });
      made = pools.put(wanted.name(), wanted) == null;
    }
    if (made) {
      tapes.bay().events().tell("tape_pool_made", wanted.name());
    } else {
      tapes.bay().events().tell("tape_pool_changed", wanted.name());
    }
  }

  /** Checks {@link #delete}, changing nothing. READ_ONLY, NOT_FOUND, BUSY. */
  public void requireDelete(String name) throws StorageException {
    tapes.bay().requireChangeable();
    find(name);
    List<TapeCartridge> inside = inside(name);
    if (!inside.isEmpty()) {
      throw new StorageException(
          Fault.BUSY,
          "pool " + name + " has " + inside.size() + " cartridges, as " + inside.get(0).barcode(),
          "tape set barcode=" + inside.get(0).barcode() + " pool=none");
    }
    for (MediaPool each : all()) {
      if (name.equals(each.freePool())) {
        throw new StorageException(
            Fault.BUSY,
            "pool " + name + " is the free pool of " + each.name(),
            "tape pool name=" + each.name() + " free-pool=none");
      }
    }
  }

  /** Deletes a pool without cartridges (P7). */
  public void delete(String name, Catalogue.Change also) throws StorageException {
    try (var held = tapes.enter()) {
      requireDelete(name);
      tapes
          .bay()
          .catalogue()
          .change(
              connection -> {
                PoolTable.delete(connection, name);
                also.run(connection);
              });
      pools.remove(name);
    }
    tapes.bay().events().tell("tape_pool_deleted", name);
  }
}
