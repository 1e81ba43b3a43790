package org.copybay.copy.shadow;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.copy.shadow.Member.Trouble;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.track.Passages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * INV-1 Of a write the zones are entered and the bits set before any member gets a byte of it (P3).
 * INV-2 A write is answered when all full members and all targets have it, or when a member that
 *       has it not is none any more, which the labels of the others said durably before that. What
 *       a target has not got is set in its bitmap.
 * INV-3 The full members get a write before a target does: no target is newer than every source.
 * INV-4 Writes of the same bytes go to the members one after the other (RangeLocks), so that all
 *       members end with the same one.
 * INV-5 Where `merge` is set, a read returns what all full members have, or have from then on.
 *
 *   a leg fails ── the write waits and tries again ── the member is well ──▶ done
 *                                                 └── too long ── expelled ──▶ done by the others
 */
/** The bytes of a mounted virtual unit. Any thread may call. */
final class UnitDevice implements BlockDevice {
  private static final Logger LOG = LoggerFactory.getLogger(UnitDevice.class);

  /** Who closes the gate waits for one piece of a zeroing, not for all of it. */
  private static final long ZERO_BYTES = 64L << 20;

  private final SetBitmaps bitmaps;
  private final Passages gate;
  private final MemberFailures failures;
  private final MemberReads reads;
  private final RangeLocks ranges = new RangeLocks();

  // volatile: replaced while the gate is closed, read by every request
  private volatile Members members;

  // volatile: set once, looked at by every change
  private volatile boolean closed;

  // atomic: changes of which a try failed, and that have not ended
  private final AtomicInteger retrying = new AtomicInteger();

  UnitDevice(SetBitmaps bitmaps, Passages gate, MemberFailures failures, Members members) {
    this.bitmaps = bitmaps;
    this.gate = gate;
    this.failures = failures;
    this.reads = new MemberReads(failures);
    this.members = members;
  }

  Members members() {
    return members;
  }

  /** Called while no write is under way. */
  void setMembers(Members newMembers) {
    members = newMembers;
  }

  /** Keeps everybody else from a range: for copiers. */
  RankedLock.Held enterRange(Extent range) {
    return ranges.enter(range.offset(), range.length());
  }

  // ---- changes

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    int length = source.remaining();
    change(
        offset,
        length,
        (now, timeout) ->
            Legs.run(now, source, timeout, (member, bytes) -> member.bytes().write(offset, bytes)));
    source.position(source.limit());
    return length;
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    for (long done = 0; done < length; done += ZERO_BYTES) {
      long from = offset + done;
      long piece = Math.min(ZERO_BYTES, length - done);
      change(
          from,
          piece,
          (now, timeout) ->
              Legs.run(
                  now,
                  ByteBuffer.allocate(0),
                  timeout,
                  (member, none) -> member.bytes().zero(from, piece, keepSpace)));
    }
  }

  /** Gives a range space on every full member that works. NO_SPACE. */
  void reserve(long offset, long length) throws StorageException {
    int ticket = gate.enter(); // nobody gets it who has left
    try {
      Members now = members;
      List<Legs.Failure> failed =
          Legs.run(
              now.full(),
              ByteBuffer.allocate(0),
              failures.timeoutMillis(),
              (member, none) -> member.bytes().reserve(offset, length));
      for (Legs.Failure failure : failed) {
        if (failure.error().fault() == Fault.NO_SPACE || failed.size() == now.full().size()) {
          throw MemberFailures.ofRequest(failure.member(), failure.error());
        }
      }
    } finally {
      gate.leave(ticket);
    }
  }

  /** One try of a change on some members. */
  @FunctionalInterface
  private interface Try {
    List<Legs.Failure> run(List<Member> members, long timeoutMillis);
  }

  private void change(long offset, long length, Try legs) throws StorageException {
    MemberFailures.Wait wait = null;
    try {
      while (true) {
        Members tried;
        List<Legs.Failure> failed;
        requireOpen();
        bitmaps.prepare(offset, length);
        int ticket = gate.enter();
        try (var range = ranges.enter(offset, length)) {
          requireOpen();
          tried = members;
          bitmaps.aboutToChange(offset, length);
          failed = tried(tried, offset, length, legs);
          if (failed.isEmpty()) {
            return;
          }
          if (wait == null) {
            wait = failures.new Wait();
            retrying.incrementAndGet(); // inside of the gate: close() sees it
          }
        } finally {
          gate.leave(ticket);
        }
        wait.after(failed, tried);
      }
    } catch (StorageException e) {
      if (wait != null) { // a try reached some members, and no other follows
        markDoubt(offset, length);
      }
      throw e;
    } finally {
      if (wait != null) {
        retrying.decrementAndGet();
      }
    }
  }

  private void requireOpen() throws StorageException {
    if (closed) {
      throw new StorageException(Fault.CLOSED, "the virtual unit is being dismounted");
    }
    String broken = bitmaps.failure();
    if (broken != null) { // a bit may be lost (P3)
      throw new StorageException(
          Fault.STORE_FAILED,
          "the write bitmaps of the virtual unit cannot be written: " + broken,
          "look at the disk of the bay, then copybay umount and mount it again");
    }
  }

  /** Whether a target lacks nothing, and no change is tried again that it could soon lack. */
  boolean isWhole(Members.Target target) {
    return target.missing().regionsSet() == 0
        && target.member().dead() == null
        && retrying.get() == 0;
  }

  /** How many changes of which a try failed have not ended. */
  int retrying() {
    return retrying.get();
  }

  /**
   * Takes no change any more, and waits for those that are under way.
   *
   * @return whether every one of them ended on all members; else they may differ there
   */
  boolean close() {
    closed = true;
    gate.awaitEarlier();
    return retrying.get() == 0;
  }

  private List<Legs.Failure> tried(Members now, long offset, long length, Try legs)
      throws StorageException {
    List<Legs.Failure> failed = legs.run(now.full(), failures.timeoutMillis());
    if (!failed.isEmpty()) {
      for (Members.Target target : now.targets()) {
        target.lacks(offset, length);
      }
      return failed;
    }
    for (Member member : now.full()) {
      member.well(Trouble.WRITE);
    }
    for (Members.Target target : now.targets()) {
      change(target, offset, length, legs);
    }
    return failed;
  }

  /** After a change of which nobody knows which full member has what of it: they may differ. */
  private void markDoubt(long offset, long length) {
    int ticket = gate.enter();
    try {
      bitmaps.merge().setWhole(offset, length);
      bitmaps.aboutToChange(offset, length); // who left after the try has it, or not
      failures.mergeWanted();
    } catch (StorageException e) {
      LOG.error("offset={} length={} is not marked for merge: {}", offset, length, e.getMessage());
    } finally {
      gate.leave(ticket);
    }
  }

  /** INV-2: a target that cannot be written lacks the bytes; its copy ends. */
  private void change(Members.Target target, long offset, long length, Try legs) {
    Member member = target.member();
    if (member.dead() == null) {
      List<Legs.Failure> failed = legs.run(List.of(member), failures.timeoutMillis());
      if (failed.isEmpty()) {
        return;
      }
      member.kill(failed.get(0).error().getMessage());
    }
    target.lacks(offset, length);
  }

  // ---- reads

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    if (bitmaps.merge().touches(offset, target.remaining())) {
      readMerged(offset, target);
    } else {
      reads.read(members, offset, target);
    }
  }

  /** INV-5: it is answered when all full members have it, like a write. */
  private void readMerged(long offset, ByteBuffer target) throws StorageException {
    Extent range = new Extent(offset, target.remaining());
    ByteBuffer same = Buffers.take(target.remaining());
    MemberFailures.Wait wait = null;
    try {
      while (true) {
        United united;
        try (var held = enterRange(range)) {
          united = unite(range, same);
        }
        if (united.failed().isEmpty()) {
          target.put(same);
          if (wait != null) {
            united.members().full().forEach(member -> member.well(Trouble.WRITE));
          }
          return;
        }
        wait = wait == null ? failures.new Wait() : wait;
        wait.after(united.failed(), united.members());
      }
    } finally {
      Buffers.give(same);
    }
  }

  /** Which members were made equal, and which of them were not. */
  record United(Members members, List<Legs.Failure> failed) {}

  /**
   * {@link MemberReads#unite} of those that are members when it ends; the caller has the range for
   * itself. Who leaves meanwhile has the same bytes.
   */
  @CanIgnoreReturnValue
  United unite(Extent range, ByteBuffer first) throws StorageException {
    while (true) {
      Members now = members;
      first.clear().limit((int) range.length()); // it may be larger
      List<Legs.Failure> failed = reads.unite(now, range, first, this::announce);
      if (members.equals(now)) {
        return new United(now, failed);
      }
    }
  }

  private void announce(Extent range) throws StorageException {
    bitmaps.prepare(range.offset(), range.length());
    bitmaps.aboutToChange(range.offset(), range.length());
    for (Members.Target target : members.targets()) {
      target.lacks(range.offset(), range.length());
    }
  }

  /** {@link MemberReads#repair}; nothing happens where it has left: it keeps what it holds. */
  boolean repair(Member bad, Extent range) throws StorageException {
    int ticket = gate.enter();
    try (var held = enterRange(range)) {
      Members now = members;
      return !now.full().contains(bad) || reads.repair(now, bad, range);
    } finally {
      gate.leave(ticket);
    }
  }

  /** {@link org.copybay.volumes.Image#nextData} of a full member. */
  long nextData(long offset) throws StorageException {
    return reads.ask(members, bytes -> bytes.nextData(offset));
  }

  /** {@link org.copybay.volumes.Image#nextHole} of a full member. */
  long nextHole(long offset) throws StorageException {
    return reads.ask(members, bytes -> bytes.nextHole(offset));
  }

  /** A full member to show things of, as it is now. */
  Member source() throws StorageException {
    return MemberReads.choose(members.full());
  }

  /** {@link MemberReads#readAny}; the caller has the range for itself. */
  void copy(long offset, ByteBuffer target) throws StorageException {
    reads.readAny(members, offset, target);
  }

  /** Ranges will be copied soon: the disk begins to read them. */
  void expect(List<Extent> ranges) throws StorageException {
    reads.expect(members, ranges);
  }

  /** Whether full members may differ in a range. */
  boolean mayDiffer(Extent range) {
    return bitmaps.merge().touches(range.offset(), range.length());
  }

  // ---- fence

  /** Makes every write that returned survive power loss; a member that cannot is expelled first. */
  @Override
  public void flush() throws StorageException {
    while (true) {
      Members now = members;
      List<Legs.Failure> failed = sync(now);
      if (failed.isEmpty()) {
        return;
      }
      failures.syncFailed(failed, now);
    }
  }

  /**
   * Syncs all members at the same time. A full one that is given up at this moment counts as failed
   * until it is none any more; a target that is given up has nothing to say.
   */
  List<Legs.Failure> sync(Members now) {
    List<Member> wanted = new ArrayList<>(now.full());
    for (Members.Target target : now.targets()) {
      if (target.member().dead() == null) {
        wanted.add(target.member());
      }
    }
    return Legs.runAside(wanted, failures.timeoutMillis(), UnitDevice::sync);
  }

  private static void sync(Member member) throws StorageException {
    String dead = member.dead();
    if (dead != null) {
      throw new StorageException(Fault.AGAIN, dead);
    }
    member.bytes().flush();
  }
}
