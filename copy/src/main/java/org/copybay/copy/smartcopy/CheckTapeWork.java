package org.copybay.copy.smartcopy;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;

/** The work of one check (P8): every record of a cartridge, if any, is read from its disk. */
final class CheckTapeWork implements Work {
  private final Tapes tapes;
  private final JobRecord row;

  CheckTapeWork(Tapes tapes, JobRecord row) {
    this.tapes = tapes;
    this.row = row;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    tapes.copies().hold(tapes.cartridge(row.source()), job.id());
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    TapeCartridge cartridge = tapes.cartridge(row.source());
    if (cartridge.row().files().formatted()) { // a blank one has nothing that could be damaged
      read(cartridge, job);
    }
    tapes.damage().note(cartridge, null);
    job.conclude();
    String result = "checked=" + cartridge.contents().imageBytes();
    JobRecord done = job.row().done(job.now(), result);
    tapes.copies().record(connection -> JobTable.put(connection, done));
    return done;
  }

  private void read(TapeCartridge cartridge, Job job) throws StorageException {
    try {
      Cartridge opened = tapes.copies().open(cartridge);
      try {
        new TapeCopier(job).check(opened);
        tapes.copies().requireAll(cartridge, opened);
      } finally {
        tapes.copies().release(cartridge, opened);
      }
    } catch (StorageException e) {
      tapes.damage().notRead(cartridge, e);
      throw e;
    }
    tapes.requireReachable(cartridge, "mount its disk, and check again"); // it was of another one
  }

  @Override
  public boolean discard() {
    return true; // it makes nothing
  }

  @Override
  public void release(Job job) {
    TapeCartridge cartridge = tapes.cartridgeOrNull(row.source());
    if (cartridge != null) {
      tapes.copies().letGo(cartridge, job.id());
    }
  }
}
