package org.copybay.copy.smartcopy;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of one restore (P6, P7): the records of a copy, or of what a copy was made from, become
 * those of a cartridge that was lost or damaged. What it still holds stays until then.
 */
final class RestoreWork implements Work {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreWork.class);

  private final Tapes tapes;
  private final JobRecord row;

  RestoreWork(Tapes tapes, JobRecord row) {
    this.tapes = tapes;
    this.row = row;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    tapes.copies().hold(tapes.cartridge(row.source()), job.id());
    tapes.copies().hold(tapes.cartridge(row.target()), job.id());
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    TapeCartridge source = tapes.cartridge(row.source());
    TapeCartridge target = tapes.cartridge(row.target());
    Cartridge from = tapes.copies().open(source);
    try {
      tapes.copies().requireAll(source, from); // else what the target still holds would be lost
      RestoredFacts facts = new RestoredFacts(tapes, source, target, from.end());
      facts.require();
      Cartridge to = tapes.copies().make(target, facts.lives());
      boolean committed = false;
      try {
        TapeCopier copier = new TapeCopier(job);
        copier.copy(from, to, target.row().header());
        String sha256 = copier.verify(from, to);
        if (target.row().files().home() != null) {
          Checksums.write(tapes.copies().nextFiles(target), sha256);
        }
        job.conclude();
        String result = "copied=" + job.progress().bytesCopied() + " verified=yes";
        JobRecord done = job.row().done(job.now(), result);
        tapes
            .copies()
            .commit(
                target,
                to,
                (before, contents) -> facts.ofTarget(before, contents, done, sha256),
                facts::ofOthers,
                connection -> JobTable.put(connection, done));
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

  @Override
  public boolean discard() {
    try {
      tapes.copies().discard(tapes.cartridge(row.target()), row.id());
      return true;
    } catch (StorageException e) {
      LOG.warn("job={} target={}: {}", row.id(), row.target(), e.getMessage());
      return false;
    }
  }

  @Override
  public void release(Job job) {
    for (String barcode : new String[] {row.source(), row.target()}) {
      TapeCartridge cartridge = tapes.cartridgeOrNull(barcode);
      if (cartridge != null) {
        tapes.copies().letGo(cartridge, job.id());
      }
    }
  }
}
