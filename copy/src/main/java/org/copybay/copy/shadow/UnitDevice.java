package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.track.Passages;

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
  /** Who closes the gate waits for one piece of a zeroing, not for all of it. */
  private static final long ZERO_BYTES = 64L << 20;

  private final SetBitmaps bitmaps;
  private final Passages gate;
  private final MemberFailures failures;
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
  org.copybay.volumes.RankedLock.Held enterRange(Extent range) {
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

  /** Gives a range space on every full member. NO_SPACE. */
  void reserve(long offset, long length) throws StorageException {
    for (Member member : members.full()) {
      Legs.run(member, failures.timeoutMillis(member), m -> m.bytes().reserve(offset, length));
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
    List<Legs.Failure> failed = legs.run(now.full(), failures.timeoutMillis(now.full()));
    if (!failed.isEmpty()) {
      doubt(now, offset, length, failed.size() == now.full().size());
      return failed;
    }
    for (Member member : now.full()) {
      member.well();
    }
    for (Members.Target target : now.targets()) {
      change(target, offset, length, legs);
    }
    return failed;
  }

  /**
   * After a change of which nobody knows which member has what of it: a target lacks it, and where
   * the change ends with an error, full members may differ for good.
   */
  private void doubt(Members now, long offset, long length, boolean allFailed)
      throws StorageException {
    for (Members.Target target : now.targets()) {
      target.missing().aboutToChange(offset, length);
    }
    if (allFailed && now.full().size() > 1) {
      bitmaps.merge().setWhole(offset, length);
      failures.mergeWanted();
    }
  }

  /** INV-2: a target that cannot be written lacks the bytes; its copy ends. */
  private void change(Members.Target target, long offset, long length, Try legs)
      throws StorageException {
    Member member = target.member();
    if (member.dead() == null) {
      List<Legs.Failure> failed = legs.run(List.of(member), failures.timeoutMillis(member));
      if (failed.isEmpty()) {
        return;
      }
      member.kill(failed.get(0).error().getMessage());
    }
    target.missing().aboutToChange(offset, length);
  }

  // ---- reads

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    Members now = members;
    if (bitmaps.merge().touches(offset, target.remaining())) {
      readMerged(offset, target);
      return;
    }
    Member member = choose(now.full());
    int start = target.position();
    try {
      read(member, offset, target);
    } catch (StorageException e) {
      readElsewhere(now, member, e, offset, target.position(start));
    }
  }

  /** Reads from one member; one on a disk of its own is waited for only so long. */
  private void read(Member member, long offset, ByteBuffer target) throws StorageException {
    member.reads().incrementAndGet();
    try {
      if (member.aside()) {
        ByteBuffer copy = Buffers.take(target.remaining());
        Legs.run(member, failures.timeoutMillis(member), m -> m.bytes().read(offset, copy));
        target.put(copy.flip());
        Buffers.give(copy); // not where it failed: its leg may still write to it
      } else {
        member.bytes().read(offset, target);
      }
    } finally {
      member.reads().decrementAndGet();
    }
  }

  /** A well one, in the bay before one on a disk of its own, of equals the one with least to do. */
  private static Member choose(List<Member> full) throws StorageException {
    Member best = null;
    for (Member member : full) {
      if (best == null || cost(member) < cost(best)) {
        best = member;
      }
    }
    if (best == null) {
      throw new StorageException(Fault.CLOSED, "the virtual unit is dismounted");
    }
    return best;
  }

  private static int cost(Member member) {
    int failing = member.failingSince() == 0 ? 0 : 1_000_000;
    return failing + (member.aside() ? 1 + member.reads().get() : 0);
  }

  /** Serves a read that failed from another member, and has what failed written again. */
  private void readElsewhere(
      Members now, Member bad, StorageException why, long offset, ByteBuffer target)
      throws StorageException {
    int start = target.position();
    for (Member other : now.full()) {
      if (other != bad) {
        try {
          read(other, offset, target.position(start));
          failures.unreadable(bad, new Extent(offset, target.position() - start), why);
          return;
        } catch (StorageException e) {
          failures.noteRead(other, e);
        }
      }
    }
    throw why;
  }

  /**
   * Writes to a member again what it could not give, from another one; nobody changes it meanwhile.
   */
  void repair(Member bad, Extent range) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) range.length());
    try (var held = enterRange(range)) {
      for (Member other : members.full()) {
        if (other != bad) {
          read(other, range.offset(), bytes.clear());
          Legs.run(
              bad,
              failures.timeoutMillis(bad),
              m -> m.bytes().write(range.offset(), bytes.flip().duplicate()));
          read(bad, range.offset(), ByteBuffer.allocateDirect((int) range.length()));
          return;
        }
      }
    }
    throw new StorageException(Fault.STORE_FAILED, "no other member has the bytes");
  }

  // ---- merge

  private void readMerged(long offset, ByteBuffer target) throws StorageException {
    Extent range = new Extent(offset, target.remaining());
    ByteBuffer same = Buffers.take(target.remaining());
    try (var held = enterRange(range)) {
      unite(range, same);
      target.put(same);
    } finally {
      Buffers.give(same);
    }
  }

  /**
   * Makes all full members have the same bytes in a range that the caller has for itself: those of
   * the first that can be read.
   *
   * @param first an empty buffer of its length, which has the bytes then
   */
  void unite(Extent range, ByteBuffer first) throws StorageException {
    List<Member> full = members.full();
    Member master = choose(full);
    readAny(full, master, range.offset(), first);
    first.flip();
    for (Member member : full) {
      if (member != master && !holds(member, range, first)) {
        failures.differed(range);
        Legs.run(
            member,
            failures.timeoutMillis(member),
            m -> m.bytes().write(range.offset(), first.duplicate()));
      }
    }
  }

  private boolean holds(Member member, Extent range, ByteBuffer wanted) {
    ByteBuffer got = Buffers.take(wanted.remaining());
    try {
      read(member, range.offset(), got);
      boolean equal = got.flip().equals(wanted);
      Buffers.give(got);
      return equal;
    } catch (StorageException e) {
      failures.noteRead(member, e);
      return false;
    }
  }

  private void readAny(List<Member> full, Member master, long offset, ByteBuffer target)
      throws StorageException {
    int start = target.position();
    try {
      read(master, offset, target);
    } catch (StorageException e) {
      for (Member member : full) {
        if (member != master) {
          failures.noteRead(master, e);
          read(member, offset, target.position(start));
          return;
        }
      }
      throw e;
    }
  }

  /** {@link org.copybay.volumes.Image#nextData} of a full member. */
  long nextData(long offset) throws StorageException {
    return ask(bytes -> bytes.nextData(offset));
  }

  /** {@link org.copybay.volumes.Image#nextHole} of a full member. */
  long nextHole(long offset) throws StorageException {
    return ask(bytes -> bytes.nextHole(offset));
  }

  /** What is asked about the holes of a member. */
  @FunctionalInterface
  private interface Question {
    long of(MemberBytes bytes) throws StorageException;
  }

  /** Asks one whose home is as long as it must be: what somebody cut off looks like a hole. */
  private long ask(Question question) throws StorageException {
    Members now = members;
    for (int left = now.full().size(); ; left--) {
      Member member = choose(now.full());
      try {
        member.bytes().requireLength();
        return question.of(member.bytes());
      } catch (StorageException e) {
        if (left <= 1) {
          throw e;
        }
        failures.noteRead(member, e); // the next one is another
      }
    }
  }

  /** A full member to show things of, as it is now. */
  Member source() throws StorageException {
    return choose(members.full());
  }

  /**
   * Reads from a full member, or another one when it cannot, into an empty buffer; the caller has
   * the range for itself.
   */
  void copy(long offset, ByteBuffer target) throws StorageException {
    Members now = members;
    readAny(now.full(), choose(now.full()), offset, target);
  }

  /** Whether full members may differ in a range. */
  boolean mayDiffer(Extent range) {
    WriteBitmap merge = bitmaps.merge();
    return merge.touches(range.offset(), range.length());
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

  /** Syncs all members at the same time. */
  List<Legs.Failure> sync(Members now) {
    List<Member> alive = now.all().stream().filter(m -> m.dead() == null).toList();
    return Legs.runAside(alive, failures.timeoutMillis(alive), m -> m.bytes().flush());
  }
}
