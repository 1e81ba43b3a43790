package org.copybay.copy.smartcopy;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.engine.Lane;
import org.copybay.copy.engine.Work;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeCopies;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The smart copies of a bay. Any thread may call. */
public final class SmartCopies {
  /** The verb of their jobs. */
  public static final String VERB = "smart-copy";

  private static final Logger LOG = LoggerFactory.getLogger(SmartCopies.class);

  private static final String RESTORE = "tape-restore";
  private static final String CHECK = "tape-check";
  private static final int PLACES = 8;

  private final Bay bay;
  private final Jobs jobs;
  private final Tapes tapes;
  private final TargetChoice choice;
  private final RestoreChoice restoring;

  /** Those of a bay. */
  public SmartCopies(Bay bay, Jobs jobs, Tapes tapes) {
    this.bay = bay;
    this.jobs = jobs;
    this.tapes = tapes;
    this.choice = new TargetChoice(tapes);
    this.restoring = new RestoreChoice(tapes);
    jobs.register(VERB, new Transfers(), row -> new SmartCopyWork(tapes, row));
    jobs.register(RESTORE, row -> new RestoreWork(tapes, row));
    jobs.register(CHECK, row -> new CheckTapeWork(tapes, row));
  }

  /** What a smart copy of these would read and write, checked, with nothing changed. */
  public record Plan(TapeCartridge source, TapeCartridge target, Protection protection) {}

  /**
   * Checks everything that can be checked. NOT_FOUND, NO_MEDIUM (nothing can be the target),
   * NO_PAIR, FORBIDDEN, BUSY, READ_ONLY, WRONG_MEDIUM, BAD_REQUEST, CORRUPT.
   */
  public Plan plan(SmartCopySpec wanted) throws StorageException {
    bay.requireChangeable();
    TapeCartridge source = tapes.cartridge(wanted.from());
    choice.requireSource(source);
    String pool = wanted.pool();
    if (pool != null && !pool.isEmpty()) {
      tapes.pools().find(pool);
    }
    TapeCartridge target = choice.target(source, wanted);
    Protection protection = wanted.protection();
    return new Plan(
        source, target, protection == null ? source.row().medium().protection() : protection);
  }

  /** Starts a smart copy: from here on the target is blank, until it is whole. */
  public Job start(SmartCopySpec wanted) throws StorageException {
    return start(wanted, plan(wanted));
  }

  /** Starts what was planned, where it is still allowed. */
  Job start(SmartCopySpec wanted, Plan plan) throws StorageException {
    String id = wanted.id() == null ? jobs.newId() : wanted.id();
    JobRecord row = row(wanted, id, plan);
    Job job =
        accept(
            row,
            plan.source(),
            plan.target(),
            () -> choice.requireStill(plan, wanted, id),
            new SmartCopyWork(tapes, row));
    bay.events()
        .tell(
            "tape_copy_accepted",
            plan.source().barcode(),
            Event.fact("target", plan.target().barcode()));
    return job;
  }

  private JobRecord row(SmartCopySpec wanted, String id, Plan plan) {
    return JobRecord.accepted(
        id,
        VERB,
        wanted.line(),
        SmartCopyWork.options(wanted, plan.protection(), TargetChoice.pool(plan.source(), wanted)),
        plan.source().barcode(),
        plan.source().row().id(),
        plan.target().barcode(),
        plan.target().row().id(),
        wanted.uid(),
        wanted.bytesPerSecond(),
        jobs.now());
  }

  // ---- restore and check

  /**
   * What a restore is asked for.
   *
   * @param barcode of the cartridge that was lost or damaged
   * @param from barcode of what it is restored from, or null: the best
   * @param force whether it may lose what was written since it was copied
   * @param id name of the job, or null for a number
   * @param line the command as it was written
   * @param uid who asked
   */
  public record RestoreSpec(
      String barcode,
      @Nullable String from,
      boolean force,
      @Nullable String id,
      String line,
      int uid) {}

  /** Checks a restore; what it would be from. NOT_FOUND, NO_PAIR, FORBIDDEN, BUSY. */
  public TapeCartridge planRestore(RestoreSpec wanted) throws StorageException {
    bay.requireChangeable();
    TapeCartridge lost = tapes.cartridge(wanted.barcode());
    TapeCartridge from = restoring.from(lost, wanted.from());
    restoring.require(lost, from, wanted.force());
    return from;
  }

  /** Starts a restore. */
  public Job startRestore(RestoreSpec wanted) throws StorageException {
    return startRestore(wanted, planRestore(wanted));
  }

  /** Starts what was planned, where it is still allowed. */
  Job startRestore(RestoreSpec wanted, TapeCartridge from) throws StorageException {
    TapeCartridge lost = tapes.cartridge(wanted.barcode());
    String id = wanted.id() == null ? jobs.newId() : wanted.id();
    JobRecord row = row(id, RESTORE, wanted.line(), from, lost, wanted.uid());
    return accept(
        row,
        from,
        lost,
        () -> restoring.require(lost, from, wanted.force()),
        new RestoreWork(tapes, row));
  }

  /** Starts a check of a cartridge: all of it is read. NOT_FOUND, BUSY. */
  public Job startCheck(String barcode, @Nullable String wantedId, String line, int uid)
      throws StorageException {
    TapeCartridge cartridge = tapes.cartridge(barcode);
    String id = wantedId == null ? jobs.newId() : wantedId;
    JobRecord row = row(id, CHECK, line, cartridge, null, uid);
    return accept(row, cartridge, null, () -> {}, new CheckTapeWork(tapes, row));
  }

  // ---- eject

  /**
   * Takes a cartridge out of its library also while a job holds it: that job fails, and what it
   * made of a target is gone when it has ended (HP, "Smart copy": an ejected target interrupts the
   * copy). ALREADY, BUSY: the job is ending, or the cartridge is in a drive.
   */
  public void ejectByForce(TapeCartridge cartridge, String location, Catalogue.Change also)
      throws StorageException {
    String holder = cartridge.holder();
    tapes.changer().requireEject(cartridge, holder);
    Job job = holder == null ? null : jobs.find(holder);
    if (job != null && !job.state().ended()) {
      interrupt(job, cartridge);
    }
    tapes.changer().eject(cartridge, location, holder, also);
  }

  private static void interrupt(Job job, TapeCartridge cartridge) throws StorageException {
    JobOrder order =
        job.interrupt(
            new StorageException(
                Fault.NO_MEDIUM,
                "cartridge " + cartridge.barcode() + " was ejected by command while it was in use",
                "tape insert library=NAME barcode=" + cartridge.barcode()));
    if (order == JobOrder.TOO_LATE) {
      throw new StorageException(
          Fault.BUSY,
          "job " + job.id() + " is ending, and cannot be interrupted any more",
          "cat .control/jobs/" + job.id() + "/wait");
    }
  }

  private JobRecord row(
      String id,
      String verb,
      String line,
      TapeCartridge source,
      @Nullable TapeCartridge target,
      int uid) {
    return JobRecord.accepted(
        id,
        verb,
        line,
        "",
        source.barcode(),
        source.row().id(),
        target == null ? "" : target.barcode(),
        target == null ? null : target.row().id(),
        uid,
        0,
        jobs.now());
  }

  /**
   * Holds both, marks the target, and starts the job; all of it is given back where that fails.
   *
   * @param still refuses what is not allowed any more, now that nobody else changes them
   */
  private Job accept(
      JobRecord row,
      TapeCartridge source,
      @Nullable TapeCartridge target,
      TapeCopies.Condition still,
      Work work)
      throws StorageException {
    jobs.requireFree(row.id());
    tapes.copies().hold(source, row.id());
    try {
      if (target != null) {
        tapes.copies().hold(target, row.id());
        tapes.copies().look(source);
        tapes.copies().look(target);
        tapes.copies().begin(target, row.id(), still, Catalogue.Change.NOTHING);
      }
      return jobs.accept(row, work);
    } catch (StorageException | RuntimeException | Error e) {
      giveBack(row.id(), source, target, e);
      throw e;
    }
  }

  /** Lets both go, whatever else fails; that is told with why the job was not accepted. */
  private void giveBack(
      String job, TapeCartridge source, @Nullable TapeCartridge target, Throwable why) {
    try {
      if (target != null && job.equals(target.holder())) {
        tapes.copies().discard(target, job);
      }
    } catch (StorageException | RuntimeException e) { // the next mount blanks it
      why.addSuppressed(e);
    } finally {
      if (target != null) {
        tapes.copies().letGo(target, job);
      }
      tapes.copies().letGo(source, job);
    }
  }

  /**
   * Blanks the targets that no job goes on with: a crash came between the row of the target and
   * that of the job, or between the end of the job and that of the target. Called once, after the
   * jobs were loaded and before they start.
   */
  public void discardAbandoned() {
    if (bay.readOnly()) {
      return;
    }
    for (TapeCartridge each : tapes.cartridges()) {
      String id = each.row().medium().job();
      Job job = id == null ? null : jobs.find(id);
      if (id != null && (job == null || job.state().ended())) {
        try {
          tapes.copies().discard(each, id);
        } catch (StorageException e) { // the next mount tries again
          LOG.warn("cartridge={}: {}", each.barcode(), e.getMessage());
        }
      }
    }
  }

  private @Nullable TapeLibrary libraryOf(String barcode) {
    TapeCartridge cartridge = tapes.cartridgeOrNull(barcode);
    String library = cartridge == null ? null : cartridge.row().place().library();
    return library == null ? null : tapes.libraryOrNull(library);
  }

  /** As many at once to a library as it has drives. */
  private final class Transfers implements Lane {
    @Override
    public int places() {
      return PLACES;
    }

    @Override
    public boolean ready(JobRecord job) {
      TapeLibrary library = libraryOf(job.target());
      if (library == null) {
        return true;
      }
      long atWork =
          jobs.all().stream()
              .filter(each -> each.row().verb().equals(VERB))
              .filter(each -> each.state() == JobState.RUNNING && !each.id().equals(job.id()))
              .filter(each -> libraryOf(each.row().target()) == library)
              .count();
      return atWork < library.row().transfers();
    }

    @Override
    public int priority(JobRecord job) {
      return 1;
    }
  }
}
