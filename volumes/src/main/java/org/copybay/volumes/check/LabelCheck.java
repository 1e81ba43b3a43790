package org.copybay.volumes.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.Label;
import org.copybay.volumes.bay.Labels;
import org.copybay.volumes.bay.VolumeState;
import org.jspecify.annotations.Nullable;

/** The labels of volumes: whole, and none newer than the catalogue. */
final class LabelCheck {
  /** The files of a label: itself, and one that is being written. */
  static final Set<String> FILES = Set.of("label", "label.new");

  private static final String WHAT = "label";
  private static final String WRITTEN = "the next mount writes it";

  private LabelCheck() {}

  /** What to do about a catalogue that is of no use. */
  static String rebuild(BayLayout layout) {
    return "put back a copy of catalogue.db, or " + Labels.remedy(layout.root());
  }

  /**
   * Looks at all labels of the bay, also at those of volumes that the catalogue does not know.
   *
   * @param bay its uuid, or null when that is not known: then it cannot be told whose they are
   * @param rows of the catalogue, or null when it cannot be read: then a rebuild needs the labels
   */
  static void run(BayLayout layout, @Nullable UUID bay, @Nullable Rows rows, Findings findings) {
    Long change = rows == null ? Long.valueOf(Long.MAX_VALUE) : rows.change();
    if (bay == null || change == null) {
      return; // an earlier program wrote no labels; the next mount writes them
    }
    List<Rows.VolumeRow> volumes = rows == null ? List.of() : rows.volumes();
    Set<UUID> known =
        volumes.stream()
            .filter(row -> row.kept() && row.chosen())
            .map(Rows.VolumeRow::id)
            .collect(Collectors.toSet());
    try {
      for (UUID volume : Labels.volumes(layout)) {
        known.remove(volume);
        look(layout, bay, volume, change, findings);
      }
    } catch (StorageException e) {
      findings.unreadable(WHAT, layout.volumes().toString(), e);
    }
    for (UUID volume : known) { // the label lies in the bay all the same; of others all is lost
      findings.note(WHAT, layout.label(volume).toString(), "a file", "none", WRITTEN);
    }
  }

  /** The state of the volume in that directory as its label has it, or null when none says it. */
  static @Nullable VolumeState state(BayLayout layout, @Nullable UUID bay, Path directory) {
    try {
      UUID volume = UUID.fromString(String.valueOf(directory.getFileName()));
      Label label = bay == null ? null : Label.read(layout.label(volume), bay, volume);
      return label == null ? null : label.row().state();
    } catch (IllegalArgumentException | StorageException e) {
      return null; // no volume; what cannot be read is told by run
    }
  }

  private static void tellNone(UUID bay, UUID volume, Path file, Findings findings)
      throws StorageException {
    if (Label.ruined(file, bay, volume)) {
      findings.damage(
          WHAT,
          file.toString(),
          "lines that check",
          "none that says what it is",
          WRITTEN + " anew");
    } else {
      findings.note(WHAT, file.toString(), "a label of this bay", "none", WRITTEN);
    }
  }

  private static void look(
      BayLayout layout, UUID bay, UUID volume, long change, Findings findings) {
    Path file = layout.label(volume);
    try {
      Label label = Label.read(file, bay, volume);
      if (label == null) {
        tellNone(bay, volume, file, findings);
        return;
      }
      String damage = label.damage();
      if (damage != null) {
        findings.damage(WHAT, file.toString(), "lines that check", damage, WRITTEN + " anew");
      } else if (label.torn()) {
        findings.note(WHAT, file.toString(), "whole lines", "a last one that is cut", WRITTEN);
      }
      if (label.number() > change) {
        findings.damage(
            "catalogue",
            layout.catalogue().toString(),
            "change " + label.number() + ", which " + file + " knows",
            "change " + change + ": an older one was put back",
            Labels.remedy(layout.root()));
      }
    } catch (StorageException e) {
      findings.unreadable(WHAT, file.toString(), e);
    }
  }
}
