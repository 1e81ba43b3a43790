package org.copybay.copy.optical;

import java.util.List;
import java.util.Set;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.DataRanges;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.format.MediumFile;
import org.copybay.volumes.format.MediumFiles;

/**
 * The work of CHKOPTVOL: reads every sector that is written from its disk, and every directory. A
 * volume whose file was brought back is opened again; one that had lost a sync takes writes again
 * when all could be read (P8). What is wrong with the data of files is told file by file; a damaged
 * directory ends it.
 */
final class CheckVolumeWork implements Work {
  private final Optical optical;
  private final JobRecord row;

  CheckVolumeWork(Optical optical, JobRecord row) {
    this.optical = optical;
    this.row = row;
  }

  private OpticalVolume volume() throws StorageException {
    for (String word : row.options().split(" ", -1)) {
      OpticalVolume found =
          word.startsWith("key=") ? optical.byKey(word.substring("key=".length())) : null;
      if (found != null) {
        return found;
      }
    }
    throw Odup.SYS.refusal("volume " + row.source() + " is gone", null);
  }

  private boolean option(String name) {
    return row.options().contains(" " + name + "=true");
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    optical.drives().hold(List.of(volume()), job.id(), true);
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    OpticalVolume volume = volume();
    Volume bytes = volume.medium().volume();
    optical.bay().reopen(bytes);
    bytes.requireUncut();
    SectorMap map = SectorMap.of(volume.medium());
    bytes.dropCached();
    MediumFiles files = MediumFiles.read(volume.medium().image(), map.end());
    DamagedSectors damaged =
        new DamagedSectors(
            volume.id(),
            volume.medium().image(),
            map.end(),
            volume.medium().sectorBytes(),
            true,
            sector -> {});
    read(job, map, damaged);
    Set<String> bad = damaged.files();
    List<MediumFile> good =
        files.all().stream().filter(file -> !bad.contains(file.path())).toList();
    if (option("print")) {
      DamagedSectors.list(
          job,
          good.stream().map(file -> "file " + file.path() + " bytes=" + file.bytes()).toList());
    }
    damaged.tell(job, option("list") || option("print"));
    if (damaged.count() > 0) {
      throw Odup.MEDIA.refusal(
          bad.size()
              + " files of volume "
              + volume.id()
              + " are damaged, "
              + good.size()
              + " are good; the first is "
              + (bad.isEmpty() ? "?" : bad.iterator().next()),
          "cat .control/jobs/" + job.id() + "/log");
    }
    job.conclude();
    long fileBytes = good.stream().mapToLong(MediumFile::bytes).sum();
    JobRecord done =
        job.row()
            .done(
                job.now(),
                "checked=" + map.bytes() + " files=" + good.size() + " file_bytes=" + fileBytes);
    // What is not written holds nothing: all of it could be read, and a failure of its disk ends.
    optical.bay().repaired(bytes, connection -> JobTable.put(connection, done));
    return done;
  }

  private static void read(Job job, SectorMap map, DamagedSectors damaged) throws StorageException {
    DataRanges ranges = map.ranges();
    job.begin("checking", map.bytes());
    new Copier(job, Copier.CHECKPOINT_INTERVAL)
        .forEach(
            ranges,
            0,
            (piece, buffer, spare) -> {
              damaged.read(piece, buffer);
              job.progress().passed(piece.length());
            },
            offset -> {});
  }

  @Override
  public boolean discard() {
    return true; // it makes nothing
  }

  @Override
  public void release(Job job) {
    try {
      optical.drives().release(List.of(volume()), job.id());
    } catch (StorageException e) {
      job.tell(String.valueOf(e.getMessage()));
    }
  }
}
