package org.copybay.copy.shadow;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads of the full members of one set: from one that is well, from another one where that fails,
 * and from all where they may differ. Any thread may call.
 */
final class MemberReads {
  private static final Logger LOG = LoggerFactory.getLogger(MemberReads.class);

  private static final int FAILING_COST = 1_000_000;

  /** After this another member is asked, whatever becomes of the one that does not answer. */
  private static final long PATIENCE_MILLIS = 1_500;

  private final MemberFailures failures;

  MemberReads(MemberFailures failures) {
    this.failures = failures;
  }

  // ---- one member

  /** Reads from one; what that cannot give is read from another one, and written to it again. */
  void read(Members now, long offset, ByteBuffer target) throws StorageException {
    Member member = choose(now.full());
    int start = target.position();
    boolean alone = now.full().size() == 1;
    try {
      read(member, offset, target, alone ? failures.timeoutMillis() : PATIENCE_MILLIS);
    } catch (StorageException e) {
      readElsewhere(now, member, e, offset, target.position(start));
    }
  }

  /** Reads from one member; one on a disk of its own is waited for only so long. */
  private void read(Member member, long offset, ByteBuffer target) throws StorageException {
    read(member, offset, target, failures.timeoutMillis());
  }

  private static void read(Member member, long offset, ByteBuffer target, long millis)
      throws StorageException {
    member.reads().incrementAndGet();
    try {
      if (member.aside()) {
        ByteBuffer copy = Buffers.take(target.remaining());
        Legs.run(member, millis, m -> m.bytes().read(offset, copy));
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
  static Member choose(List<Member> full) throws StorageException {
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
    int failing = member.failing() ? FAILING_COST : 0;
    return failing + (member.aside() ? 1 + member.reads().get() : 0);
  }

  private void readElsewhere(
      Members now, Member bad, StorageException why, long offset, ByteBuffer target)
      throws StorageException {
    int start = target.position();
    if (readOther(now, bad, offset, target) == null) {
      throw MemberFailures.ofRequest(bad, why);
    }
    failures.unreadable(bad, new Extent(offset, target.position() - start), why);
  }

  /** Reads from one of the others, and returns it; null where none of them can be read. */
  private @Nullable Member readOther(Members now, Member bad, long offset, ByteBuffer target) {
    int start = target.position();
    for (Member other : now.full()) {
      if (other != bad) {
        try {
          read(other, offset, target.position(start));
          return other;
        } catch (StorageException e) {
          failures.noteRead(other, e);
        }
      }
    }
    return null;
  }

  /** Lets the one that will be read begin to read ranges; what it cannot is left to the reads. */
  void expect(Members now, List<Extent> ranges) throws StorageException {
    Member member = choose(now.full());
    try {
      Legs.run(member, failures.timeoutMillis(), m -> m.bytes().expect(ranges));
    } catch (StorageException e) {
      failures.noteRead(member, e);
    }
  }

  /**
   * Reads from one, or from another one when that fails, which is not repaired by that.
   *
   * @return the one that it was read from
   */
  @CanIgnoreReturnValue
  Member readAny(Members now, long offset, ByteBuffer target) throws StorageException {
    Member master = choose(now.full());
    int start = target.position();
    try {
      read(master, offset, target);
      return master;
    } catch (StorageException e) {
      failures.noteRead(master, e);
      Member other = readOther(now, master, offset, target.position(start));
      if (other == null) {
        throw MemberFailures.ofRequest(master, e);
      }
      return other;
    }
  }

  /**
   * Writes to a member again what it could not give, from another one, and reads it; the caller has
   * the range for itself.
   *
   * @return false when no other one could be read, which says nothing of that member
   */
  boolean repair(Members now, Member bad, Extent range) throws StorageException {
    Members others = now.without(bad);
    if (others.full().isEmpty()) {
      throw new StorageException(Fault.STORE_FAILED, "no other member has the bytes");
    }
    ByteBuffer bytes = Buffers.take((int) range.length());
    try {
      readAny(others, range.offset(), bytes);
    } catch (StorageException e) {
      LOG.info("member={} is not repaired: {}", bad.name(), e.getMessage());
      return false;
    }
    write(bad, range.offset(), bytes.flip());
    read(bad, range.offset(), bytes);
    Buffers.give(bytes); // not where it failed: a leg may still use it
    return true;
  }

  private void write(Member member, long offset, ByteBuffer bytes) throws StorageException {
    List<Legs.Failure> failed =
        Legs.run(
            List.of(member),
            bytes,
            failures.timeoutMillis(),
            (m, copy) -> m.bytes().write(offset, copy));
    if (!failed.isEmpty()) {
      throw failed.get(0).error();
    }
  }

  // ---- all members

  /**
   * Makes all full members have the same bytes in a range that the caller has for itself: those of
   * the first that can be read. One that cannot be written begins to fail.
   *
   * @param first an empty buffer of its length, which has the bytes then
   * @param announce tells the bitmaps of a change, before it is made: of what a former member holds
   *     nobody knows here
   * @return those that have them not
   */
  List<Legs.Failure> unite(Members now, Extent range, ByteBuffer first, Announce announce)
      throws StorageException {
    Member master = readAny(now, range.offset(), first);
    first.flip();
    List<Legs.Failure> failed = new ArrayList<>(0);
    for (Member member : now.full()) {
      if (member != master && !holds(member, range, first)) {
        failures.differed(range);
        announce.aboutToChange(range);
        try {
          write(member, range.offset(), first);
        } catch (StorageException e) {
          failures.noteRead(member, e);
          failed.add(new Legs.Failure(member, e));
        }
      }
    }
    return failed;
  }

  /** Tells of a change. */
  @FunctionalInterface
  interface Announce {
    void aboutToChange(Extent range) throws StorageException;
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

  // ---- holes

  /** What is asked about the holes of a member. */
  @FunctionalInterface
  interface Question {
    long of(MemberBytes bytes) throws StorageException;
  }

  /** Asks one whose home is as long as it must be: what somebody cut off looks like a hole. */
  long ask(Members now, Question question) throws StorageException {
    for (int left = now.full().size(); ; left--) {
      Member member = choose(now.full());
      try {
        long[] answer = new long[1];
        Legs.run(
            member,
            failures.timeoutMillis(),
            m -> {
              m.bytes().requireLength();
              answer[0] = question.of(m.bytes());
            });
        return answer[0];
      } catch (StorageException e) {
        if (left <= 1) {
          throw MemberFailures.ofRequest(member, e);
        }
        failures.noteRead(member, e); // the next one is another
      }
    }
  }
}
