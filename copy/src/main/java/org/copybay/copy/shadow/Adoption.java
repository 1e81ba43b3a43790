package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.copy.shadow.SetLabels.Found;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.RebuiltTable;
import org.copybay.volumes.bay.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets that a catalogue does not know which was made anew: the labels of their members do. They
 * come back dismounted; their bitmaps are given up.
 */
final class Adoption {
  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  private final Bay bay;
  private final Map<UUID, List<Found>> found = new LinkedHashMap<>();

  private Adoption(Bay bay) {
    this.bay = bay;
  }

  /** Does it, if the catalogue was made anew; once. */
  static void run(Bay bay) throws StorageException {
    if (bay.readOnly() || !bay.catalogue().read(RebuiltTable::isThere)) {
      return;
    }
    new Adoption(bay).adopt();
  }

  private void adopt() throws StorageException {
    List<SetRecord> known = bay.catalogue().read(SetTable::all);
    for (Volume volume : bay.volumes()) {
      Found each = volume.damaged() ? null : new SetLabels().look(volume);
      MemberLabel label = each == null ? null : each.label();
      if (label != null && known.stream().noneMatch(set -> set.id().equals(label.set()))) {
        found.computeIfAbsent(label.set(), none -> new ArrayList<>()).add(each);
      }
    }
    List<SetRecord> adopted = new ArrayList<>();
    for (List<Found> members : found.values()) {
      SetRecord set = of(members);
      boolean taken =
          known.stream().anyMatch(other -> other.name().equals(set.name()))
              || adopted.stream().anyMatch(other -> other.name().equals(set.name()));
      if (!taken) {
        adopted.add(set);
      }
      LOG.warn("set={} id={} {}", set.name(), set.id(), taken ? "name is taken" : "is back");
    }
    bay.catalogue()
        .change(
            connection -> {
              for (SetRecord set : adopted) {
                SetTable.put(connection, set);
              }
              RebuiltTable.end(connection);
            });
  }

  private SetRecord of(List<Found> found) {
    MemberLabel newest = newest(found);
    List<MemberRecord> members = new ArrayList<>();
    for (Found each : found) {
      MemberLabel label = each.label();
      boolean full = // a former one has a label that is behind
          label != null
              && label.role() == MemberRole.FULL
              && label.generation() == newest.generation();
      members.add(
          MemberRecord.full(each.volume().id(), bay.clock().instant())
              .as(
                  full ? MemberRole.FULL : MemberRole.FORMER,
                  full ? null : "the catalogue was made anew",
                  bay.clock().instant())
              .withBitmap(false, label == null ? 0 : label.generation())
              .withMixed(label != null && label.role() == MemberRole.TARGET));
    }
    return new SetRecord(
        newest.set(),
        bay.newInode(),
        newest.unit(),
        newest.label(),
        newest.size(),
        found.get(0).volume().row().owner(),
        bay.clock().instant(),
        false,
        Lineage.of(newest),
        SetRecord.Settings.USUAL,
        members);
  }

  private static MemberLabel newest(List<Found> found) {
    MemberLabel newest = null;
    for (Found each : found) {
      MemberLabel label = each.label();
      boolean later = newest == null || (label != null && label.generation() > newest.generation());
      newest = later ? label : newest;
    }
    if (newest == null) {
      throw new IllegalStateException("no label");
    }
    return newest;
  }
}
