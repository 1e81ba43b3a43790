package org.copybay.volumes.check;

import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.store.DirectoryStore;
import org.jspecify.annotations.Nullable;

/**
 * A volume that is looked at.
 *
 * @param layout of its bay
 * @param row what the catalogue says of it
 * @param members its points in time
 * @param points the points of all volumes
 * @param bitmaps its write bitmaps that must be there
 * @param hasJob whether a job that has not ended makes it
 * @param options how it is looked at
 * @param store its files, or null when it has no home that can be opened; nothing can be changed
 */
record CheckedVolume(
    BayLayout layout,
    Rows.VolumeRow row,
    List<Rows.MemberRow> members,
    List<Rows.PointRow> points,
    List<Rows.BitmapRow> bitmaps,
    boolean hasJob,
    CheckOptions options,
    @Nullable DirectoryStore store) {
  Path directory() {
    return row.directory();
  }
}
