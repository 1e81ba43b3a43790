package org.copybay.copy.shadow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say about one set, as it is at one look: it waits for no disk and no command.
 *
 * @param record what the catalogue remembers
 * @param state what it is doing
 * @param copy the copy that is furthest, if there is one
 * @param merge the merge
 * @param members all that it remembers, in their order
 * @param bitmaps those of its members, then its own
 * @param jobs ids of its jobs that have not ended
 * @param stalledSeconds how long writes are still held back, 0 when they are not
 * @param openers who has its virtual unit open
 * @param differingReads reads that found that members differed, since it was mounted
 * @param trouble why it is not mounted though it should be, or null
 */
public record SetStatus(
    SetRecord record,
    SetState state,
    Recovery copy,
    Recovery merge,
    List<MemberStatus> members,
    List<BitmapStatus> bitmaps,
    List<String> jobs,
    int stalledSeconds,
    List<Opener> openers,
    long differingReads,
    @Nullable String trouble) {

  public SetStatus {
    members = List.copyOf(members);
    bitmaps = List.copyOf(bitmaps);
    jobs = List.copyOf(jobs);
    openers = List.copyOf(openers);
  }

  /** The set of that unit as it is now. */
  public static SetStatus of(ShadowSets sets, VirtualUnit unit) {
    return new Look(sets, unit.set()).status(unit);
  }

  /** The name of its virtual unit. */
  public String name() {
    return record.name();
  }

  /** Of the copy, or else of the merge, that is at work; null where none is. */
  public @Nullable Integer percent() {
    if (copy.active()) {
      return copy.percent();
    }
    if (merge.active()) {
      return merge.percent();
    }
    return null;
  }

  /** Those of that role, in their order. */
  public List<MemberStatus> of(MemberRole role) {
    return members.stream().filter(each -> each.record().role() == role).toList();
  }

  /** Former members that it lost, and whose absence nobody asked for. */
  public List<MemberStatus> lost() {
    return members.stream().filter(each -> each.record().missed()).toList();
  }

  /** What must still be copied to its targets. */
  public long copyLeftBytes() {
    return of(MemberRole.TARGET).stream()
        .mapToLong(each -> each.leftBytes() == null ? 0 : each.leftBytes())
        .sum();
  }

  /** The bitmap of that name, or null. */
  public @Nullable BitmapStatus bitmap(String name) {
    return bitmaps.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
  }

  /** One look at a set. */
  private static final class Look {
    private final ShadowSet set;
    private final SetRecord record;
    private final ShadowSet.@Nullable Mounted mounted;
    private final List<Job> jobs;

    Look(ShadowSets sets, ShadowSet set) {
      this.set = set;
      this.record = set.record();
      this.mounted = set.mountedOrNull();
      this.jobs =
          sets.work().jobs().all().stream()
              .filter(job -> !job.state().ended() && record.id().equals(job.row().sourceId()))
              .toList();
    }

    SetStatus status(VirtualUnit unit) {
      List<MemberStatus> members = record.members().stream().map(this::member).toList();
      Recovery copy = copy(members);
      Recovery merge = merge(copy.required());
      return new SetStatus(
          record,
          state(members, copy, merge),
          copy,
          merge,
          members,
          bitmaps(),
          jobs.stream().map(Job::id).toList(),
          set.stall().secondsLeft(),
          unit.openers(),
          set.differingReads(),
          set.trouble());
    }

    private SetState state(List<MemberStatus> members, Recovery copy, Recovery merge) {
      if (mounted == null) {
        boolean failed = set.trouble() != null && !set.bay().readOnly();
        return failed ? SetState.FAILED : SetState.DISMOUNTED;
      }
      if (members.stream().anyMatch(MemberStatus::failing)) {
        return SetState.MOUNT_VERIFICATION;
      }
      if (copy.required()) {
        return !copy.active()
            ? SetState.COPY_PENDING
            : copy.mini() ? SetState.MINICOPY_ACTIVE : SetState.COPY_ACTIVE;
      }
      if (merge.required()) {
        return !merge.active()
            ? SetState.MERGE_PENDING
            : merge.mini() ? SetState.MINIMERGE_ACTIVE : SetState.MERGE_ACTIVE;
      }
      return SetState.STEADY;
    }

    // ---- members

    private MemberStatus member(MemberRecord known) {
      return new MemberStatus(
          set.nameOf(known.volume()),
          known,
          copyTo(known),
          leftBytes(known),
          failing(known.volume()));
    }

    private @Nullable Long leftBytes(MemberRecord known) {
      if (known.role() == MemberRole.FULL) {
        return 0L;
      }
      WriteBitmap lacks = mounted == null ? null : mounted.bitmaps().copy(known.volume());
      if (lacks != null) {
        return changedBytes(lacks, copier(known.volume()));
      }
      return known.bitmap() ? null : (Long) record.size(); // in a bitmap that is not open now
    }

    private Recovery copyTo(MemberRecord known) {
      if (known.role() != MemberRole.TARGET) {
        return Recovery.NONE;
      }
      return Recovery.of(copier(known.volume()), known.why() == null, mounted == null);
    }

    private @Nullable Job copier(UUID volume) {
      return job(SetCopyWork.VERB, each -> volume.equals(each.row().targetId()));
    }

    private @Nullable Job merger() {
      return job(MergeWork.VERB, each -> true);
    }

    /** What a bitmap says, also of what its job has taken from it and not cleared yet. */
    private static long changedBytes(WriteBitmap bits, @Nullable Job job) {
      boolean atWork =
          job != null && (job.phase().equals("copying") || job.phase().equals("merging"));
      long left =
          job != null && atWork ? job.progress().bytesTotal() - job.progress().bytesDone() : 0;
      return Math.max(bits.changedBytes(), left);
    }

    private boolean failing(UUID volume) {
      if (mounted == null) {
        return false;
      }
      return mounted.device().members().all().stream()
          .anyMatch(each -> each.volume().id().equals(volume) && each.failing());
    }

    private @Nullable Job job(String verb, Predicate<Job> which) {
      return jobs.stream()
          .filter(job -> job.row().verb().equals(verb) && which.test(job))
          .findFirst()
          .orElse(null);
    }

    // ---- recovery

    /** The one that is at work, and of those the one that is furthest. */
    private static Recovery copy(List<MemberStatus> members) {
      Recovery furthest = Recovery.NONE;
      for (MemberStatus each : members) {
        Recovery copy = each.copy();
        boolean further =
            copy.phase().compareTo(furthest.phase()) > 0
                || (copy.phase() == furthest.phase() && copy.percent() > furthest.percent());
        furthest = further ? copy : furthest;
      }
      return furthest;
    }

    /**
     * @param waits whether a copy sets it aside
     */
    private Recovery merge(boolean waits) {
      if (mounted == null || mounted.bitmaps().merge().regionsSet() == 0) {
        return Recovery.NONE;
      }
      Job job = merger();
      boolean begun = job != null && job.phase().equals("merging");
      long bytes =
          job != null && begun
              ? job.progress().bytesTotal()
              : mounted.bitmaps().merge().changedBytes();
      return Recovery.of(job, bytes < record.size(), waits);
    }

    // ---- bitmaps

    private List<BitmapStatus> bitmaps() {
      List<BitmapStatus> all = new ArrayList<>();
      for (MemberRecord known : record.members()) {
        if (known.bitmap()) {
          String name = set.nameOf(known.volume());
          boolean sees = known.role() == MemberRole.FORMER; // of a target the copier clears it
          WriteBitmap bits = mounted == null ? null : mounted.bitmaps().copy(known.volume());
          Job job = copier(known.volume());
          Instant created = sees ? known.since() : null; // it began when the member left
          all.add(
              bitmap(name, BitmapStatus.Type.MINICOPY, bits, job, sees && bits != null, created));
        }
      }
      WriteBitmap merge = mounted == null ? null : mounted.bitmaps().merge();
      all.add(rolling());
      all.add(bitmap(BitmapStatus.MERGE, BitmapStatus.Type.MERGE, merge, merger(), false, null));
      return all;
    }

    /** Two bitmaps that take turns are one to look at. */
    private BitmapStatus rolling() {
      WriteBitmap active = mounted == null ? null : mounted.bitmaps().rolling();
      BitmapStatus one =
          bitmap(
              BitmapStatus.ROLLING,
              BitmapStatus.Type.MINIMERGE,
              active,
              null,
              active != null,
              null);
      if (mounted == null) {
        return one;
      }
      long recent = Math.min(one.regions(), mounted.bitmaps().recentRegions());
      return new BitmapStatus(
          one.name(),
          one.type(),
          one.regions(),
          recent,
          Math.min(recent * one.regionBytes(), record.size()),
          one.mapBytes(),
          one.active(),
          null);
    }

    private BitmapStatus bitmap(
        String name,
        BitmapStatus.Type type,
        @Nullable WriteBitmap bits,
        @Nullable Job job,
        boolean active,
        @Nullable Instant created) {
      return new BitmapStatus(
          name,
          type,
          SetBitmaps.GRAIN.regions(record.size()),
          bits == null ? null : (Long) bits.regionsSet(),
          bits == null ? null : (Long) changedBytes(bits, job),
          bits == null ? null : (Long) bits.mapBytes(),
          active,
          created);
    }
  }
}
