package org.copybay.copy.library;

import java.nio.file.Path;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and opens the files of cartridges. A row can be behind what the files hold, after a crash
 * or where they were not there at a mount; whoever opens them first puts that right, so that no
 * decision about a cartridge is made by an old row. What is static needs no lock, all else LIBRARY.
 */
final class TapeOpening {
  private static final Logger LOG = LoggerFactory.getLogger(TapeOpening.class);

  private final Tapes tapes;
  private final Bay bay;
  private final DamageNotes damage;

  TapeOpening(Tapes tapes, DamageNotes damage) {
    this.tapes = tapes;
    this.bay = tapes.bay();
    this.damage = damage;
  }

  /**
   * Makes the files of a cartridge, blank ({@link TapeFiles#format}). EXISTS where those of another
   * one lie; NOT_FOUND where the disk of its library is away.
   */
  TapeFiles format(TapeRecord row, int lives, @Nullable String making) throws StorageException {
    TapeFiles files = tapes.files(row);
    String home = row.files().home();
    if (home != null && !tapes.isHomeThere(Path.of(home))) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "directory " + home + " of the destination library is not there",
          "mount its disk");
    }
    tapes.requireNoFiles(files, row.id());
    files.format(row, lives, making);
    return files;
  }

  /** What a cartridge holds, for one user more. */
  Cartridge use(TapeCartridge cartridge) throws StorageException {
    boolean first = cartridge.opened() == null;
    Cartridge opened = cartridge.use(() -> open(cartridge));
    if (first) {
      note(cartridge, opened);
    }
    return opened;
  }

  private Cartridge open(TapeCartridge cartridge) throws StorageException {
    TapeRecord row = cartridge.row();
    try {
      Cartridge opened = tapes.files(row).open(row, bay.recoverMode(), bay.readOnly());
      opened.onDamage(what -> damage.found(cartridge, opened, what));
      return opened;
    } catch (StorageException e) {
      damage.notOpened(cartridge, e);
      throw e;
    }
  }

  private void note(TapeCartridge cartridge, Cartridge opened) {
    TapeRecord row = cartridge.row();
    String lost = lost(row, opened.end());
    boolean known = tapes.isShown(cartridge) && !bay.readOnly();
    boolean same = lost == null && row.contents().sameAs(opened.end());
    if (same || !tapes.isReachable(cartridge)) {
      return; // what lies on another disk in its place says nothing of it
    }
    if (lost != null) {
      damage.lost(cartridge, lost);
    } else if (known) {
      Contents found = cartridge.contents(bay.clock().instant());
      LOG.warn(
          "cartridge={} holds objects={} in life={}, its row said {} in {}",
          row.barcode(),
          found.objects(),
          found.lives(),
          row.contents().objects(),
          row.contents().lives());
      try {
        tapes.record(cartridge, row.holding(found), Catalogue.Change.NOTHING);
      } catch (StorageException e) { // whoever opens it next tries again
        LOG.warn("cartridge={}: {}", row.barcode(), e.getMessage());
      }
    }
  }

  /** CORRUPT where files are of an earlier life: what is written to them would be in it again. */
  static void requireLife(TapeRecord row, Cartridge opened) throws StorageException {
    String earlier = earlier(row, opened.end());
    if (earlier != null) {
      throw new StorageException(
          Fault.CORRUPT,
          "cartridge " + row.barcode() + ": " + earlier,
          "put back its newest files, or restore it from its copy, or type: tape initialize barcode="
              + row.barcode()
              + " clear=yes");
    }
  }

  private static @Nullable String earlier(TapeRecord row, TapeEnd end) {
    return end.lives() >= row.contents().lives()
        ? null
        : "it is in life "
            + end.lives()
            + ", wanted "
            + row.contents().lives()
            + ": older files of it were put back, or its disk is another one";
  }

  /**
   * What is missing of a cartridge, in words, or null: its index ends before what is known to have
   * been written, or is of an earlier life. In a drive a crash may have come between a cut and its
   * note.
   */
  static @Nullable String lost(TapeRecord row, TapeEnd end) {
    String earlier = earlier(row, end);
    if (earlier != null) {
      return earlier;
    }
    CopyOf copy = row.medium().copy();
    boolean noted = row.contents().lives() == end.lives() && !row.place().isInDrive();
    long wanted = noted ? row.contents().objects() : 0;
    if (copy != null && row.medium().sealedLife() == end.lives()) {
      wanted = copy.objects();
    }
    return end.objects() >= wanted
        ? null
        : "it holds "
            + end.objects()
            + " objects, wanted "
            + wanted
            + ", which were written to it: its index ends early";
  }
}
