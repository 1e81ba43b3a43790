package org.copybay.copy.smartcopy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.library.LibrarySetup;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.TapeNews;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.schedule.Schedule;
import org.copybay.copy.schedule.ScheduledTask;
import org.copybay.copy.schedule.Scheduler;
import org.copybay.copy.smartcopy.CopyPolicy.Trigger;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The policies of automatic copies, and their queue. Any thread may call. */
public final class Policies {
  private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

  /** What the keys of their scheduled tasks begin with. */
  static final String KIND = "tape-policy";

  private final Bay bay;
  private final Jobs jobs;
  private final Tapes tapes;
  private final Scheduler scheduler;
  private final CopyQueue queue;

  // concurrent: changed by commands, one at a time for each name; read without a lock
  private final Map<String, CopyPolicy> policies = new ConcurrentSkipListMap<>();

  /** Those of a bay; {@link #load} brings back what the catalogue remembers. */
  public Policies(Bay bay, Jobs jobs, Tapes tapes, SmartCopies copies, Scheduler scheduler)
      throws StorageException {
    this.bay = bay;
    this.jobs = jobs;
    this.tapes = tapes;
    this.scheduler = scheduler;
    bay.catalogue().change(PolicyTable::create);
    this.queue = new CopyQueue(bay, jobs, tapes, copies, this);
    scheduler.register(KIND, (task, due) -> scheduled(task));
    tapes.setNews(new Written());
  }

  /** Brings back what the catalogue remembers. */
  public void load() throws StorageException {
    for (CopyPolicy each : bay.catalogue().read(PolicyTable::policies)) {
      policies.put(each.name(), each);
    }
    queue.load();
  }

  /** Lets the queue go on. */
  public void start() {
    queue.start();
  }

  /** What is to be copied. */
  public CopyQueue queue() {
    return queue;
  }

  // ---- facts

  /** All policies, by name. */
  public List<CopyPolicy> all() {
    return new ArrayList<>(policies.values());
  }

  /** The policy of that name, or null. */
  public @Nullable CopyPolicy findOrNull(String name) {
    return policies.get(name);
  }

  /** The policy of that name. NOT_FOUND. */
  public CopyPolicy find(String name) throws StorageException {
    CopyPolicy found = policies.get(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no copy policy " + name, "ls .control/tape/policies");
    }
    return found;
  }

  /** The policies that copy a cartridge. */
  public List<CopyPolicy> of(TapeCartridge cartridge) {
    return all().stream().filter(each -> covers(each, cartridge)).toList();
  }

  private static boolean covers(CopyPolicy policy, TapeCartridge cartridge) {
    return policy.source().equals(cartridge.row().place().library())
        && (policy.pool().isEmpty() || policy.pool().equals(cartridge.row().medium().pool()))
        && cartridge.row().kind() != MediumKind.CLEANING
        && cartridge.row().medium().copy() == null;
  }

  // ---- setting

  /** Checks {@link #set}, changing nothing. NOT_FOUND, BAD_REQUEST. */
  public void requireSet(CopyPolicy wanted) throws StorageException {
    bay.requireChangeable();
    LibrarySetup.requireName(wanted.name());
    requireType(wanted.source(), LibraryType.VIRTUAL);
    TapeLibrary to = requireType(wanted.destination(), LibraryType.DESTINATION);
    requirePool(wanted.pool());
    requirePool(wanted.targetPool());
    if (wanted.slots().last() > to.row().slots()
        || wanted.slots().first() > wanted.slots().last()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "library "
              + to.name()
              + " has slots 1 to "
              + to.row().slots()
              + ", got "
              + wanted.slots().word());
    }
    if (wanted.drives() < 1 || wanted.drives() > to.row().transfers()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "library "
              + to.name()
              + " makes at most "
              + to.row().transfers()
              + " copies at once, got drives="
              + wanted.drives());
    }
  }

  private void requirePool(@Nullable String name) throws StorageException {
    if (name != null && !name.isEmpty()) {
      tapes.pools().find(name);
    }
  }

  /** Checks that no policy names a pool. BUSY. */
  public void requireUnused(String pool) throws StorageException {
    for (CopyPolicy each : all()) {
      if (pool.equals(each.pool()) || pool.equals(each.targetPool())) {
        throw new StorageException(
            Fault.BUSY,
            "copy policy " + each.name() + " names pool " + pool,
            "tape policy name=" + each.name() + " pool=none target-pool=same");
      }
    }
  }

  private TapeLibrary requireType(String name, LibraryType type) throws StorageException {
    TapeLibrary library = tapes.library(name);
    if (library.row().type() != type) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "library "
              + name
              + " is a "
              + library.row().type().word()
              + " library, want a "
              + type.word()
              + " one");
    }
    return library;
  }

  /** Makes a policy, or changes the one of that name, in one transaction. */
  public void set(CopyPolicy wanted, Catalogue.Change also) throws StorageException {
    requireSet(wanted);
    Schedule schedule = wanted.schedule();
    String key = KIND + "/" + wanted.name();
    Catalogue.Change change =
        connection -> {
          PolicyTable.put(connection, wanted);
          also.run(connection);
        };
    if (schedule != null) {
      scheduler.change(key, schedule, wanted.enabled(), change);
    } else if (scheduler.find(key) != null) {
      scheduler.remove(key, change);
    } else {
      bay.catalogue().change(change);
    }
    policies.put(wanted.name(), wanted);
  }

  /** Deletes a policy; what it wants copied is not copied any more. */
  public void delete(CopyPolicy policy, Catalogue.Change also) throws StorageException {
    bay.requireChangeable();
    queue.cancelAll(policy.name());
    String key = KIND + "/" + policy.name();
    Catalogue.Change change =
        connection -> {
          PolicyTable.delete(connection, policy.name());
          also.run(connection);
        };
    if (scheduler.find(key) != null) {
      scheduler.remove(key, change);
    } else {
      bay.catalogue().change(change);
    }
    policies.remove(policy.name());
  }

  // ---- what is to be copied

  /** Asks for copies of all that a policy covers and that has not enough; how many. */
  public int run(CopyPolicy policy) throws StorageException {
    CopyStatus status = status();
    int count = 0;
    for (TapeCartridge each : tapes.cartridges()) {
      if (covers(policy, each)
          && lacksCopies(policy, each, status)
          && queue.add(policy, each) != null) {
        count++;
      }
    }
    return count;
  }

  /** Asks for the next copy of what has not enough still. */
  void again(CopyPolicy policy, String barcode) throws StorageException {
    TapeCartridge cartridge = tapes.cartridgeOrNull(barcode);
    if (cartridge != null
        && covers(policy, cartridge)
        && lacksCopies(policy, cartridge, status())) {
      queue.add(policy, cartridge);
    }
  }

  /** The verb of a job that has not ended, or empty. */
  String verbOf(@Nullable String job) {
    Job found = job == null ? null : jobs.find(job);
    return found == null || found.state().ended() ? "" : found.row().verb();
  }

  private String scheduled(ScheduledTask task) throws StorageException {
    CopyPolicy policy = find(task.key().substring(KIND.length() + 1));
    return run(policy) + " cartridges queued";
  }

  private static boolean lacksCopies(
      CopyPolicy policy, TapeCartridge cartridge, CopyStatus status) {
    return cartridge.contents().objects() > 0
        && status.validCopies(cartridge).size() < policy.copies();
  }

  /** Which cartridges are copies of which, and their states, as it is now. */
  public CopyStatus status() {
    return new CopyStatus(tapes, this);
  }

  /** What drives and changers tell. */
  private final class Written implements TapeNews {
    @Override
    public void sessionEnded(TapeCartridge cartridge) {
      triggered(cartridge, Trigger.SESSION);
    }

    @Override
    public void unloaded(TapeCartridge cartridge) {
      triggered(cartridge, Trigger.UNLOAD);
    }

    private void triggered(TapeCartridge cartridge, Trigger trigger) {
      for (CopyPolicy each : of(cartridge)) {
        try {
          if (each.enabled()
              && each.trigger() == trigger
              && lacksCopies(each, cartridge, status())) {
            queue.add(each, cartridge);
          }
        } catch (StorageException e) {
          LOG.warn("policy={} cartridge={}: {}", each.name(), cartridge.barcode(), e.getMessage());
        }
      }
    }
  }
}
