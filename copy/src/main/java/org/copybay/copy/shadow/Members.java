package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who gets the writes of a virtual unit: replaced as a whole while no write is under way.
 *
 * @param full those that hold what the unit holds, in their order
 * @param targets those that are being copied to
 */
record Members(List<Member> full, List<Target> targets) {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  /**
   * One that is being copied to.
   *
   * @param missing what it lacks
   */
  record Target(Member member, WriteBitmap missing) {
    /**
     * It did not get a change. Where its bitmap cannot say so it is given up: no rotation forgets
     * what it lacks, and what its bitmap does not take when its copy ends makes a full copy.
     */
    void lacks(long offset, long length) {
      try {
        missing.aboutToChange(offset, length);
      } catch (StorageException e) {
        member.kill("its write bitmap cannot be written: " + e.getMessage());
        LOG.error("target={} {}", member.name(), e.getMessage());
      }
    }
  }

  Members {
    full = List.copyOf(full);
    targets = List.copyOf(targets);
  }

  static Members none() {
    return new Members(List.of(), List.of());
  }

  /** All of them. */
  List<Member> all() {
    List<Member> all = new ArrayList<>(full);
    targets.forEach(target -> all.add(target.member()));
    return all;
  }

  Members without(Member member) {
    return new Members(
        full.stream().filter(m -> m != member).toList(),
        targets.stream().filter(t -> t.member() != member).toList());
  }

  Members withTarget(Target target) {
    List<Target> more = new ArrayList<>(targets);
    more.add(target);
    return new Members(full, more);
  }

  /** With a target that lacks nothing any more as the last full one. */
  Members withFull(Target whole) {
    List<Member> more = new ArrayList<>(full);
    more.add(whole.member());
    return new Members(more, targets.stream().filter(t -> t.member() != whole.member()).toList());
  }
}
