package org.copybay.volumes.bay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 A volume in the making has at most one opener.
 * INV-2 While a hold lies on it, nobody has the volume open for writing.
 * INV-3 While something is settled that needs the volume closed, nobody opens it: who wants to
 *       waits, as behind the last close of a volume in the making.
 *
 * Holds are laid and changes of the row are made under the lock of the bay, so that neither can
 * slip in after the other has looked.
 */
/** Who has one volume open, and the job or shadow set that keeps it from being changed. */
final class Openers {
  /** How long a request that meets a volume in the making waits for its last close. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Volume volume;
  private final RankedLock lock = new RankedLock(LockRank.VOLUME);
  private final Condition changed = lock.condition();

  // guarded by lock
  private int settling; // threads that settle something, or are on their way to it

  // volatile: replaced under lock, shown without it: a cut that hangs keeps nobody from looking
  private volatile List<OpenFile> open = List.of();
  private volatile @Nullable Hold hold;
  private volatile @Nullable Relation relation;

  Openers(Volume volume) {
    this.volume = volume;
  }

  // ---- opening and closing

  List<Opener> all() {
    return open.stream().map(OpenFile::opener).toList();
  }

  boolean any() {
    try (var held = lock.enter()) {
      return !open.isEmpty();
    }
  }

  /** {@link Volume#open}. */
  OpenFile open(Opener opener, boolean truncating) throws StorageException {
    OpenFile opened = enter(opener, truncating);
    opened.begin();
    return opened;
  }

  private OpenFile enter(Opener opener, boolean truncating) throws StorageException {
    try (var held = lock.enter()) {
      awaitMadeLocked("open");
      volume.requireOpenable(opener.writing() || truncating);
      if (opener.writing() || truncating) {
        requireNoHold("open for writing");
      } else {
        requireWhole("read it before it is whole");
      }
      if (truncating && volume.state() == VolumeState.MAKING) {
        volume.requireWritable();
        volume.bytes().setMakingSize(0);
        return add(opener, false);
      }
      return add(opener, truncating);
    }
  }

  /** Opens it as its maker, which does not wait. */
  OpenFile openMaking(Opener opener) {
    try (var held = lock.enter()) {
      return add(opener, false);
    }
  }

  private OpenFile add(Opener opener, boolean truncating) {
    OpenFile added = new OpenFile(volume.file(), opener, truncating);
    List<OpenFile> more = new ArrayList<>(open);
    more.add(added);
    open = List.copyOf(more);
    return added;
  }

  /**
   * Takes one out.
   *
   * @return whether it was the last one and has a consequence: opens wait until {@link #settled}
   */
  boolean remove(OpenFile closed) {
    try (var held = lock.enter()) {
      List<OpenFile> fewer = new ArrayList<>(open);
      boolean removed = fewer.remove(closed);
      open = List.copyOf(fewer);
      boolean last = removed && fewer.isEmpty() && volume.state() != VolumeState.READY;
      if (last) {
        settling++;
      }
      return last;
    }
  }

  // ---- settling

  /** Keeps everybody from opening it until {@link #settled}; false when somebody has it open. */
  boolean settle() {
    try (var held = lock.enter()) {
      if (open.isEmpty()) {
        settling++;
        return true;
      }
      return false;
    }
  }

  /** Lets those go on who wait to open it. */
  void settled() {
    try (var held = lock.enter()) {
      settling--;
      changed.signalAll();
    }
  }

  /** Waits until nothing is being settled, and keeps it so while the result is held. BUSY. */
  RankedLock.Held enterSettled(String what) throws StorageException {
    RankedLock.Held held = lock.enter();
    boolean entered = false;
    try {
      awaitLocked(what, false);
      entered = true;
      return held;
    } finally {
      if (!entered) {
        held.close();
      }
    }
  }

  /** Waits until no process is making it any more. BUSY with the maker's pid after 2 s. */
  void awaitMade(String what) throws StorageException {
    try (var held = lock.enter()) {
      awaitMadeLocked(what);
    }
  }

  private void awaitMadeLocked(String what) throws StorageException {
    awaitLocked(what, true);
  }

  private void awaitLocked(String what, boolean made) throws StorageException {
    long left = WAIT_NANOS;
    while (settling > 0 || (made && beingMadeLocked())) {
      if (left <= 0) {
        throw beingMade(what);
      }
      left = RankedLock.awaitRunning(changed, left);
    }
  }

  private boolean beingMadeLocked() {
    return volume.state() == VolumeState.MAKING && !open.isEmpty();
  }

  private StorageException beingMade(String what) {
    return new StorageException(
        Fault.BUSY,
        "volume "
            + volume.name()
            + " is being made by "
            + (open.isEmpty() ? "a handle on its way" : open.get(0).opener().describe())
            + ": cannot "
            + what,
        "close it there, or try again");
  }

  // ---- the hold

  @Nullable Hold hold() {
    return hold;
  }

  /** Lays the hold; called under the lock of the bay. BUSY, NOT_FOUND. */
  void hold(Hold newHold) throws StorageException {
    try (var held = lock.enter()) {
      requireHoldableLocked(newHold.reason());
      hold = newHold;
    }
  }

  /** {@link Volume#requireHoldable}. */
  void requireHoldable(String reason) throws StorageException {
    try (var held = lock.enter()) {
      requireHoldableLocked(reason);
    }
  }

  private void requireHoldableLocked(String reason) throws StorageException {
    volume.requirePresent();
    if (beingMadeLocked()) {
      throw beingMade("use it");
    }
    volume.requireFinished();
    requireNoJob("use it again");
    requireNotWritten("use it");
    requireNoWriterLocked("nobody may write while it is " + reason);
  }

  /** Ends the hold of that job; nothing happens if the hold is another's. */
  void release(String job) {
    try (var held = lock.enter()) {
      Hold now = hold;
      if (now != null && now.job().equals(job)) {
        hold = null;
      }
    }
  }

  /** BUSY when a job holds it, or a shadow set has a relation to it. */
  void requireNoHold(String what) throws StorageException {
    requireNoJob(what);
    Relation now = relation;
    if (now != null) {
      throw related(now, what);
    }
  }

  /** BUSY when a job holds it. */
  void requireNoJob(String what) throws StorageException {
    Hold why = hold;
    if (why != null) {
      throw new StorageException(
          Fault.BUSY,
          "volume "
              + volume.name()
              + " is "
              + why.reason()
              + " by job "
              + why.job()
              + ": cannot "
              + what,
          "cat .control/jobs/" + why.job() + "/wait");
    }
  }

  // ---- the relation

  @Nullable Relation relation() {
    return relation;
  }

  /** BUSY when a job holds it, or a shadow set writes to it. */
  void requireFreezable(String what) throws StorageException {
    requireNoJob(what);
    requireNotWritten(what);
    requireWhole(what);
  }

  private void requireNotWritten(String what) throws StorageException {
    Relation now = relation;
    if (now != null && now.written()) {
      throw related(now, what);
    }
  }

  private void requireWhole(String what) throws StorageException {
    Relation now = relation;
    if (now != null && !now.whole()) {
      throw related(now, what);
    }
  }

  private StorageException related(Relation now, String what) {
    return new StorageException(
        Fault.BUSY,
        "volume " + volume.name() + " is " + now.describe() + ": cannot " + what,
        now.remedy(volume.name()));
  }

  /**
   * Makes it part of a set that writes to it, or lets the part it has be another; called under the
   * lock of the bay. BUSY when somebody has it open or a job holds it.
   */
  void relate(Relation wanted) throws StorageException {
    try (var held = lock.enter()) {
      Relation now = relation;
      if (wanted.written() && (now == null || !now.written())) {
        requireRelatable(wanted);
      }
      relation = wanted;
    }
  }

  /** BUSY when somebody has it open or a job holds it. */
  void requireRelatable(Relation wanted) throws StorageException {
    try (var held = lock.enter()) {
      volume.requirePresent();
      requireNoJob("be " + wanted.describe());
      if (!open.isEmpty()) {
        throw volume.openBy("be " + wanted.describe());
      }
    }
  }

  /** Ends its relation. */
  void unrelate() {
    try (var held = lock.enter()) {
      relation = null;
    }
  }

  // ---- writers

  /** {@link Volume#requireNoWriter}. */
  void requireNoWriter(String consequence) throws StorageException {
    try (var held = lock.enter()) {
      requireNoWriterLocked(consequence);
    }
  }

  private void requireNoWriterLocked(String consequence) throws StorageException {
    for (OpenFile each : open) {
      if (each.opener().writing()) {
        throw new StorageException(
            Fault.BUSY,
            "volume "
                + volume.name()
                + " is open for writing by "
                + each.opener().describe()
                + ": "
                + consequence,
            "close it there, and try again");
      }
    }
  }
}
