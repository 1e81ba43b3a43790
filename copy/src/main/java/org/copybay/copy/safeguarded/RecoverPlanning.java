package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** Whether a backup can be recovered, and to what: looked at before anything is changed. */
final class RecoverPlanning {
  private static final Pattern SET_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final Safeguarded safeguarded;
  private final Bay bay;
  private final RecoverSpec spec;

  RecoverPlanning(Safeguarded safeguarded, RecoverSpec spec) {
    this.safeguarded = safeguarded;
    this.bay = safeguarded.bay();
    this.spec = spec;
  }

  RecoverPlan plan(SafeguardedSession session, long id) throws StorageException {
    requireSetName(spec.set());
    boolean restore = spec.set().equals(Recovery.RESTORE);
    SessionState state = session.state();
    Recovery before = state.recoveries().get(spec.set());
    boolean replaced = before != null && before.whole() && spec.replace();
    if (!replaced) {
      requireTaken(session, restore, before);
    }
    Backup backup = safeguarded.backup(session, id);
    String why = backup.unrecoverable();
    if (why != null) {
      throw Refusals.notRecoverable(session.name(), id, why);
    }
    List<RecoverPlan.Item> items = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (CopySet set : state.copySets()) {
      Volume source = safeguarded.volume(set.source());
      PointVolume image = source == null ? null : backup.find(source);
      Volume target = restore ? source : target(set);
      if (source == null || image == null || target == null) {
        skipped.add(source == null ? set.source().toString() : source.name());
        continue;
      }
      requireTarget(session, image, target);
      items.add(new RecoverPlan.Item(image, target));
    }
    if (items.isEmpty()) {
      throw Refusals.recoveryVolume(
          Fault.NOT_FOUND,
          "no volume of session " + state.name() + " has a recovery volume",
          "safeguarded add session=" + Words.word(state.name()) + " volume=NAME recovery=NAME");
    }
    requireOnce(items);
    Boolean background = spec.background();
    boolean copies = background == null ? state.properties().background() : background;
    return new RecoverPlan(backup, items, skipped, restore || copies);
  }

  /** A job has the name among its options. */
  private static void requireSetName(String set) throws StorageException {
    if (!SET_NAME.matcher(set).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the name of a recovery set has 1 to 64 letters, digits, dots and dashes, got "
              + Words.quote(set),
          "set=NAME");
    }
  }

  private void requireTaken(SafeguardedSession session, boolean restore, @Nullable Recovery before)
      throws StorageException {
    if (restore && before != null && !before.whole()) {
      throw Refusals.refusal(
          Fault.BUSY,
          "SGC1011E",
          "backup " + before.backup() + " is being restored, which is not whole yet",
          "cat .control/safeguard/" + Words.word(session.name()) + "/recoveries");
    }
    safeguarded.requireTaken(
        session, restore ? SessionCommand.RESTORE : SessionCommand.RECOVER, spec.set());
  }

  private @Nullable Volume target(CopySet set) {
    if (!spec.targets().isEmpty()) {
      return spec.targets().get(set.source());
    }
    UUID recovery = set.recovery();
    return recovery == null ? null : safeguarded.volume(recovery);
  }

  private static void requireOnce(List<RecoverPlan.Item> items) throws StorageException {
    Set<Volume> targets = new HashSet<>();
    for (RecoverPlan.Item item : items) {
      if (!targets.add(item.target())) {
        throw Refusals.recoveryVolume(
            Fault.BAD_REQUEST,
            "volume " + item.target().name() + " is named twice",
            "name another one");
      }
    }
  }

  // ---- targets

  private void requireTarget(SafeguardedSession session, PointVolume image, Volume target)
      throws StorageException {
    bay.requireChangeable();
    target.requireFinished();
    target.requireWritable();
    target.requireNoHold("be recovered to");
    boolean restores = spec.set().equals(Recovery.RESTORE);
    if (!restores) {
      requireFree(session, target);
    }
    if (target.size() < image.size()) {
      throw Refusals.recoveryVolume(
          Fault.BAD_REQUEST,
          "volume "
              + target.name()
              + " has "
              + target.size()
              + " bytes, less than the backup of "
              + image.name()
              + " with "
              + image.size(),
          "resize volume=" + Words.word(target.name()) + " size=" + image.size());
    }
    if (!spec.openAllowed()) {
      target.requireNoWriter(
          "it would change under its program; open=allow "
              + (restores ? "restores" : "recovers")
              + " all the same");
    }
    requireNotFilling(target);
  }

  private void requireFree(SafeguardedSession session, Volume target) throws StorageException {
    SafeguardedSession protecting = safeguarded.protecting(target);
    if (protecting != null) {
      throw Refusals.recoveryVolume(
          Fault.BUSY,
          "volume " + target.name() + " is protected by session " + protecting.name(),
          "another one, or: safeguarded restore, which writes a backup over the volumes themselves");
    }
    for (SafeguardedSession other : safeguarded.sessions()) {
      for (Recovery recovery : other.state().recoveries().values()) {
        boolean own = other == session && recovery.set().equals(spec.set());
        if (!own && recovery.findTarget(target.id()) != null) {
          throw Refusals.recoveryVolume(
              Fault.BUSY,
              "volume "
                  + target.name()
                  + " shows backup "
                  + recovery.backup()
                  + " of session "
                  + other.name(),
              "another one, or: safeguarded terminate-h1r1 session="
                  + Words.word(other.name())
                  + " set="
                  + Words.word(recovery.set()));
        }
      }
    }
  }

  /** One that shows something else, which it does not hold yet, is waited for. */
  private static void requireNotFilling(Volume target) throws StorageException {
    if (target.origin().any() && target.invalidity() == null) {
      throw Refusals.recoveryVolume(
          Fault.BUSY,
          "volume " + target.name() + " is being copied to, and not whole yet",
          "cat .control/jobs/running");
    }
  }
}
