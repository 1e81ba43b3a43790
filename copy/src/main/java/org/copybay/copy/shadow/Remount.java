package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.shadow.SetLabels.Found;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mount of a set that was mounted when the bay was: at the mount of the bay, before requests.
 */
final class Remount {
  private static final Logger LOG = LoggerFactory.getLogger(Remount.class);

  private final ShadowSet set;

  Remount(ShadowSet set) {
    this.set = set;
  }

  /** At the mount of the bay: as it was, with those members that are there. */
  void run() {
    if (set.bay().readOnly()) {
      set.setTrouble("the bay is mounted read-only");
      return;
    }
    StorageException failed = null;
    for (int i = 0; i <= Membership.MAX_MEMBERS && !set.isMounted(); i++) {
      try (var held = set.enter()) {
        mountThoseThere();
        return;
      } catch (StorageException e) {
        failed = e; // a member that failed meanwhile is not there at the next try
      }
    }
    String why = failed == null ? "no member is there" : failed.getMessage();
    LOG.error("set={} is not mounted: {}", set.name(), why);
    set.setTrouble(why);
  }

  private void mountThoseThere() throws StorageException {
    List<Found> found = new ArrayList<>();
    List<Found> missing = new ArrayList<>();
    for (MemberRecord member : set.record().members()) {
      Volume volume = set.volume(member.volume());
      if (volume != null && member.role() != MemberRole.FORMER) {
        Found each = set.labels().look(volume);
        if (each.problem() == null) {
          found.add(each);
        } else {
          LOG.error("set={} member={}: {}", set.name(), volume.name(), each.problem());
          missing.add(each);
        }
      }
    }
    MountPlan plan = MountPlan.of(set.record(), found).withMissing(missing);
    new SetMount(set)
        .mount(
            plan,
            new SetMount.Wish(goingOn(plan), true, MountSpec.Policy.USUAL),
            Catalogue.Change.NOTHING);
  }

  /** Those whose copy goes on, and members that a crash in a change of the set left behind. */
  private List<Volume> goingOn(MountPlan plan) {
    List<Volume> targets = new ArrayList<>();
    for (MountPlan.Behind behind : plan.behind()) {
      MemberRecord known = set.record().find(behind.volume().id());
      MemberLabel label = behind.label();
      if (known != null && label != null && !behind.strange()) {
        boolean copying = known.role() == MemberRole.TARGET;
        boolean left =
            known.role() == MemberRole.FULL
                && label.generation() == set.record().lineage().generation();
        if (copying || left) {
          targets.add(behind.volume());
        }
      }
    }
    return targets;
  }
}
