package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** volumes/: one directory for each volume. */
final class VolumeEntries implements ControlDirectory.Entries {
  private final Bay bay;
  private final Commands commands;
  private final ErrorLog errors;

  VolumeEntries(Bay bay, Commands commands, ErrorLog errors) {
    this.bay = bay;
    this.commands = commands;
    this.errors = errors;
  }

  @Override
  public List<String> names() {
    return bay.volumes().stream().map(Volume::name).toList();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    if (bay.findOrNull(name) == null) {
      return null;
    }
    String path = "volumes/" + name;
    FixedEntries entries =
        new FixedEntries()
            .add(new CtlFile(Scope.volume(name), commands))
            .add(text(name, "status", volume -> status(volume).text()))
            .add(text(name, "status.json", volume -> status(volume).json()));
    for (String key : VolumePages.VALUES) {
      entries.add(text(name, key, volume -> status(volume).value(key)));
    }
    entries.add(text(name, "openers", VolumePages::openers));
    entries.add(
        text(
            name,
            "relations",
            volume ->
                VolumePages.relations(
                    volume,
                    bay.uses().byKey(volume),
                    pointsOf(volume, bay.points().ofJobs()),
                    pointsOf(volume, bay.backupPoints().all()),
                    pointsOf(volume))));
    entries.add(text(name, "uncopied", VolumePages::uncopied));
    entries.add(new ControlDirectory(path + "/bitmaps", new BitmapEntries(bay, name, errors)));
    return new ControlDirectory(path, entries);
  }

  private Page status(Volume volume) {
    return VolumePages.status(volume, pointsOf(volume).size());
  }

  private List<PointInTime> pointsOf(Volume volume) {
    return pointsOf(volume, bay.points().all());
  }

  private static List<PointInTime> pointsOf(Volume volume, List<PointInTime> points) {
    return points.stream()
        .filter(point -> point.volumes().stream().anyMatch(of -> of.volume() == volume))
        .toList();
  }

  /** Renders a volume. */
  @FunctionalInterface
  private interface Rendering {
    String of(Volume volume) throws StorageException;
  }

  /** A file about the volume that has this name when it is opened. */
  private TextFile text(String volume, String name, Rendering rendering) {
    return new TextFile(
        "volumes/" + volume + "/" + name, errors, caller -> rendering.of(bay.find(volume)));
  }
}
