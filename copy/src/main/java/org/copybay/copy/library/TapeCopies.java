package org.copybay.copy.library;

import java.util.List;
import java.util.function.Function;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Files;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * What copy services do with cartridges: one is held, gets files that take the place of those that
 * it has, all at once (P6, P7). Any thread may call.
 */
public final class TapeCopies {
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
            Fault.CORRUPT, "cartridge " + cartridge.barcode() + " holds nothing");
      }
      return tapes.use(cartridge);
    }
  }

  /** Gives back what {@link #open} opened. */
  public void release(TapeCartridge cartridge) {
    tapes.release(cartridge);
  }

  // ---- making

  /** Marks a cartridge as being made by the job that holds it. */
  public void begin(TapeCartridge target, String job, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
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
      String old = tapes.gone(tapes.files(row));
      MediumFacts medium = row.medium().with(null).damaged(null).protectedBy(Protection.NONE);
      tapes.record(
          target,
          row.with(row.files().blank(), row.loads()).with(medium, row.contents().blanked()),
          connection -> TapeTable.putGone(connection, old));
      removeGone(old);
    }
  }

  /** Removes a directory that nothing needs any more, and forgets it. */
  void removeGone(String directory) throws StorageException {
    new TapeFiles(tapes.bay().tapes().resolve(directory)).remove();
    tapes.bay().catalogue().change(connection -> TapeTable.deleteGone(connection, directory));
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
    TapeFiles files = tapes.files(row);
    files.format(row, lives, row.medium().job());
    return files.open(row, RecoverMode.AUTO, false);
  }

  /** What the transaction says that lets new files take the place of old ones. */
  @FunctionalInterface
  public interface Becoming {
    /** What media management knows of the cartridge then. */
    MediumFacts medium(MediumFacts before, Contents contents);
  }

  /**
   * The new files take the place of the old ones, in one transaction, and the source is sealed:
   * from then on the target is what its job made of it. Their label is whole before that, so that a
   * catalogue that is lost behind it finds no committed copy that calls itself unfinished (P7).
   *
   * @param made what the new files hold, which survives power loss; it is closed
   * @param source that nothing can be appended to any more, or null
   */
  public void commit(
      TapeCartridge target,
      Cartridge made,
      Becoming becoming,
      @Nullable TapeCartridge source,
      Catalogue.Change also)
      throws StorageException {
    Contents contents = Contents.of(made.end(), tapes.bay().clock().instant());
    made.close();
    try (var held = tapes.enter()) {
      TapeRecord old = target.row();
      Files files = next(old).files();
      MediumFacts medium = becoming.medium(old.medium().madeBy(null), contents);
      TapeRecord row = old.with(files, old.loads()).with(medium, contents);
      String gone = tapes.gone(tapes.files(old));
      TapeRecord sealed =
          source == null
              ? null
              : source.row().with(source.row().medium().sealedIn(source.row().contents().lives()));
      TapeLabel.write(tapes.files(row).directory(), row, null); // whole from here on
      tapes
          .labels()
          .change(
              source != null && sealed != null && TapeLabels.behind(source.row(), sealed)
                  ? List.of(sealed)
                  : List.of(),
              connection -> {
                TapeTable.put(connection, row);
                if (sealed != null) {
                  TapeTable.put(connection, sealed);
                }
                if (old.files().formatted()) {
                  TapeTable.putGone(connection, gone);
                }
                also.run(connection);
              });
      target.setRow(row);
      if (source != null && sealed != null) {
        source.setRow(sealed);
      }
      if (old.files().formatted()) {
        removeGone(gone);
      }
    }
  }

  /**
   * Removes what a job made of a cartridge that did not become whole: it is blank again, or what it
   * was. Any of it may be gone already.
   */
  public void discard(TapeCartridge target, String job) throws StorageException {
    try (var held = tapes.enter()) {
      TapeRecord row = target.row();
      if (job.equals(row.medium().job())) {
        nextFiles(target).remove();
        tapes.record(target, row.with(row.medium().madeBy(null)), Catalogue.Change.NOTHING);
      }
    }
  }

  /** Says what media management knows of a cartridge. READ_ONLY. */
  public void describe(
      TapeCartridge cartridge, Function<TapeRecord, MediumFacts> how, Catalogue.Change also)
      throws StorageException {
    tapes.bay().requireChangeable();
    try (var held = tapes.enter()) {
      TapeRecord row = cartridge.row();
      tapes.record(cartridge, row.with(how.apply(row)), also);
    }
  }

  /** Records what has nothing to do with a row of a cartridge. */
  public void record(Catalogue.Change change) throws StorageException {
    tapes.bay().catalogue().change(change);
  }

  /** Notes what a read found wrong, or that nothing is; it is told where the cartridge is shown. */
  public void noteDamage(TapeCartridge cartridge, @Nullable String damage) throws StorageException {
    try (var held = tapes.enter()) {
      tapes.record(
          cartridge,
          cartridge.row().with(cartridge.row().medium().damaged(damage)),
          Catalogue.Change.NOTHING);
    }
  }
}
