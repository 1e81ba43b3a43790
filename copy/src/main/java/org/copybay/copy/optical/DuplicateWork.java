package org.copybay.copy.optical;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.StoppedException;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.format.MediumFormat;
import org.copybay.volumes.format.Patch;
import org.jspecify.annotations.Nullable;

/*
 * Steps of a duplicate, and what a crash after each leaves (P6):
 *
 *   bitmaps  of rewritable targets, on the source     removed at mount
 *   freeze   the point of the job                     dropped at mount
 *   accept   job row QUEUED                           the job begins at the next mount
 *   begin    rows of the targets: INCOMPLETE, SPOILED the job has failed at the next mount
 *   copy     all but the descriptors                  the same
 *   verify   point and targets compared               the same
 *   label    the descriptors, with another label      the same
 *   commit   one transaction: rows of the targets, job DONE
 *   release  point dropped, drives released           done at mount, if it is still to be done
 *
 * A clean end of the mount in between is noted: the job goes on at its checkpoint at the next one.
 */
/** The work of DUPOPT: a volume sector by sector, to one target or several in one read. */
final class DuplicateWork implements Work {
  private final Optical optical;
  private final JobRecord row;
  private final DuplicateOptions options;
  private final Duration checkpointInterval;
  private @Nullable SectorMap written; // of the source as it was frozen, once it is known

  // by the thread of the job
  private boolean whole; // every target has its label
  private List<CopyTarget> copies = List.of(); // what is known of its targets, once it works
  private final Set<String> noted = new HashSet<>(); // targets that are known to have failed

  DuplicateWork(
      Optical optical, JobRecord row, @Nullable SectorMap written, Duration checkpointInterval) {
    this.optical = optical;
    this.row = row;
    this.options = DuplicateOptions.parse(row.options());
    this.written = written;
    this.checkpointInterval = checkpointInterval;
  }

  private Bay bay() {
    return optical.bay();
  }

  private OpticalVolume source() throws StorageException {
    return side(options.source());
  }

  private OpticalVolume side(String key) throws StorageException {
    OpticalVolume found = optical.byKey(key);
    if (found == null) {
      throw Odup.SYS.refusal("side " + key + " is gone", null);
    }
    return found;
  }

  private List<OpticalVolume> targets() throws StorageException {
    List<OpticalVolume> found = new ArrayList<>();
    for (String key : options.targets()) {
      found.add(side(key));
    }
    return found;
  }

  /** Those that are there. */
  private List<OpticalVolume> volumesLeft() {
    return Stream.concat(Stream.of(options.source()), options.targets().stream())
        .map(optical::byKey)
        .filter(each -> each != null)
        .toList();
  }

  private boolean begun(OpticalVolume target) {
    return begun(target, row.id());
  }

  /** Whether a job has begun to write a target, and has not committed it. */
  static boolean begun(OpticalVolume target, String job) {
    SideRecord now = target.row();
    SideRecord.Duplicate of = now.duplicate();
    return now.state().broken() && of != null && of.job().equals(job);
  }

  // ---- mount

  @Override
  public void holdAgain(Job job) throws StorageException {
    boolean stopped =
        bay().catalogue().read(connection -> OpticalTable.isStopped(connection, job.id()));
    List<OpticalVolume> written = targets().stream().filter(this::begun).toList();
    if (!written.isEmpty() && !stopped) {
      throw Odup.SYS.refusal(
          "the mount ended while the job wrote "
              + written.stream()
                  .map(target -> target.id() + ", which is " + target.row().state().word())
                  .collect(Collectors.joining("; ")),
          "cat .control/optical/volumes/ID/status says whether resume=yes goes on");
    }
    bay().catalogue().change(connection -> OpticalTable.deleteStopped(connection, job.id()));
    bay().points().findFor(job.id());
    optical.drives().hold(volumes(), job.id(), options.exclusive());
    for (int i = 0; i < options.targets().size(); i++) {
      side(options.targets().get(i)).promise(options.newIds().get(i));
    }
  }

  private List<OpticalVolume> volumes() throws StorageException {
    List<OpticalVolume> all = new ArrayList<>();
    all.add(source());
    all.addAll(targets());
    return all;
  }

  @Override
  public void requireOrder(String order) throws StorageException {
    if (!options.interruptible()) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "job "
              + row.id()
              + " duplicates an optical volume, which is not interrupted: cannot "
              + order
              + " it",
          "duplicate with interruptible=yes, and it can be");
    }
  }

  // ---- the copy

  @Override
  public JobRecord run(Job job) throws StorageException {
    try {
      return duplicate(job);
    } catch (StoppedException e) {
      stopped();
      throw e;
    }
  }

  /** The next mount goes on with the targets that did not fail. */
  private void stopped() throws StorageException {
    noteFailed();
    for (CopyTarget copy : copies) {
      if (copy.failure() != null && begun(copy.volume())) {
        keepBase(copy.volume());
      }
    }
    bay().catalogue().change(connection -> OpticalTable.putStopped(connection, row.id()));
  }

  /** A target that failed has not all before the next checkpoint, also after a crash (P6). */
  private void noteFailed() throws StorageException {
    List<String> names =
        copies.stream()
            .filter(copy -> copy.failure() != null)
            .map(copy -> failedName(copy.volume()))
            .filter(noted::add)
            .toList();
    if (!names.isEmpty()) {
      bay()
          .catalogue()
          .change(
              connection -> {
                for (String name : names) {
                  OpticalTable.putStopped(connection, name);
                }
              });
    }
  }

  private boolean hasFailed(OpticalVolume target) throws StorageException {
    String failed = failedName(target);
    return bay().catalogue().read(connection -> OpticalTable.isStopped(connection, failed));
  }

  private String failedName(OpticalVolume target) {
    return row.id() + "/" + target.key();
  }

  private JobRecord duplicate(Job job) throws StorageException {
    PointVolume point = bay().points().findFor(job.id());
    OpticalVolume source = source();
    SectorMap map = written;
    if (map == null) { // after a mount
      map = SectorMap.asOf(source.medium(), point, options.end(), sinceOrNull(source));
    }
    MediumFormat format = MediumFormat.read(point, map.end());
    Instant created = bay().clock().instant();
    copies = plan(job, source, format, created, map);
    new DuplicateBegin(optical, row.id()).run(source, point.created(), copies);
    DamagedSectors damaged =
        new DamagedSectors(
            source.id(),
            point,
            map.end(),
            source.medium().sectorBytes(),
            options.allowMediaErrors(),
            sector -> leftOut(source, sector));
    DuplicateCopying copying = new DuplicateCopying(job, checkpointInterval, options, damaged, map);
    copying.run(
        copies,
        offset -> {
          noteFailed();
          job.checkpoint(offset);
          copies.forEach(copy -> copy.reached(offset));
        });
    job.conclude();
    copying.label(copies);
    JobRecord done =
        new DuplicateCommit(optical, job, source, copying, point.created(), created).run(copies);
    whole = true;
    return done;
  }

  private @Nullable WriteBitmap sinceOrNull(OpticalVolume source) {
    for (String key : options.targets()) {
      OpticalVolume target = optical.byKey(key);
      WriteBitmap since =
          target == null
              ? null
              : Bases.findOrNull(bay(), source.medium().volume(), Bases.name(row.id(), target));
      if (since != null) {
        return since;
      }
    }
    return null;
  }

  private List<CopyTarget> plan(
      Job job, OpticalVolume source, MediumFormat format, Instant created, SectorMap map)
      throws StorageException {
    DuplicateRanges ranges = new DuplicateRanges(optical, options);
    List<CopyTarget> planned = new ArrayList<>();
    for (int i = 0; i < options.targets().size(); i++) {
      OpticalVolume target = side(options.targets().get(i));
      String id = options.newIds().get(i);
      List<Patch> patches = format.relabel(id, created);
      if (hasFailed(target)) {
        CopyTarget copy = new CopyTarget(target, id, patches, offset -> null, false, 0);
        copy.fail(Odup.MEDIA.refusal("target " + target.id() + " failed in the last mount", null));
        planned.add(copy);
      } else {
        planned.add(ranges.plan(job, source, target, id, patches, map));
      }
    }
    return planned;
  }

  private void leftOut(OpticalVolume source, Extent sector) throws StorageException {
    DuplicateBegin begin = new DuplicateBegin(optical, row.id());
    for (CopyTarget copy : copies) {
      begin.note(source, copy, List.of(sector));
    }
  }

  // ---- end

  @Override
  public boolean discard() {
    for (OpticalVolume target : volumesLeft()) {
      if (begun(target) && target.row().state() == SideState.INCOMPLETE) {
        keepBase(target);
      }
    }
    return true;
  }

  /** What was copied stays known: the duplicate can be resumed. */
  private void keepBase(OpticalVolume target) {
    OpticalVolume source = optical.byKey(options.source());
    String name = Bases.name(row.id(), target);
    Base before = target.row().base();
    if (source == null
        || (before == null && Bases.findOrNull(bay(), source.medium().volume(), name) == null)) {
      return;
    }
    try {
      long safe = safe(target);
      if (before != null && before.end() >= safe) {
        return; // it is still what that says
      }
      Base base =
          before == null ? new Base(source.row().bytes(), name, null, safe) : before.withEnd(safe);
      optical.labels().change(target, side -> side.withBase(base), Catalogue.Change.NOTHING);
    } catch (StorageException e) {
      // Then it is copied from its beginning.
      bay().events().tell("optical_not_resumable", target.id(), Event.fact("why", e.getMessage()));
    }
  }

  private long safe(OpticalVolume target) throws StorageException {
    for (CopyTarget copy : copies) {
      if (copy.volume() == target) {
        return copy.safe();
      }
    }
    return hasFailed(target) ? 0 : row.checkpoint();
  }

  @Override
  public void release(Job job) {
    List<OpticalVolume> left = volumesLeft();
    optical.drives().release(left, job.id());
    bay().points().dropFor(job.id());
    if (!bay().readOnly()) {
      forgetFailed(job);
      Bases.dropUnknown(optical, job.id()::equals);
    }
    if (whole) {
      left.forEach(each -> end(job, each));
    }
  }

  /** What was asked for is taken out. */
  private void end(Job job, OpticalVolume volume) {
    boolean source = volume.key().equals(options.source());
    try {
      if (source ? options.unloadFrom() : options.unloadTo()) {
        optical.moving().takeOut(volume);
      }
    } catch (StorageException e) {
      job.tell(volume.id() + ": " + e.getMessage());
    }
  }

  private void forgetFailed(Job job) {
    try {
      bay().catalogue().change(connection -> OpticalTable.deleteFailed(connection, job.id()));
    } catch (StorageException e) {
      job.tell(String.valueOf(e.getMessage())); // a row that says nothing any more
    }
  }
}
