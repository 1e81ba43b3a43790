package org.copybay.copy.shadow;

import org.copybay.copy.engine.Job;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be done with one set as a whole. Any thread may call, with no lock. */
public final class SetCommands {
  private static final Logger LOG = LoggerFactory.getLogger(SetCommands.class);

  private final ShadowSets sets;
  private final VirtualUnit unit;
  private final ShadowSet set;

  SetCommands(ShadowSets sets, VirtualUnit unit) {
    this.sets = sets;
    this.unit = unit;
    this.set = unit.set();
  }

  // ---- dismount

  /**
   * Takes the virtual unit away; the members wait for the next mount. BUSY when it is open, and
   * when the home of no full member is in its place: what is written then would be gone; ALREADY
   * when it is not mounted; with a policy FORBIDDEN or BUSY where no minicopy could follow.
   */
  public void dismount(Split.Policy policy, Catalogue.Change also) throws StorageException {
    requireMounted();
    DismountChecks.requireKept(set);
    takeAway(policy, also);
  }

  private void takeAway(Split.Policy policy, Catalogue.Change also) throws StorageException {
    unit.close("dismount it");
    try {
      DismountChecks.requireCapable(set, policy);
      sets.work().endAll(set);
      flush();
      try (var held = set.enter()) {
        stop(false);
        set.put(set.record().withMounted(false), also);
      }
    } finally {
      unit.reopened();
    }
    set.tell("shadow_dismounted");
  }

  /** Expels whom the end would fail for; of the last member a merge of its own is left to do. */
  private void flush() throws StorageException {
    try {
      set.device().flush();
    } catch (StorageException e) {
      LOG.error(
          "set={} is dismounted though its last member fails: {}", set.name(), e.getMessage());
    }
  }

  private void requireMounted() throws StorageException {
    if (!set.isMounted()) {
      throw new StorageException(
          Fault.ALREADY, "shadow set " + set.name() + " is not mounted", "mount set=" + set.name());
    }
  }

  /**
   * Ends the device. Where all could be synced the labels say so; else the next mount merges. Under
   * the lock.
   *
   * @param again whether the next mount of the bay mounts it again
   */
  void stop(boolean again) {
    ShadowSet.Mounted now = set.mountedOrNull();
    if (now == null) {
      return;
    }
    boolean clean = now.device().close();
    try {
      clean = clean && now.bitmaps().stop(!set.recorded());
    } catch (StorageException e) {
      LOG.error("set={} does not end cleanly: {}", set.name(), e.getMessage());
      clean = false;
    }
    set.setMounted(null);
    now.bitmaps().close();
    for (Member member : now.device().members().full()) {
      if (clean) {
        sayStill(member);
      }
      if (!again) {
        set.membership().relate(member.volume(), Relation.Role.IDLE);
      }
    }
    LOG.info("set={} stopped clean={}", set.name(), clean);
  }

  /** Where a label cannot be written, the bitmaps say that it ended. */
  private void sayStill(Member member) {
    try {
      set.labels()
          .write(set.record(), set.record().lineage(), member.volume(), MemberRole.FULL, true);
    } catch (StorageException e) {
      LOG.error("set={} member={}: {}", set.name(), member.name(), e.getMessage());
    }
  }

  // ---- dissolve

  /** Gives the set up: its members are volumes like all others. BUSY when it is open. */
  public void dissolve(Catalogue.Change also) throws StorageException {
    if (set.isMounted()) {
      takeAway(Split.Policy.NONE, Catalogue.Change.NOTHING);
    }
    try (var sealed = sets.enter();
        var held = set.enter()) {
      set.requireThere();
      if (set.isMounted()) { // by another command, since it was looked at
        throw new StorageException(
            Fault.BUSY,
            "shadow set " + set.name() + " was mounted meanwhile",
            "dissolve set=" + set.name());
      }
      SetRecord record = set.record();
      sets.bay()
          .catalogue()
          .change(
              connection -> {
                SetTable.delete(connection, record);
                also.run(connection);
              });
      set.setDissolved();
      sets.remove(unit);
      for (MemberRecord member : record.members()) {
        Volume volume = set.volume(member.volume());
        if (volume != null) {
          free(volume);
        }
      }
      StoppedBitmaps.remove(sets.bay().shadowDirectory(record.id()));
    }
    set.tell("shadow_dissolved");
  }

  /** A label that stays is one of no set: whoever finds it takes the volume for a stranger. */
  private void free(Volume volume) {
    try {
      set.labels().remove(volume);
    } catch (StorageException e) {
      LOG.warn("label of volume={} stays: {}", volume.name(), e.getMessage());
    }
    sets.bay().relations().unrelate(volume);
  }

  /**
   * Gives a former member up (/OVERRIDE=SHADOW_MEMBERSHIP): it is a volume like all others, and if
   * it comes back all of it is overwritten.
   */
  public void release(Volume volume, Catalogue.Change also) throws StorageException {
    try (var held = set.enter()) {
      MemberRecord known = set.record().find(volume.id());
      if (known == null || known.role() != MemberRole.FORMER) {
        throw new StorageException(
            Fault.BUSY,
            "volume " + volume.name() + " is no former member of " + set.name(),
            "split members=" + Words.word(volume.name()));
      }
      set.put(set.record().without(volume.id()), also);
      dropBitmap(known);
      free(volume);
    }
    set.tell("shadow_member_released", Event.fact("member", volume.name()));
  }

  private void dropBitmap(MemberRecord known) {
    ShadowSet.Mounted now = set.mountedOrNull();
    WriteBitmap copy = now == null ? null : now.bitmaps().copy(known.volume());
    if (now != null && copy != null) {
      set.membership().deleteBitmap(now, copy);
    } else if (now == null) {
      StoppedBitmaps.delete(sets.bay().shadowDirectory(set.record().id()), known.volume());
    }
  }

  // ---- bitmaps and merge

  /** Ends the bitmap of a former member, which comes back by a full copy then. NOT_FOUND, BUSY. */
  public void deleteBitmap(Volume volume, Catalogue.Change also) throws StorageException {
    try (var held = set.enter()) {
      MemberRecord known = set.record().find(volume.id());
      if (known == null || !known.bitmap()) {
        throw new StorageException(
            Fault.NOT_FOUND,
            "set " + set.name() + " has no write bitmap of " + volume.name(),
            "ls .control/shadow/" + set.name() + "/bitmaps");
      }
      if (known.role() == MemberRole.TARGET) {
        throw new StorageException(
            Fault.BUSY,
            "the write bitmap of " + volume.name() + " directs the copy to it",
            "cancel its job first: cat .control/jobs/running");
      }
      set.put(
          set.record()
              .with(
                  known
                      .withBitmap(false, known.left())
                      .as(MemberRole.FORMER, "its write bitmap was deleted", known.since())),
          also);
      dropBitmap(known);
    }
  }

  /** {@link #demandMerge(String, String, int)} without a name for the job. */
  @Nullable Job demandMerge() throws StorageException {
    return demandMerge(null, "merge set=" + set.name(), 0);
  }

  /**
   * Compares all members, and makes them equal, as after a crash without bitmaps. EXISTS, AGAIN.
   *
   * @param id name of the job, or null; ALREADY where one is under way, which keeps its own
   * @param line the command as it was written
   * @param uid who asked
   */
  public @Nullable Job demandMerge(@Nullable String id, String line, int uid)
      throws StorageException {
    if (id != null) {
      sets.work().jobs().requireFree(id);
      requireNoMerge();
    }
    try (var held = set.enter()) {
      ShadowSet.Mounted now = requireTwo();
      now.bitmaps().merge().setAll();
      now.bitmaps().merge().flush();
    }
    return sets.work().mergeOf(set, id, line, uid);
  }

  private void requireNoMerge() throws StorageException {
    Job merge = sets.work().findMerge(set);
    if (merge != null) {
      throw new StorageException(
          Fault.ALREADY,
          "set " + set.name() + " is being merged by job " + merge.id(),
          "cat .control/jobs/" + merge.id() + "/wait; without id= all of it is compared again");
    }
  }

  /** BAD_REQUEST for a set whose members cannot differ; CLOSED when it is not mounted. */
  private ShadowSet.Mounted requireTwo() throws StorageException {
    ShadowSet.Mounted now = set.mounted();
    if (now.device().members().full().size() < 2) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "set " + set.name() + " has one full member: there is nothing to merge");
    }
    return now;
  }

  // ---- settings

  /** Sets what can be set. BAD_REQUEST. */
  public void set(SetRecord.Settings settings, Catalogue.Change also) throws StorageException {
    requireRange("priority", settings.priority(), 0, SetRecord.Settings.MAX_PRIORITY);
    requireRange(
        "member_timeout", settings.memberSeconds(), 1, SetRecord.Settings.MAX_MEMBER_SECONDS);
    long rate = set.record().settings().bytesPerSecond();
    try (var held = set.enter()) {
      set.put(set.record().withSettings(settings), also);
    }
    if (settings.bytesPerSecond() != rate) {
      sets.work().rate(set, settings.bytesPerSecond());
    }
  }

  private static void requireRange(String what, long value, long least, long most)
      throws StorageException {
    if (value < least || value > most) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          what + " is a number from " + least + " to " + most + ", got " + value);
    }
  }

  /** chmod and chown of the virtual unit. */
  public void setOwner(Owner owner) throws StorageException {
    sets.bay().requireChangeable();
    try (var held = set.enter()) {
      set.put(set.record().withOwner(owner), Catalogue.Change.NOTHING);
    }
  }

  /**
   * Makes the set larger, and its members where they are smaller; what is added is merged, and
   * copied to former members. It reads as zeros, but for what a larger member held there before it
   * was one. BAD_REQUEST, NO_SPACE.
   */
  public void resize(long size, Catalogue.Change also) throws StorageException {
    try (var held = set.enter()) {
      ShadowSet.Mounted now = set.mounted();
      SetRecord record = set.record();
      if (size < record.size()) {
        throw new StorageException(
            Fault.BAD_REQUEST,
            "set " + set.name() + " has " + record.size() + " bytes, and cannot be made smaller");
      }
      if (size == record.size()) {
        return;
      }
      for (Member member : now.device().members().all()) {
        if (member.volume().size() < size) {
          sets.bay().resize(member.volume(), size, false, Catalogue.Change.NOTHING);
        }
      }
      now.bitmaps().extend(size);
      set.put(record.withSize(size), also);
      for (Member member : now.device().members().full()) {
        sayLarger(now, member);
      }
    }
    sets.kernel().sizeChanged(unit);
    sets.work().startMerge(set);
  }

  /** The set has grown: who cannot say so is given up, unless it is the last one. */
  private void sayLarger(ShadowSet.Mounted now, Member member) {
    if (!now.device().members().full().contains(member)) {
      return; // given up with another one
    }
    SetRecord record = set.record();
    try {
      set.labels().write(record, record.lineage(), member.volume(), MemberRole.FULL, false);
    } catch (StorageException e) {
      if (now.device().members().full().size() == 1
          || !set.membership().expulsion().lostLocked(now, member, e)) {
        member.revive();
        LOG.error("set={} member={}: {}", set.name(), member.name(), e.getMessage());
      }
    }
  }

  /** A member is given up now (/FORCE_REMOVAL). */
  public void expel(Volume volume) throws StorageException {
    MemberRecord known = set.record().find(volume.id());
    if (known != null && known.role() == MemberRole.TARGET && sets.work().endCopy(set, volume)) {
      return;
    }
    Member member =
        set.device().members().full().stream()
            .filter(each -> each.volume() == volume)
            .findFirst()
            .orElse(null);
    if (member == null) {
      return; // gone already: no error
    }
    if (!set.expelAsAsked(member, new StorageException(Fault.NOT_FOUND, "removed by force"))) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "%DISM-F-SRCMEM, only source member of shadow set cannot be dismounted: "
              + volume.name());
    }
  }
}
