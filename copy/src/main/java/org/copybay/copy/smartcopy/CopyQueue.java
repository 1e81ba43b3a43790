package org.copybay.copy.smartcopy;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.stream.Collectors;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.smartcopy.CopyRequest.State;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * INV-1 A request changes in the catalogue before others see it changed.
 * INV-2 The job of a request has its number in its id, so that a request whose job was accepted
 *       before a crash finds it again.
 * INV-3 What takes a drive from a smaller priority cancels that copy and puts its request back into
 *       the queue, never among the failed (HP, "Smart copy jobs override lower-priority jobs").
 */
/**
 * What policies want copied, one after the other as drives and windows allow. Any thread may call;
 * a thread of its own looks every second.
 */
public final class CopyQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CopyQueue.class);
  private static final long LOOK_MILLIS = 1000;
  private static final String JOB_PREFIX = "tape-request-";

  // set once
  private final Bay bay;
  private final Jobs jobs;
  private final Tapes tapes;
  private final SmartCopies copies;
  private final Policies policies;
  private final CopyRequests requests;
  private final CopyDrives drives;
  private final RankedLock lock = new RankedLock(LockRank.COPY_QUEUE);
  private final Timer timer = new Timer("copy-queue", true);

  // guarded by lock
  private final Set<Long> told = new HashSet<>();

  CopyQueue(Bay bay, Jobs jobs, Tapes tapes, SmartCopies copies, Policies policies) {
    this.bay = bay;
    this.jobs = jobs;
    this.tapes = tapes;
    this.copies = copies;
    this.policies = policies;
    this.requests = new CopyRequests(bay);
    this.drives = new CopyDrives(jobs, tapes, policies, requests);
  }

  void load() throws StorageException {
    requests.load();
  }

  void start() {
    if (!bay.readOnly()) {
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              look();
            }
          },
          LOOK_MILLIS,
          LOOK_MILLIS);
    }
  }

  @Override
  public void close() {
    timer.cancel();
  }

  // ---- facts

  /** All requests, the oldest first, those that ended lately among them. */
  public List<CopyRequest> all() {
    return requests.all();
  }

  /** The request of that number. NOT_FOUND. */
  public CopyRequest find(long number) throws StorageException {
    return requests.find(number);
  }

  // ---- changing

  /** Asks for a copy by a policy, unless it is asked for already. */
  @Nullable CopyRequest add(CopyPolicy policy, TapeCartridge cartridge) throws StorageException {
    try (var held = lock.enter()) {
      boolean there =
          all().stream()
              .anyMatch(
                  each ->
                      each.policy().equals(policy.name())
                          && each.barcode().equals(cartridge.barcode())
                          && !each.state().ended());
      if (there) {
        return null;
      }
      long number = requests.next();
      Instant now = tapes.now();
      CopyRequest request =
          new CopyRequest(
              number,
              policy.name(),
              cartridge.barcode(),
              State.QUEUED,
              now,
              now.plus(policy.settle()),
              0,
              null,
              policy.settle().isZero() ? "" : "settles",
              null);
      requests.put(request);
      return request;
    }
  }

  /** Puts one aside, or lets it go on. BUSY while it is copied, ALREADY. */
  public void pause(long number, boolean paused) throws StorageException {
    try (var held = lock.enter()) {
      CopyRequest request = find(number);
      if ((request.state() == State.PAUSED) == paused || request.state().ended()) {
        throw new StorageException(
            Fault.ALREADY, "copy request " + number + " is " + request.state().word());
      }
      if (request.state() == State.COPYING) {
        throw new StorageException(
            Fault.BUSY,
            "copy request " + number + " is being copied by job " + request.job(),
            "pause job=" + request.job());
      }
      requests.put(request.in(paused ? State.PAUSED : State.QUEUED, paused ? "by command" : ""));
    }
  }

  /** Ends one; its job is cancelled. ALREADY. */
  public void cancel(long number) throws StorageException {
    try (var held = lock.enter()) {
      CopyRequest request = find(number);
      if (request.state().ended()) {
        throw new StorageException(
            Fault.ALREADY, "copy request " + number + " is " + request.state().word());
      }
      Job job = request.job() == null ? null : jobs.find(request.job());
      JobOrder order =
          request.state() == State.COPYING && job != null ? job.cancel() : JobOrder.ALREADY;
      boolean copied = job != null && job.state() == JobState.DONE;
      if (order != JobOrder.TOO_LATE && !copied) {
        requests.put(request.endedAs(State.CANCELLED, "by command", tapes.now()));
      } // else the copy is there, as the next look finds
    }
  }

  /** Ends those of a policy that is deleted. Needs no lock. */
  void cancelAll(String policy) throws StorageException {
    for (CopyRequest each : all()) {
      if (each.policy().equals(policy) && !each.state().ended()) {
        cancel(each.number());
      }
    }
  }

  // ---- at work

  /** Looks what ended and what can begin. */
  void look() {
    try (var held = lock.enter()) {
      for (CopyRequest each : all()) {
        if (each.state() == State.COPYING) {
          lookAtJob(each);
        }
      }
      List<CopyRequest> waiting =
          all().stream()
              .filter(each -> !each.state().ended())
              .filter(each -> each.state() != State.COPYING && each.state() != State.PAUSED)
              .sorted(
                  Comparator.comparing((CopyRequest each) -> -drives.priority(each))
                      .thenComparing(CopyRequest::created)
                      .thenComparing(CopyRequest::number))
              .toList();
      Set<String> away = waiting.isEmpty() ? Set.of() : away();
      for (CopyRequest each : waiting) {
        tellLate(each);
        begin(each, away);
      }
    } catch (StorageException | RuntimeException e) {
      LOG.warn("copy queue: {}", e.getMessage());
    }
  }

  /** Tells once of what was not copied in the time that its policy gives. */
  private void tellLate(CopyRequest request) {
    CopyPolicy policy = policies.findOrNull(request.policy());
    if (policy != null
        && !policy.alarm().isZero()
        && request.created().plus(policy.alarm()).isBefore(tapes.now())
        && told.add(request.number())) {
      bay.events()
          .tell(
              "tape_not_copied",
              request.barcode(),
              Event.fact("policy", policy.name()),
              Event.fact("since", request.created()));
    }
  }

  private void lookAtJob(CopyRequest request) throws StorageException {
    String id = request.job();
    Job job = id == null ? null : jobs.find(id);
    CopyPolicy policy = policies.findOrNull(request.policy());
    Instant now = tapes.now();
    if (job == null) {
      requests.put(request.endedAs(State.FAILED, "its job is gone", now));
      return;
    }
    if (!job.state().ended()) {
      if (policy != null) {
        endOfWindow(policy, job, now);
      }
      return;
    }
    if (job.state() == JobState.DONE) {
      requests.put(request.endedAs(State.COMPLETE, "", now));
      if (policy != null) {
        policies.again(policy, request.barcode());
      }
      return;
    }
    if (policy == null) {
      requests.put(request.endedAs(State.FAILED, "its policy is gone", now));
      return;
    }
    StorageException error = job.error();
    String why = error == null ? job.state().word() : error.getMessage();
    if (job.state() == JobState.CANCELLED) {
      boolean byQueue = request.reason().startsWith("gives ");
      requests.put(
          byQueue
              ? request.again(now, request.reason(), false)
              : request.endedAs(State.CANCELLED, why, now));
      return;
    }
    failed(request, policy, why, now);
  }

  private void failed(CopyRequest request, CopyPolicy policy, String why, Instant now)
      throws StorageException {
    if (request.attempts() < policy.attempts()) {
      requests.put(request.again(now.plus(policy.pause()), why, true));
      return;
    }
    requests.put(request.endedAs(State.FAILED, why, now));
    bay.events()
        .tell(
            "tape_copy_failed",
            request.barcode(),
            Event.fact("policy", policy.name()),
            Event.fact("reason", why));
  }

  /** At the end of the window: goes on, or is cancelled where less than some part is done. */
  private void endOfWindow(CopyPolicy policy, Job job, Instant now) throws StorageException {
    if (!policy.isOpen(now) && WindowEnd.gives(policy, job, tapes)) {
      drives.giveUp(job, "gives way: the window of policy " + policy.name() + " ended");
    }
  }

  /** The libraries whose disk is away, each asked once: there may be many requests. */
  private Set<String> away() {
    return tapes.libraries().stream()
        .filter(each -> !each.connected())
        .map(TapeLibrary::name)
        .collect(Collectors.toSet());
  }

  private void begin(CopyRequest request, Set<String> away) throws StorageException {
    Instant now = tapes.now();
    CopyPolicy policy = policies.findOrNull(request.policy());
    TapeCartridge cartridge = tapes.cartridgeOrNull(request.barcode());
    if (policy == null || cartridge == null) {
      requests.put(request.endedAs(State.FAILED, "its policy or cartridge is gone", now));
      return;
    }
    if (!policy.enabled() || request.notBefore().isAfter(now)) {
      return;
    }
    if (!policy.isOpen(now)) {
      wait(request, State.WAITING_WINDOW, "window " + policy.windowWord());
      return;
    }
    if (jobOf(request) == null
        && (cartridge.row().place().isInDrive() || cartridge.holder() != null)) {
      wait(request, State.QUEUED, "cartridge " + cartridge.barcode() + " is in use");
      return;
    }
    if (away.contains(policy.destination())) {
      wait(request, State.QUEUED, "the disk of library " + policy.destination() + " is away");
      return;
    }
    if (!drives.isFree(policy)) {
      wait(request, State.WAITING_DRIVE, "drives of library " + policy.destination());
      return;
    }
    try {
      Job before = jobOf(request);
      Job job = before == null ? copies.start(spec(request, policy, now)) : before;
      requests.put(request.copying(job.id()));
    } catch (StorageException e) {
      if (e.fault() == Fault.BUSY || e.fault() == Fault.AGAIN) {
        wait(request, State.QUEUED, e.getMessage());
      } else {
        failed(request.copying(""), policy, e.getMessage(), now);
      }
    }
  }

  /** The job of this try that a crash left unrecorded, or null (INV-2). */
  private @Nullable Job jobOf(CopyRequest request) {
    return jobs.all().stream()
        .filter(each -> each.id().startsWith(prefix(request)))
        .filter(each -> !each.state().ended() || each.state() == JobState.DONE)
        .findFirst()
        .orElse(null);
  }

  private static String prefix(CopyRequest request) {
    return JOB_PREFIX + request.number() + "-" + (request.attempts() + 1) + "-";
  }

  private void wait(CopyRequest request, State state, String why) throws StorageException {
    if (request.state() != state || !request.reason().equals(why)) {
      requests.put(request.in(state, why));
    }
  }

  private static SmartCopySpec spec(CopyRequest request, CopyPolicy policy, Instant now) {
    String id = prefix(request) + now.toEpochMilli();
    return new SmartCopySpec(
        request.barcode(),
        null,
        policy.destination(),
        policy.slots(),
        policy.targetPool(),
        false,
        policy.protection(now),
        policy.verify(),
        policy.eject(),
        0,
        id,
        "tape copy from=" + request.barcode() + " library=" + policy.destination(),
        0);
  }
}
