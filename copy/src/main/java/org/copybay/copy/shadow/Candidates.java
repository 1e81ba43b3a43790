package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.shadow.SetLabels.Found;
import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The volumes that a mount names, and what each of them must be. */
final class Candidates {
  private static final Logger LOG = LoggerFactory.getLogger(Candidates.class);

  /** How long a disk is waited for that was away. */
  private static final long REOPEN_MILLIS = 5_000;

  private final Bay bay;
  private final MountSpec spec;
  private final String name;

  Candidates(Bay bay, MountSpec spec, String name) {
    this.bay = bay;
    this.spec = spec;
    this.name = name;
  }

  /** The volumes that are to be members, in their order. NOT_FOUND, BUSY, BAD_REQUEST. */
  List<Volume> named(@Nullable VirtualUnit unit) throws StorageException {
    List<Volume> named = new ArrayList<>();
    for (String each : spec.members()) {
      Volume volume = bay.findMade(each, "be a member of " + name);
      if (named.contains(volume)) {
        throw new StorageException(
            Fault.BAD_REQUEST, "%SYSTEM-F-BADPARAM, volume " + each + " is named twice");
      }
      Relation relation = volume.relation();
      if (relation != null && !relation.set().equals(name)) {
        throw new StorageException(
            Fault.BUSY,
            "volume " + each + " is " + relation.describe(),
            "release member=" + Words.word(each) + ", or dissolve set=" + relation.set());
      }
      reopen(volume);
      named.add(volume);
    }
    if (unit != null && !unit.set().isMounted() && (spec.include() || named.isEmpty())) {
      for (MemberRecord member : unit.set().record().members()) {
        Volume volume = unit.set().volume(member.volume());
        boolean wanted = member.role() != MemberRole.FORMER || spec.include();
        if (volume != null && wanted && !named.contains(volume)) {
          named.add(volume);
        }
      }
    }
    if (named.size() > Membership.MAX_MEMBERS) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a shadow set has at most " + Membership.MAX_MEMBERS + " members, got " + named.size());
    }
    return named;
  }

  /** BAD_REQUEST when it is smaller than the set, which a former member follows. */
  void requireLarge(ShadowSet set, Volume volume) throws StorageException {
    boolean former = set.record().find(volume.id()) != null;
    if (!former && volume.size() < set.record().size()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "%SYSTEM-F-INCSHAMEM, volume "
              + volume.name()
              + " has "
              + volume.size()
              + " bytes, the set "
              + name
              + " "
              + set.record().size(),
          "resize volume=" + Words.word(volume.name()) + " size=" + set.record().size());
    }
  }

  /** BAD_REQUEST when another label of the set is wanted. */
  void requireLabel(ShadowSet set) throws StorageException {
    String wanted = spec.label();
    if (wanted != null && !wanted.equals(set.record().label())) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "%SYSTEM-F-VOLINV, set "
              + name
              + " has the label "
              + set.record().label()
              + ", got "
              + wanted,
          "label=" + Words.word(set.record().label()));
    }
  }

  /** One whose disk was away is opened again. */
  private void reopen(Volume volume) {
    if (volume.damaged()
        && !Aside.done("reopen-" + volume.id(), REOPEN_MILLIS, () -> reopenNow(volume))) {
      LOG.warn("the disk of volume={} does not answer", volume.name());
    }
  }

  private void reopenNow(Volume volume) {
    try {
      bay.reopen(volume);
    } catch (StorageException e) {
      LOG.info("volume={} {}", volume.name(), e.getMessage());
    }
  }

  /** The label of a volume. CORRUPT when it cannot be used. */
  Found look(ShadowSet set, Volume volume) throws StorageException {
    Found found = set.labels().look(volume);
    String problem = found.problem();
    if (problem != null) {
      throw new StorageException(
          Fault.CORRUPT,
          "%SYSTEM-F-MEDOFL, volume " + volume.name() + " cannot be used: " + problem,
          "check volume=" + Words.word(volume.name()));
    }
    return found;
  }

  /** The full members that a set had and that are not to be members now. */
  List<Found> notNamed(ShadowSet set, List<Volume> named) {
    List<Found> found = new ArrayList<>();
    for (MemberRecord member : set.record().of(MemberRole.FULL)) {
      Volume volume = set.volume(member.volume());
      if (volume != null && !named.contains(volume)) {
        found.add(set.labels().look(volume));
      }
    }
    return found;
  }
}
