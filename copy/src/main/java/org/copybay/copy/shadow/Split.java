package org.copybay.copy.shadow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.track.Passages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P3, P7):
 *
 *   bitmaps made, all clear            files that nobody knows, which the next ones replace
 *   members synced, gates open         the same: little is left to sync later
 *   labels of those that stay          who leaves is behind: a member again by what was written
 *                                      lately (Membership)
 *   all gates closed: bitmaps see      the same
 *   changes, the leaving get none
 *   gates open; what members may       the same
 *   differ in is in the bitmaps
 *   the leaving synced                 the same
 *   their labels                       the same
 *   rows, in one transaction           all of them are former members, with bitmaps
 *
 * Nothing is waited for with a gate closed but the writes that are under way.
 */
/**
 * Takes members out of mounted sets, all at the same instant: each keeps what its set held then.
 */
public final class Split {
  private static final Logger LOG = LoggerFactory.getLogger(Split.class);

  /** What leaves one set. */
  private static final class Part {
    final ShadowSet set;
    final List<Member> leaving = new ArrayList<>();
    final Map<Member, WriteBitmap> bitmaps = new LinkedHashMap<>();
    final Map<Member, String> failed = new LinkedHashMap<>();
    boolean inDoubt; // whether its members may have differed at the switch
    Lineage before;
    Lineage next;

    Part(ShadowSet set) {
      this.set = set;
      this.before = set.record().lineage();
      this.next = before;
    }

    ShadowSet.Mounted mounted() throws StorageException {
      return set.mounted();
    }
  }

  private final Map<ShadowSet, List<Volume>> wanted;
  private final List<Part> parts = new ArrayList<>();
  private final Policy policy;

  /**
   * @param wanted what leaves which set
   */
  Split(Map<ShadowSet, List<Volume>> wanted, Policy policy) {
    this.policy = policy;
    wanted.keySet().stream()
        .sorted(Comparator.comparingLong(set -> set.record().inode()))
        .forEach(set -> parts.add(new Part(set)));
    this.wanted = wanted;
  }

  /**
   * Does it. BUSY while a set is being merged and a bitmap is wanted; FORBIDDEN for the only full
   * member; NO_SPACE where a bitmap is wanted that cannot be made: then nothing changed.
   *
   * @return a sentence for each
   */
  List<String> run(Catalogue.Change also) throws StorageException {
    Deque<RankedLock.Held> held = new ArrayDeque<>();
    try {
      for (Part part : parts) {
        held.push(part.set.enter());
      }
      for (Part part : parts) {
        find(part);
      }
      prepare();
      switchAll();
      for (Part part : parts) {
        includeDoubts(part);
        endLeaving(part);
      }
      return record(also);
    } finally {
      held.forEach(RankedLock.Held::close);
    }
  }

  /** What can fail; then nobody leaves. */
  private void prepare() throws StorageException {
    boolean prepared = false;
    try {
      makeBitmaps();
      for (Part part : parts) {
        syncLeaving(part);
      }
      for (Part part : parts) {
        writeStaying(part);
      }
      prepared = true;
    } finally {
      if (!prepared) {
        for (Part part : parts) {
          ShadowSet.Mounted now = part.mounted();
          part.bitmaps.values().forEach(b -> part.set.membership().deleteBitmap(now, b));
        }
      }
    }
  }

  private static void syncLeaving(Part part) throws StorageException {
    List<Legs.Failure> failed =
        Legs.runAside(
            part.leaving, part.set.failures().timeoutMillis(), member -> member.bytes().flush());
    if (!failed.isEmpty()) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "member " + failed.get(0).member().name() + ": " + failed.get(0).error().getMessage(),
          "dismount members=" + failed.get(0).member().name() + " force=yes");
    }
  }

  // ---- checks

  private void find(Part part) throws StorageException {
    Members members = part.mounted().device().members();
    for (Volume volume : wanted.getOrDefault(part.set, List.of())) {
      Member member =
          members.full().stream()
              .filter(each -> each.volume() == volume)
              .findFirst()
              .orElseThrow(() -> noMember(part.set, volume));
      part.leaving.add(member);
    }
    requireStays(part.set, members, part.leaving.size());
    if (policy == Policy.MINICOPY && isMerging(part)) {
      throw new StorageException(
          Fault.BUSY,
          "%DISM-F-MERGEPENDING, set "
              + part.set.name()
              + " is marked for merge: no write bitmap is made before its members are equal",
          "cat .control/shadow/"
              + part.set.name()
              + "/status, and try again; policy=minicopy=optional removes it without one");
    }
  }

  private static boolean isMerging(Part part) throws StorageException {
    return part.mounted().bitmaps().merge().regionsSet() > 0;
  }

  private static StorageException noMember(ShadowSet set, Volume volume) {
    return new StorageException(
        Fault.NOT_FOUND,
        "volume " + volume.name() + " is no full member of " + set.name(),
        "ls .control/shadow/" + set.name() + "/members");
  }

  private static void requireStays(ShadowSet set, Members members, int leaving)
      throws StorageException {
    if (leaving >= members.full().size()) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "%DISM-F-SRCMEM, only source member of shadow set cannot be dismounted: "
              + set.name()
              + " has "
              + members.full().size()
              + " full members, and "
              + leaving
              + " would leave",
          "dismount set=" + set.name() + " takes all of it");
    }
  }

  // ---- bitmaps

  private void makeBitmaps() throws StorageException {
    for (Part part : policy.minicopy() ? parts : List.<Part>of()) {
      if (policy == Policy.MINICOPY || !isMerging(part)) { // else it goes without one
        for (Member member : part.leaving) {
          makeBitmap(part, member);
        }
      }
    }
  }

  private void makeBitmap(Part part, Member member) throws StorageException {
    try {
      int others = part.bitmaps.size();
      part.bitmaps.put(
          member, part.set.membership().newBitmap(part.mounted(), member.volume(), others));
    } catch (StorageException e) {
      if (policy == Policy.MINICOPY) {
        throw new StorageException(
            e.fault(),
            "%DISM-F-NOBITMAP, no write bitmap can be made, so "
                + member.name()
                + " stays a member: "
                + e.getMessage(),
            "policy=minicopy=optional goes on without one",
            e);
      }
      LOG.warn("set={} no bitmap for {}: {}", part.set.name(), member.name(), e.getMessage());
    }
  }

  // ---- the switch

  private static void writeStaying(Part part) throws StorageException {
    SetRecord record = part.set.record();
    part.before = record.lineage();
    part.next = part.set.next(record.lineage());
    for (Member member : part.mounted().device().members().full()) {
      if (!part.leaving.contains(member)) {
        part.set.labels().write(record, part.next, member.volume(), MemberRole.FULL, false);
      }
    }
    part.set.show(record.withLineage(part.next));
  }

  private void switchAll() throws StorageException {
    Deque<Passages.Closed> closed = new ArrayDeque<>();
    try {
      for (Part part : parts) {
        closed.push(part.set.gate().close());
      }
      for (Part part : parts) {
        ShadowSet.Mounted now = part.mounted();
        part.bitmaps.values().forEach(now.bitmaps()::watch);
        part.inDoubt = isMerging(part);
        Members left = now.device().members();
        for (Member member : part.leaving) {
          left = left.without(member);
        }
        now.device().setMembers(left);
      }
    } finally {
      closed.forEach(Passages.Closed::close);
    }
  }

  /** What a write that failed since the first look may have left on some members only. */
  private static void includeDoubts(Part part) throws StorageException {
    if (part.inDoubt) {
      ShadowSet.Mounted now = part.mounted();
      part.bitmaps.values().removeIf(b -> part.set.membership().includeRecent(now, b) == null);
    }
  }

  /** Makes what the leaving hold survive power loss, and says in their labels that it is all. */
  private static void endLeaving(Part part) {
    SetRecord record = part.set.record();
    for (Member member : part.leaving) {
      try {
        Legs.run(member, part.set.failures().timeoutMillis(), each -> each.bytes().flush());
        part.set.labels().write(record, part.before, member.volume(), MemberRole.FORMER, true);
      } catch (StorageException e) {
        LOG.error("set={} member={}: {}", part.set.name(), member.name(), e.getMessage());
        part.failed.put(member, e.getMessage());
      }
    }
  }

  // ---- the record

  private List<String> record(Catalogue.Change also) throws StorageException {
    List<SetRecord> records = new ArrayList<>();
    for (Part part : parts) {
      records.add(after(part));
    }
    try {
      Catalogue catalogue = parts.get(0).set.bay().catalogue();
      catalogue.change(
          connection -> {
            for (SetRecord record : records) {
              SetTable.put(connection, record);
            }
            also.run(connection);
          });
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).set.show(records.get(i));
      }
    } catch (StorageException e) {
      LOG.error("split not recorded: {}", e.getMessage());
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).set.putKnown(records.get(i)); // the labels say it
      }
    }
    List<String> said = new ArrayList<>();
    for (Part part : parts) {
      tell(part, said);
    }
    return said;
  }

  private SetRecord after(Part part) throws StorageException {
    SetRecord record = part.set.record().withLineage(part.next);
    for (Member member : part.leaving) {
      WriteBitmap copy = part.bitmaps.get(member);
      String failed = part.failed.get(member);
      if (failed != null && copy != null) { // what it holds is not known
        part.set.membership().deleteBitmap(part.mounted(), copy);
        part.bitmaps.remove(member);
        copy = null;
      }
      String why = failed == null ? "removed by command" : "removed, and failed: " + failed;
      record =
          record.with(
              part.set
                  .membership()
                  .former(part.set.record(), member.volume(), copy != null, why)
                  .withBitmap(copy != null, part.before.generation())
                  .withLost(failed != null));
    }
    return record;
  }

  private void tell(Part part, List<String> said) {
    for (Member member : part.leaving) {
      part.set.membership().relate(member.volume(), Relation.Role.FORMER);
      part.set.addGone(member);
      boolean bitmap = part.bitmaps.containsKey(member);
      String failed = part.failed.get(member);
      said.add(
          "%DISM-I-REMOVED, _"
              + member.name()
              + ": removed from "
              + part.set.name()
              + (bitmap ? ", with a write bitmap" : ", without a write bitmap")
              + (failed == null ? "" : "; it failed: " + failed));
      part.set.tell(
          "shadow_member_removed",
          Event.fact("member", member.name()),
          Event.fact("bitmap", bitmap));
    }
  }

  /** What a member is removed with. */
  public enum Policy {
    /** No bitmap. */
    NONE,
    /** A bitmap, or it stays a member. */
    MINICOPY,
    /** A bitmap if one can be made. */
    OPTIONAL;

    /** Whether a bitmap is wanted. */
    boolean minicopy() {
      return this != NONE;
    }

    /** Of the word of a command: minicopy, minicopy=optional; else none. */
    public static Policy of(@Nullable String word) {
      return word == null || word.equals("nominicopy")
          ? NONE
          : word.equals("minicopy") ? MINICOPY : OPTIONAL;
    }
  }
}
