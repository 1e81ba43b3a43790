package org.copybay.copy.shadow;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.copy.shadow.SetLabels.Found;
import org.copybay.copy.shadow.SetRecord.Lineage;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * Who is what when a set is mounted, by the labels of those who are there (HP Volume Shadowing for
 * OpenVMS, "How Volume Shadowing Determines the Status of Members": the greatest generation number
 * is current). Decides only; nothing is changed.
 *
 * @param lineage of the current members
 * @param mounts how often the set was mounted
 * @param served the number of the last mount in which somebody may have written, as far as the
 *     current members know: all of them have at least that
 * @param full the current members
 * @param changed a member that somebody wrote to while the set was not mounted, and how, or null
 * @param behind those whose content is older, or not of this set
 */
record MountPlan(
    Lineage lineage,
    long mounts,
    long served,
    List<Volume> full,
    @Nullable String changed,
    List<Behind> behind) {
  /**
   * One that must be copied to before it is a member.
   *
   * @param label of this set; null where it has none, or where it is away
   * @param why it is behind
   * @param strange whether it has what no bitmap knows: all of it must be copied, when somebody
   *     asks
   */
  record Behind(Volume volume, @Nullable MemberLabel label, String why, boolean strange) {
    /** Whether nobody could look at it: it comes back as it was when it was a member. */
    boolean away() {
      return label == null && !strange;
    }
  }

  MountPlan {
    full = List.copyOf(full);
    behind = List.copyOf(behind);
  }

  /** A new set: the first one is the source, whatever the others hold. */
  static MountPlan ofNew(List<Volume> volumes) {
    List<Behind> behind = new ArrayList<>();
    for (Volume volume : volumes.subList(1, volumes.size())) {
      behind.add(new Behind(volume, null, "it is new in the set", true));
    }
    return new MountPlan(Lineage.first(), 0, 0, List.of(volumes.get(0)), null, behind);
  }

  /**
   * A set that there was before.
   *
   * @param set what the catalogue remembers
   * @param found those that are to be its members now and can be used
   * @throws StorageException STALE: none of them is current; FORBIDDEN: two of them are current
   */
  static MountPlan of(SetRecord set, List<Found> found) throws StorageException {
    List<Found> own = found.stream().filter(f -> isSource(set.id(), f.label())).toList();
    MemberLabel newest = newest(own);
    if (newest == null || newest.generation() < set.lineage().generation()) {
      throw stale(set, found, newest);
    }
    List<Behind> behind = new ArrayList<>();
    List<Found> current = new ArrayList<>();
    for (Found each : found) {
      MemberLabel label = each.label();
      if (label == null || !label.set().equals(set.id())) {
        behind.add(new Behind(each.volume(), null, "it has no label of this set", true));
      } else if (label.generation() == 0) {
        behind.add(new Behind(each.volume(), label, "the copy to it did not end", false));
      } else {
        requireOneFuture(set, newest, label, each.volume());
        if (isSource(set.id(), label) && label.generation() == newest.generation()) {
          current.add(each);
        } else {
          behind.add(new Behind(each.volume(), label, older(label, newest), false));
        }
      }
    }
    return among(Lineage.of(newest), current, behind);
  }

  /**
   * Of those that have the newest generation: one that was put back from an earlier time, and one
   * that somebody wrote to where others are as they were, is none of the current ones.
   */
  private static MountPlan among(Lineage lineage, List<Found> current, List<Behind> behind) {
    long mounts = current.stream().mapToLong(each -> label(each).mounts()).max().orElse(0);
    long served = // before a label says so, all have the number of its mount
        current.stream()
            .filter(each -> label(each).use() != MemberLabel.Use.BEGINNING)
            .mapToLong(each -> label(each).mounts())
            .max()
            .orElse(0);
    List<Found> there = new ArrayList<>();
    for (Found each : current) {
      if (label(each).mounts() < served) {
        behind.add(new Behind(each.volume(), label(each), Minicopy.PUT_BACK, true));
      } else {
        there.add(each);
      }
    }
    boolean someAreAsTheyWere = there.stream().anyMatch(each -> changed(each) == null);
    List<Volume> full = new ArrayList<>();
    String changed = null;
    for (Found each : there) {
      String how = changed(each);
      if (how != null && someAreAsTheyWere) {
        behind.add(new Behind(each.volume(), label(each), how, true));
      } else {
        full.add(each.volume());
        changed = how == null ? changed : each.volume().name() + ": " + how;
      }
    }
    return new MountPlan(lineage, mounts, served, full, changed, behind);
  }

  /** With those of another future that are not to be members: no bitmap tells what they lack. */
  MountPlan withOthers(SetRecord set, List<Found> others) {
    List<Behind> more = new ArrayList<>(behind);
    for (Found each : others) {
      MemberLabel label = each.label();
      if (label != null && label.set().equals(set.id()) && !lineage.descendsFrom(label)) {
        more.add(new Behind(each.volume(), label, "it was changed apart from the others", true));
      }
    }
    return new MountPlan(lineage, mounts, served, full, changed, more);
  }

  /** With those that were named and cannot be used now. */
  MountPlan withMissing(List<Found> missing) {
    List<Behind> more = new ArrayList<>(behind);
    for (Found each : missing) {
      more.add(new Behind(each.volume(), null, "missing: " + each.problem(), false));
    }
    return new MountPlan(lineage, mounts, served, full, changed, more);
  }

  private static MemberLabel label(Found found) {
    MemberLabel label = found.label();
    if (label == null) {
      throw new IllegalArgumentException("no label: " + found.volume().name());
    }
    return label;
  }

  private static @Nullable String changed(Found found) {
    return SetLabels.changedSince(found.volume(), label(found));
  }

  private static String older(MemberLabel label, MemberLabel newest) {
    return label.role() == MemberRole.TARGET
        ? "the copy to it did not end"
        : "its generation is " + label.generation() + ", that of the set is " + newest.generation();
  }

  private static boolean isSource(UUID set, @Nullable MemberLabel label) {
    return label != null
        && label.set().equals(set)
        && label.generation() > 0
        && label.role() == MemberRole.FULL; // a former one is behind, whatever else is there
  }

  private static @Nullable MemberLabel newest(List<Found> own) {
    MemberLabel newest = null;
    for (Found each : own) {
      MemberLabel label = each.label();
      if (label != null && (newest == null || label.generation() > newest.generation())) {
        newest = label;
      }
    }
    return newest;
  }

  /**
   * FORBIDDEN when a member was written in another future of the set: its changes would be lost.
   */
  static void requireOneFuture(SetRecord set, MemberLabel current, MemberLabel label, Volume volume)
      throws StorageException {
    if (label.role() != MemberRole.TARGET && !current.descendsFrom(label)) {
      String more =
          label.descendsFrom(current) ? "is newer than the set" : "was changed apart from";
      throw new StorageException(
          Fault.FORBIDDEN,
          "%MOUNT-I-SHDWMEMFAIL, _"
              + volume.name()
              + ": failed as a member of the shadow set: it "
              + (label.descendsFrom(current) ? more + " " : more + " the others of ")
              + set.name()
              + " (generation "
              + label.generation()
              + " against "
              + current.generation()
              + "): a copy would overwrite what is only on "
              + volume.name(),
          "mount set="
              + set.name()
              + " members=OTHERS goes on without it; to overwrite it then: release member="
              + Words.word(volume.name())
              + ", and mount set="
              + set.name()
              + " members="
              + Words.word(volume.name()));
    }
  }

  private static StorageException stale(
      SetRecord set, List<Found> found, @Nullable MemberLabel newest) {
    String names =
        found.stream().map(each -> each.volume().name()).collect(Collectors.joining(", "));
    return new StorageException(
        Fault.STALE,
        "%MOUNT-I-SHDWMEMFAIL, "
            + (names.isEmpty()
                ? "no member of " + set.name() + " that is current is there"
                : "of " + names + ", none is current")
            + ": want generation "
            + set.lineage().generation()
            + ", got "
            + (newest == null ? "none" : newest.generation()),
        "bring back those that are current: cat .control/shadow/"
            + set.name()
            + "/status; to give the set up, so that its members are volumes like all others: dissolve"
            + " set="
            + set.name());
  }
}
