package org.copybay.copy.smartcopy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.MediaPools;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.TapeRecord;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Which cartridges can be source and target of a smart copy (Data Protector, "Copying media"): a
 * target is blank, or the protection of what it holds has ended; there are no copies of copies. One
 * that is chosen is of the pool of the copy, of its free pool, or blank and in no pool ("Selecting
 * media": good ones before fair ones, poor ones never), and no copy of what is copied: what is made
 * of it is blank first, and its source can turn out to be damaged then.
 */
record TargetChoice(Tapes tapes) {
  private static final String MOUNT = "mount its disk";
  private static final String IN_DESTINATION =
      "the target of a smart copy is in a destination library";
  private static final String MAKE_DESTINATION = "tape library name=DEST type=destination path=DIR";

  // ---- the source

  /** Refuses what cannot be copied. BAD_REQUEST, FORBIDDEN, BUSY, NO_PAIR, CORRUPT. */
  void requireSource(TapeCartridge source) throws StorageException {
    TapeRecord row = source.row();
    String who = "cartridge " + row.barcode();
    if (row.medium().copy() != null) {
      throw new StorageException(
          Fault.FORBIDDEN,
          who
              + " is a copy of "
              + row.medium().copy().barcode()
              + ": there are no copies of copies",
          "tape copy from=" + row.medium().copy().barcode());
    }
    if (row.kind() == MediumKind.CLEANING) {
      throw new StorageException(Fault.WRONG_MEDIUM, who + " is a cleaning cartridge");
    }
    if (source.contents().objects() == 0) {
      throw new StorageException(Fault.BAD_REQUEST, who + " is blank: there is nothing to copy");
    }
    TapeLibrary library = libraryOf(source);
    if (library != null && library.row().type() == LibraryType.DESTINATION) {
      throw new StorageException(
          Fault.NO_PAIR,
          who + " is in destination library " + library.name(),
          "copy from a virtual library, or tape restore");
    }
    String damage = row.medium().damage();
    if (damage != null) {
      throw new StorageException(
          Fault.CORRUPT,
          who + " is damaged, and is to be restored from its copy: " + damage,
          "tape restore barcode=" + row.barcode());
    }
  }

  private @Nullable TapeLibrary libraryOf(TapeCartridge cartridge) {
    String name = cartridge.row().place().library();
    return name == null ? null : tapes.libraryOrNull(name);
  }

  // ---- the target

  /**
   * The target of that barcode, or one that fits. NOT_FOUND, NO_MEDIUM where none does, NO_PAIR,
   * and why the one that is named does not fit.
   */
  TapeCartridge target(TapeCartridge source, SmartCopySpec wanted) throws StorageException {
    String named = wanted.to();
    if (named != null) {
      TapeCartridge target = tapes.cartridge(named);
      tapes.requireReachable(target, MOUNT);
      requireFit(source, target, wanted, null);
      return target;
    }
    String library = wanted.library();
    requireDestination(library);
    List<TapeCartridge> fit = new ArrayList<>();
    Set<TapeLibrary> there = new HashSet<>();
    StorageException refusal = addConnected(library, there);
    if (refusal != null && there.isEmpty()) {
      throw refusal;
    }
    for (TapeCartridge each : tapes.cartridges()) {
      if (there.contains(libraryOf(each)) && wanted.slots().has(each.row().place().element())) {
        try {
          requireFit(source, each, wanted, null);
          fit.add(each);
        } catch (StorageException e) {
          refusal = refusal == null ? e : refusal;
        }
      }
    }
    TapeCartridge best = fit.stream().min(order(pool(source, wanted))).orElse(null);
    if (best == null) {
      throw none(library, refusal);
    }
    return best;
  }

  /** Adds the destination libraries whose disks are there, or the one of that name; why not all. */
  private @Nullable StorageException addConnected(@Nullable String name, Set<TapeLibrary> there) {
    StorageException refusal = null;
    for (TapeLibrary each : tapes.libraries()) {
      if (each.row().type() != LibraryType.DESTINATION
          || (name != null && !name.equals(each.name()))) {
        continue;
      }
      if (each.connected()) {
        there.add(each);
      } else {
        refusal =
            new StorageException(
                Fault.NO_MEDIUM,
                "the disk of library " + each.name() + " is not in " + each.row().path(),
                MOUNT);
      }
    }
    return refusal;
  }

  private void requireDestination(@Nullable String name) throws StorageException {
    TapeLibrary library = name == null ? null : tapes.libraryOrNull(name);
    if (library != null && library.row().type() != LibraryType.DESTINATION) {
      throw new StorageException(
          Fault.NO_PAIR, "library " + name + " is virtual: " + IN_DESTINATION, MAKE_DESTINATION);
    }
  }

  /**
   * Checks once more what was chosen, as it is now that a job holds both: between the plan and that
   * they can be protected, written or found damaged. As {@link #requireSource} and {@link #target}.
   */
  void requireStill(SmartCopies.Plan plan, SmartCopySpec wanted, String job)
      throws StorageException {
    requireSource(plan.source());
    tapes.requireReachable(plan.target(), MOUNT);
    requireFit(plan.source(), plan.target(), wanted, job);
  }

  private void requireFit(
      TapeCartridge source, TapeCartridge target, SmartCopySpec wanted, @Nullable String job)
      throws StorageException {
    boolean named = wanted.to() != null;
    requireTarget(source, target, named && wanted.clear(), job);
    if (!named) {
      requireLent(target, pool(source, wanted));
      requireNoCopyOf(source, target);
    }
  }

  private static void requireNoCopyOf(TapeCartridge source, TapeCartridge target)
      throws StorageException {
    if (CopyStatus.isValidCopy(target, source)) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "cartridge "
              + target.barcode()
              + " is a valid copy of "
              + source.barcode()
              + ": it is overwritten only where it is named",
          "another target, or: tape copy from=" + source.barcode() + " to=" + target.barcode());
    }
  }

  /** The pool that the copy belongs into, or empty: what was asked for, or that of the source. */
  static String pool(TapeCartridge source, SmartCopySpec wanted) {
    String pool = wanted.pool();
    return pool == null ? source.row().medium().pool() : pool;
  }

  private Comparator<TapeCartridge> order(String pool) {
    MediaPools pools = tapes.pools();
    return Comparator.comparing((TapeCartridge each) -> pools.lends(each.row(), pool).orElse(3))
        .thenComparing(each -> pools.condition(each.row()))
        .thenComparing(each -> each.contents().objects() > 0)
        .thenComparing(TapeCartridge::barcode);
  }

  private void requireLent(TapeCartridge target, String pool) throws StorageException {
    if (tapes.pools().lends(target.row(), pool).isEmpty()) {
      String own = target.row().medium().pool();
      throw new StorageException(
          Fault.FORBIDDEN,
          "cartridge "
              + target.barcode()
              + " is in "
              + (own.isEmpty() ? "no pool" : "pool " + own)
              + ", the copy belongs into "
              + (pool.isEmpty() ? "none" : "pool " + pool));
    }
  }

  private static StorageException none(
      @Nullable String library, @Nullable StorageException refusal) {
    return new StorageException(
        Fault.NO_MEDIUM,
        "no cartridge "
            + (library == null ? "of a destination library" : "in library " + library)
            + " can be the target"
            + (refusal == null ? "" : "; the first one: " + refusal.getMessage()),
        "tape add library=" + (library == null ? "NAME" : library));
  }

  /**
   * Refuses what cannot be the target.
   *
   * @param clear whether it may hold something whose protection never was, and did not end
   * @param job that may hold it, or null
   */
  private void requireTarget(
      TapeCartridge source, TapeCartridge target, boolean clear, @Nullable String job)
      throws StorageException {
    TapeRecord row = target.row();
    String who = "cartridge " + row.barcode();
    requireInDestination(target, who);
    requireFree(target, who, job);
    String poor = tapes.pools().whyPoor(row);
    if (poor != null) {
      throw new StorageException(
          Fault.FORBIDDEN, who + " is in poor condition: " + poor, "another target");
    }
    requireUnprotected(source, target, clear);
    if (row.kind() == MediumKind.CLEANING
        || (row.kind() == MediumKind.WORM && target.contents().objects() > 0)) {
      throw new StorageException(
          Fault.WRONG_MEDIUM, who + " is " + row.kind().word() + " and cannot be written anew");
    }
    if (row.capacity() < source.contents().imageBytes()) {
      throw new StorageException(
          Fault.WRONG_MEDIUM,
          who
              + " has "
              + row.capacity()
              + " bytes, cartridge "
              + source.barcode()
              + " needs "
              + source.contents().imageBytes(),
          "a larger target");
    }
  }

  /**
   * NO_PAIR: it is elsewhere, or its files are: a copy on the disk of its source is lost with it.
   */
  private void requireInDestination(TapeCartridge target, String who) throws StorageException {
    TapeLibrary library = libraryOf(target);
    if (library == null || library.row().type() != LibraryType.DESTINATION) {
      throw new StorageException(
          Fault.NO_PAIR,
          who
              + (library == null ? " is on the shelf: " : " is in library " + library.name() + ": ")
              + IN_DESTINATION,
          MAKE_DESTINATION);
    }
    String home = target.row().files().home();
    if (!Objects.equals(home, library.row().path())) {
      throw new StorageException(
          Fault.NO_PAIR,
          who
              + " was not made in destination library "
              + library.name()
              + ": its files lie in "
              + (home == null ? "the bay" : home),
          "tape add library=" + library.name());
    }
  }

  private void requireUnprotected(TapeCartridge source, TapeCartridge target, boolean clear)
      throws StorageException {
    Protection protection = target.row().medium().protection();
    String who = "cartridge " + target.barcode();
    if (protection.holds(tapes.now())) {
      throw new StorageException(
          Fault.FORBIDDEN,
          who + " is protected: " + protection.word(),
          "another target, or tape set barcode=" + target.barcode() + " protect=none");
    }
    boolean expired = protection.until() != null;
    if (target.contents().objects() > 0 && !expired && !clear) {
      throw new StorageException(
          Fault.FORBIDDEN,
          who
              + " holds "
              + target.contents().imageBytes()
              + " bytes, and no protection of it has ended",
          "a blank target, or: tape copy from="
              + source.barcode()
              + " to="
              + target.barcode()
              + " clear=yes");
    }
  }

  private static void requireFree(TapeCartridge target, String who, @Nullable String job)
      throws StorageException {
    String holder = target.holder();
    if (holder != null && !holder.equals(job)) {
      throw new StorageException(
          Fault.BUSY, who + " is in use by job " + holder, "another target, or wait");
    }
    if (target.row().tab()) {
      throw new StorageException(
          Fault.READ_ONLY,
          who + " is write-protected: its tab is set",
          "tape protect barcode=" + target.barcode() + " tab=off");
    }
    if (target.row().place().isInDrive()) {
      throw new StorageException(
          Fault.BUSY,
          who + " is in drive nst" + target.row().place().drive(),
          "tape unload drive=nst" + target.row().place().drive());
    }
  }
}
