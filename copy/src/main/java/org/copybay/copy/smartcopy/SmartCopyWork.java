package org.copybay.copy.smartcopy;

import java.time.Instant;
import java.util.Map;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.copy.library.MediumFacts;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeRecord;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.tape.Cartridge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps of one smart copy, and what a crash after each leaves:
 *
 *   hold     nothing on disk
 *   begin    target row: made by this job              not so at mount, where no job has it
 *   accept   job row                                   the job begins anew at mount
 *   blank    target row: blank                         the same; else it stays blank
 *   copy     files beside, that no row names           made anew by the job
 *   verify   the same
 *   commit   one transaction: the files are the target's, what it is a copy of, both sealed, job DONE
 *   eject    the target is on the shelf; without it, it is in its slot
 */
/** The work of one smart copy (P6, P7). */
final class SmartCopyWork implements Work {
  private static final Logger LOG = LoggerFactory.getLogger(SmartCopyWork.class);

  private final Tapes tapes;
  private final JobRecord row;

  SmartCopyWork(Tapes tapes, JobRecord row) {
    this.tapes = tapes;
    this.row = row;
  }

  static String options(SmartCopySpec wanted, Protection protection, String pool) {
    return "verify="
        + wanted.verify()
        + " eject="
        + wanted.eject()
        + " protection="
        + protection.word()
        + " pool="
        + pool;
  }

  private String option(String key) {
    for (String word : row.options().split(" ", -1)) {
      if (word.startsWith(key + "=")) {
        return word.substring(key.length() + 1);
      }
    }
    return "";
  }

  private boolean yes(String key) {
    return option(key).equals("true");
  }

  private Protection protection() {
    String word = option("protection");
    return switch (word) {
      case "none" -> Protection.NONE;
      case "permanent" -> Protection.PERMANENT;
      default -> Protection.until(Instant.parse(word));
    };
  }

  private TapeCartridge source() throws StorageException {
    return tapes.cartridge(row.source());
  }

  private TapeCartridge target() throws StorageException {
    return tapes.cartridge(row.target());
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    tapes.copies().hold(source(), job.id());
    tapes.copies().hold(target(), job.id());
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    TapeCartridge source = source();
    TapeCartridge target = target();
    Cartridge from = tapes.copies().open(source);
    try {
      tapes.copies().requireAll(source, from); // before the target gives up what it holds
      tapes.copies().blank(target);
      Cartridge to = tapes.copies().make(target, target.row().contents().lives());
      boolean committed = false;
      try {
        TapeCopier copier = new TapeCopier(job);
        copier.copy(from, to, target.row().header());
        String sha256 = yes("verify") ? copier.verify(from, to) : "";
        if (!sha256.isEmpty()) {
          Checksums.write(tapes.copies().nextFiles(target), sha256);
        }
        job.conclude();
        JobRecord done = commit(job, source, target, from, to, sha256);
        committed = true;
        return done;
      } finally {
        if (!committed) {
          to.close();
        }
      }
    } finally {
      tapes.copies().release(source, from);
    }
  }

  private JobRecord commit(
      Job job,
      TapeCartridge source,
      TapeCartridge target,
      Cartridge from,
      Cartridge to,
      String sha256)
      throws StorageException {
    CopyOf copy =
        new CopyOf(
            source.row().id(),
            source.barcode(),
            from.end().lives(),
            from.end().objects(),
            job.now(),
            job.id(),
            sha256);
    JobRecord done =
        job.row()
            .done(
                job.now(),
                "copied="
                    + job.progress().bytesCopied()
                    + " verified="
                    + (sha256.isEmpty() ? "no" : "yes")
                    + " target="
                    + target.barcode());
    tapes
        .copies()
        .commit(
            target,
            to,
            (before, contents) -> becomes(target.row(), before, contents, copy),
            made -> Map.of(source, source.row().medium().sealedIn(copy.lives())),
            connection -> JobTable.put(connection, done));
    return done;
  }

  private MediumFacts becomes(
      TapeRecord target, MediumFacts before, Contents contents, CopyOf copy) {
    return before
        .inPool(tapes.pools().taken(target, option("pool")))
        .asCopy(copy, protection(), contents.lives());
  }

  @Override
  public boolean discard() {
    try {
      tapes.copies().discard(target(), row.id());
      return true;
    } catch (StorageException e) {
      LOG.warn("job={} target={}: {}", row.id(), row.target(), e.getMessage());
      return false;
    }
  }

  @Override
  public void release(Job job) {
    TapeCartridge source = tapes.cartridgeOrNull(row.source());
    TapeCartridge target = tapes.cartridgeOrNull(row.target());
    if (source != null) {
      tapes.copies().letGo(source, job.id());
    }
    if (target != null) {
      tapes.copies().letGo(target, job.id());
      eject(target);
    }
  }

  private void eject(TapeCartridge target) {
    CopyOf copy = target.row().medium().copy();
    if (yes("eject") && copy != null && copy.job().equals(row.id())) {
      try {
        tapes.changer().eject(target, "", Catalogue.Change.NOTHING);
      } catch (StorageException e) {
        LOG.warn("job={} target={} not ejected: {}", row.id(), row.target(), e.getMessage());
      }
    }
  }
}
