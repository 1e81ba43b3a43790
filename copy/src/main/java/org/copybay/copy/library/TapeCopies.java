package org.copybay.copy.library;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.tape.Cartridge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What copy services do with cartridges: one is held, gets files that take the place of those that
 * it has, all at once (P6, P7). Any thread may call.
 */
public final class TapeCopies {
  private static final Logger LOG = LoggerFactory.getLogger(TapeCopies.class);

  private final Tapes tapes;

  TapeCopies(Tapes tapes) {
    this.tapes = tapes;
  }

  // ---- holding

  /** Keeps a cartridge for a job. BUSY when another job holds it, or it is in a drive. */
  public void hold(TapeCartridge cartridge, String job) throws StorageException {
    try (var held = tapes.enter()) {
      cartridge.requireNotHeld();
      int drive = cartridge.row().place().drive();
      if (cartridge.row().place().isInDrive()) {
        throw new StorageException(
            Fault.BUSY,
            "cartridge " + cartridge.barcode() + " is in drive nst" + drive,
            "tape unload drive=nst" + drive);
      }
      cartridge.setHolder(job);
    }
  }

  /** The job needs it no more; nothing happens where it does not hold it. */
  public void letGo(TapeCartridge cartridge, String job) {
    try (var held = tapes.enter()) {
      if (job.equals(cartridge.holder())) {
        cartridge.setHolder(null);
      }
    }
  }

  // ---- reading

  /** Opens what a cartridge holds; {@link #release} gives it back. NO_MEDIUM for a blank one. */
  public Cartridge open(TapeCartridge cartridge) throws StorageException {
    try (var held = tapes.enter()) {
      if (!cartridge.row().files().formatted()) {
        throw new StorageException(
            Fault.NO_MEDIUM, "cartridge " + cartridge.barcode() + " holds nothing");
      }
      return tapes.use(cartridge);
    }
  }

  /**
   * Brings what is known of a cartridge up to what it holds, where it opens; else, or where
   * something is missing, its damage is noted when this returns. Errors are those of the catalogue.
   */
  public void look(TapeCartridge cartridge) throws StorageException {
    TapeRecord row = cartridge.row();
    if (!row.files().formatted()) {
      return;
    }
    try {
      Cartridge opened = open(cartridge);
      try {
        requireAll(cartridge, opened);
      } finally {
        release(cartridge, opened);
      }
    } catch (StorageException e) { // whoever needs it says so
      LOG.info("cartridge={}: {}", cartridge.barcode(), e.getMessage());
      tapes.damage().notLooked(cartridge, row, e);
    }
  }

  /** CORRUPT where something is missing that was written to a cartridge, which is open. */
  public void requireAll(TapeCartridge cartridge, Cartridge opened) throws StorageException {
    String lost = TapeOpening.lost(cartridge.row(), opened.end());
    if (lost != null) {
      throw new StorageException(
          Fault.CORRUPT,
          "cartridge " + cartridge.barcode() + ": " + lost,
          "restore it from its copy");
    }
  }

  /** Gives back what {@link #open} opened. */
  public void release(TapeCartridge cartridge, Cartridge opened) {
    tapes.release(cartridge, opened);
  }

  // ---- making

  /** What must hold. */
  @FunctionalInterface
  public interface Condition {
    /** Throws why it does not. */
    void require() throws StorageException;
  }

  /**
   * Marks a cartridge as being made by the job that holds it. From then on nothing that is said of
   * it is taken ({@link #describe}), so what was said before is looked at here.
   *
   * @param still refuses what is not allowed any more
   */
  public void begin(TapeCartridge target, String job, Condition still, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
      still.require();
      TapeRecord row = target.row();
      tapes.record(target, row.with(row.medium().madeBy(job)), also);
    }
  }

  /** Gives up what a cartridge held, so that the new files find room: it is blank then. */
  public void blank(TapeCartridge target) throws StorageException {
    try (var held = tapes.enter()) {
      TapeRecord row = target.row();
      if (!row.files().formatted()) {
        return;
      }
      tapes.requireReachable(target, "mount its disk, and copy again"); // else for nothing
      Gone old = tapes.gone(row);
      TapeFiles files = tapes.files(row);
      if (isElsewhere(files)) {
        files.requireNone(row.id()); // what cannot be known as its own would stay
      }
      MediumFacts medium = row.medium().with(null).damaged(null).protectedBy(Protection.NONE);
      tapes.record(
          target,
          row.with(row.files().blank(), row.loads()).with(medium, row.contents().blanked()),
          connection -> TapeTable.putGone(connection, old));
      target.replaceFiles();
      removeGone(old);
    }
  }

  /** Removes files that nothing needs any more, and forgets them. Those of others stay. */
  void removeGone(Gone gone) throws StorageException {
    TapeFiles files = gone.files(tapes.bay().tapes());
    if (mayBeAway(files)) {
      LOG.info("tape directory={} is not there; it goes when its disk is", files.directory());
      return;
    }
    boolean elsewhere = isElsewhere(files);
    if (elsewhere && files.isThere() && !files.isOnlyOf(gone.id())) {
      LOG.info("tape directory={} is not of medium={}: it stays", files.directory(), gone.id());
      return; // its disk may take turns with the one that is there
    }
    if (elsewhere || !files.isOfAnother(gone.id())) {
      files.remove();
    }
    tapes.bay().catalogue().change(connection -> TapeTable.deleteGone(connection, gone));
  }

  /** Whether files may lie on a disk that is away: an empty mount point is a directory, too. */
  private boolean mayBeAway(TapeFiles files) {
    Path home = files.directory().getParent();
    return home != null && isElsewhere(files) && !tapes.isHomeThere(home);
  }

  /** Whether files lie in a directory that their owner chose. */
  private boolean isElsewhere(TapeFiles files) {
    return !tapes.bay().tapes().equals(files.directory().getParent());
  }

  private TapeRecord next(TapeRecord row) {
    return row.with(row.files().next(), row.loads());
  }

  /** Where the files will be that take the place of those of a cartridge. */
  public TapeFiles nextFiles(TapeCartridge target) {
    return tapes.files(next(target.row()));
  }

  /**
   * Makes the files that will take the place of those it has, blank, and opens them.
   *
   * @param lives in which life what they will hold is
   */
  public Cartridge make(TapeCartridge target, int lives) throws StorageException {
    TapeRecord row = next(target.row());
    try (var held = tapes.enter()) {
      return tapes
          .opening()
          .format(row, lives, row.medium().job())
          .open(row, RecoverMode.AUTO, false);
    }
  }

  /** What the transaction says that lets new files take the place of old ones. */
  @FunctionalInterface
  public interface Becoming {
    /** What media management knows of the cartridge then. */
    MediumFacts medium(MediumFacts before, Contents contents);
  }

  /** What the same transaction says of other cartridges. */
  @FunctionalInterface
  public interface Beside {
    /** What media management knows of them then. */
    Map<TapeCartridge, MediumFacts> medium(Contents made);
  }

  /**
   * The new files take the place of the old ones, in one transaction, which also says what becomes
   * of others: from then on the target is what its job made of it. Their label is whole before
   * that, so that a catalogue that is lost behind it finds no committed copy that calls itself
   * unfinished (P7).
   *
   * @param made what the new files hold, which survives power loss; it is closed
   * @param beside the others, as the source that nothing can be appended to any more
   */
  public void commit(
      TapeCartridge target, Cartridge made, Becoming becoming, Beside beside, Catalogue.Change also)
      throws StorageException {
    Contents contents = Contents.of(made.end(), tapes.bay().clock().instant());
    made.close();
    boolean repaired;
    try (var held = tapes.enter()) {
      TapeRecord old = target.row();
      MediumFacts medium = becoming.medium(old.medium().madeBy(null), contents);
      TapeRecord row = next(old).with(medium, contents);
      requireMade(tapes.files(row), old);
      Map<TapeCartridge, TapeRecord> others = rows(beside.medium(contents));
      TapeLabel.write(tapes.files(row).directory(), row, null); // whole from here on
      tapes
          .labels()
          .change(
              behind(others),
              connection -> {
                exchange(connection, old, row);
                for (TapeRecord each : others.values()) {
                  TapeTable.put(connection, each);
                }
                also.run(connection);
              });
      target.replaceFiles(); // first: damage that its readers find is not of this row
      target.setRow(row);
      others.forEach(TapeCartridge::setRow);
      removeOld(old);
      repaired = old.medium().damage() != null && medium.damage() == null;
    }
    if (repaired) {
      tapes.damage().tellRepair(target);
    }
  }

  private static Map<TapeCartridge, TapeRecord> rows(Map<TapeCartridge, MediumFacts> facts) {
    Map<TapeCartridge, TapeRecord> rows = new LinkedHashMap<>();
    facts.forEach((cartridge, medium) -> rows.put(cartridge, cartridge.row().with(medium)));
    return rows;
  }

  private static List<TapeRecord> behind(Map<TapeCartridge, TapeRecord> rows) {
    return rows.entrySet().stream()
        .filter(each -> TapeLabels.behind(each.getKey().row(), each.getValue()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private void exchange(Connection connection, TapeRecord old, TapeRecord row) throws SQLException {
    TapeTable.put(connection, row);
    TapeTable.replaceGone(connection, tapes.gone(row)); // what a job before left there
    if (old.files().formatted()) {
      TapeTable.putGone(connection, tapes.gone(old));
    }
  }

  private void removeOld(TapeRecord old) {
    try {
      if (old.files().formatted()) {
        removeGone(tapes.gone(old));
      }
    } catch (StorageException e) { // the next mount tries again
      LOG.warn(
          "tape directory={} is not removed yet: {}", tapes.files(old).directory(), e.getMessage());
    }
  }

  /**
   * Removes what a job made of a cartridge that did not become whole: it is blank again, or what it
   * was. Any of it may be gone already. Where its disk is, the files go at a later mount, or when
   * others take their place. STORE_FAILED once the catalogue is in doubt: perhaps it has them.
   */
  public void discard(TapeCartridge target, String job) throws StorageException {
    try (var held = tapes.enter()) {
      TapeRecord row = target.row();
      if (job.equals(row.medium().job())) {
        requireNoDoubt(target, job);
        TapeFiles made = nextFiles(target);
        boolean removed = removed(made, row.id()); // first: the catalogue may need the space
        tapes.record(
            target,
            row.with(withoutLostSource(row.medium()).madeBy(null)),
            connection -> {
              if (!removed) {
                TapeTable.putGone(connection, tapes.gone(next(row)));
              }
            });
      }
    }
  }

  private void requireNoDoubt(TapeCartridge target, String job) throws StorageException {
    String doubt = tapes.bay().catalogue().failure();
    if (doubt != null) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "whether job " + job + " made cartridge " + target.barcode() + " is not known: " + doubt,
          "mount the bay again");
    }
  }

  /** What it was a copy of may have been destroyed while a job had it, which promotes no such. */
  private MediumFacts withoutLostSource(MediumFacts medium) {
    CopyOf copy = medium.copy();
    boolean lost =
        copy != null
            && tapes.cartridges().stream().noneMatch(each -> each.row().id().equals(copy.source()));
    return lost ? medium.with(null) : medium;
  }

  /** Removes files of a cartridge; false where its disk may be away. Those of others stay. */
  private boolean removed(TapeFiles made, UUID id) {
    if (!Files.isDirectory(made.directory())) {
      return !mayBeAway(made);
    }
    try {
      if (made.isOnlyOf(id)) {
        made.remove();
      }
      return true;
    } catch (StorageException e) {
      LOG.warn("tape directory={} is not removed yet: {}", made.directory(), e.getMessage());
      return false;
    }
  }

  /** STORE_FAILED where the disk of files was taken away, or changed, while they were written. */
  private static void requireMade(TapeFiles files, TapeRecord row) throws StorageException {
    if (!files.isBeingMade(row.id(), row.medium().job())) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "directory "
              + files.directory()
              + " is not there any more, or another disk is in its place",
          "mount its disk, and copy again");
    }
  }

  /**
   * Says what media management knows of a cartridge. READ_ONLY; BUSY where a job overwrites it,
   * which would not heed a protection any more, and says all that itself at its end.
   */
  public void describe(
      TapeCartridge cartridge, Function<TapeRecord, MediumFacts> how, Catalogue.Change also)
      throws StorageException {
    tapes.bay().requireChangeable();
    try (var held = tapes.enter()) {
      TapeRecord row = cartridge.row();
      if (row.medium().job() != null) {
        cartridge.requireNotHeld();
      }
      tapes.record(cartridge, row.with(how.apply(row)), also);
    }
  }

  /** Records what has nothing to do with a row of a cartridge. */
  public void record(Catalogue.Change change) throws StorageException {
    tapes.bay().catalogue().change(change);
  }
}
