package org.copybay.copy.engine;

import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.store.HomeFile;

/**
 * Reads every byte of a volume from its disk, and what the track engine and write bitmaps keep
 * beside its home. A volume whose file was brought back is opened again; one that had lost a sync
 * takes writes again when everything could be read.
 */
final class CheckWork implements Work {
  private final Bay bay;
  private final JobRecord row;

  CheckWork(Bay bay, JobRecord row) {
    this.bay = bay;
    this.row = row;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    row.requireSource(bay).hold(row.source(), new Hold(job.id(), "being checked"));
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    Volume volume = row.requireSource(bay);
    bay.reopen(volume);
    volume.requireUncut();
    if (volume.failure() == null) { // else after the repair, which may bring back what was lost
      volume.checkBesideHome();
    }
    HomeFile home = volume.fill();
    Image image = volume.image();
    DataRanges data = DataRanges.of(image, volume.size());
    job.begin("checking", data.length(0, job));
    new Copier(job, Copier.CHECKPOINT_INTERVAL)
        .forEach(
            data,
            0,
            (piece, buffer, spare) -> {
              home.dropCached(piece.offset(), piece.length());
              image.read(piece.offset(), buffer);
              job.progress().passed(piece.length());
            },
            offset -> {});
    volume.requireUncut();
    requireBitmaps(volume);
    job.conclude();
    JobRecord done = job.row().done(job.now(), "checked=" + volume.size());
    bay.repaired(volume, connection -> JobTable.put(connection, done));
    return done;
  }

  /** A lost one does not keep a failed volume from its repair. */
  private void requireBitmaps(Volume volume) throws StorageException {
    if (volume.failure() == null) {
      for (BitmapRecord bitmap : volume.bitmaps()) {
        bay.bitmaps().requireSound(volume, bitmap);
      }
    }
  }

  @Override
  public boolean discard() {
    return true; // it makes nothing
  }

  @Override
  public void release(Job job) {
    bay.releaseHold(row.source(), job.id());
  }
}
