package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.jspecify.annotations.Nullable;

/** points/: one directory for each point in time. */
final class PointEntries implements ControlDirectory.Entries {
  private final Bay bay;
  private final ErrorLog errors;

  PointEntries(Bay bay, ErrorLog errors) {
    this.bay = bay;
    this.errors = errors;
  }

  @Override
  public List<String> names() {
    return bay.points().all().stream().map(PointInTime::name).toList();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    PointInTime point = bay.points().findOrNull(name);
    if (point == null) {
      return null;
    }
    String path = "points/" + name;
    return new ControlDirectory(
        path,
        new FixedEntries()
            .add(new TextFile(path + "/status", errors, caller -> PointPages.status(point).text()))
            .add(
                new TextFile(
                    path + "/status.json", errors, caller -> PointPages.status(point).json()))
            .add(new ControlDirectory(path + "/changed", changed(point, path, false)))
            .add(new ControlDirectory(path + "/changed.json", changed(point, path, true)))
            .add(new ControlDirectory(path + "/changed.from", changedFrom(point, path))));
  }

  /** One file for each volume of the point: what was changed since. */
  private ControlDirectory.Entries changed(PointInTime point, String path, boolean json) {
    FixedEntries entries = new FixedEntries();
    for (PointVolume volume : point.volumes()) {
      String file = path + (json ? "/changed.json/" : "/changed/") + volume.name();
      entries.add(
          new TextFile(
              file,
              errors,
              caller -> {
                requireThere(point);
                return json ? PointPages.changedJson(volume) : PointPages.changed(volume, 0);
              }));
    }
    return entries;
  }

  private ControlDirectory.Entries changedFrom(PointInTime point, String path) {
    FixedEntries entries = new FixedEntries();
    for (PointVolume volume : point.volumes()) {
      entries.add(
          FromEntries.directory(
              path + "/changed.from/" + volume.name(),
              errors,
              first -> {
                requireThere(point);
                return PointPages.changed(volume, first);
              }));
    }
    return entries;
  }

  private void requireThere(PointInTime point) throws StorageException {
    PointInTime now = bay.points().findOrNull(point.name());
    if (now == null || !now.id().equals(point.id())) {
      throw new StorageException(Fault.NOT_FOUND, "point " + point.name() + " was dropped");
    }
  }
}
