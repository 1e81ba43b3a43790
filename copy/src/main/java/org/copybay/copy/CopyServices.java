package org.copybay.copy;

import org.copybay.copy.duplicate.Duplicates;
import org.copybay.copy.engine.Checks;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.schedule.Scheduler;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.smartcopy.Policies;
import org.copybay.copy.smartcopy.SmartCopies;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;

/**
 * The copy services of one bay.
 *
 * @param jobs what copies
 * @param duplicates copies of a volume
 * @param checks reads of a volume
 * @param sets shadow sets
 * @param opc QuickOPC sessions
 * @param safeguarded safeguarded sessions
 * @param optical optical storage
 * @param tapes tape libraries and cartridges
 * @param smartCopies copies of cartridges
 * @param policies what is copied by itself
 * @param scheduler what runs at times
 */
public record CopyServices(
    Jobs jobs,
    Duplicates duplicates,
    Checks checks,
    ShadowSets sets,
    QuickOpc opc,
    Safeguarded safeguarded,
    Optical optical,
    Tapes tapes,
    SmartCopies smartCopies,
    Policies policies,
    Scheduler scheduler) {

  /** Brings back what the catalogue remembers; nothing goes on before {@link #start}. */
  public static CopyServices open(Bay bay) throws StorageException {
    Jobs jobs = new Jobs(bay);
    Duplicates duplicates = new Duplicates(bay, jobs);
    Checks checks = new Checks(bay, jobs);
    ShadowSets sets = new ShadowSets(bay, jobs);
    QuickOpc opc = new QuickOpc(bay, jobs);
    Scheduler scheduler = new Scheduler(bay, bay.vault().asClock());
    Safeguarded safeguarded = new Safeguarded(bay, jobs, scheduler);
    Optical optical = new Optical(bay, jobs);
    Tapes tapes = new Tapes(bay);
    SmartCopies smartCopies = new SmartCopies(bay, jobs, tapes);
    Policies policies = new Policies(bay, jobs, tapes, smartCopies, scheduler);
    sets.load(); // first: a job of a set goes on only with its set
    opc.load(); // and a job of a session only with its session
    safeguarded.load();
    optical.load();
    tapes.load();
    policies.load();
    scheduler.load();
    jobs.load();
    return new CopyServices(
        jobs,
        duplicates,
        checks,
        sets,
        opc,
        safeguarded,
        optical,
        tapes,
        smartCopies,
        policies,
        scheduler);
  }

  /** Lets everything go on. */
  public void start() {
    duplicates.discardAbandoned();
    sets.startMissing();
    opc.startMissing();
    safeguarded.start();
    smartCopies.discardAbandoned();
    jobs.start();
    scheduler.start();
    policies.start();
  }
}
