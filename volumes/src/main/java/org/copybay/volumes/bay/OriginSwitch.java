package org.copybay.volumes.bay;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.track.TrackOrigin;

/** Volumes that show other bytes from one instant on: their blocks are those of an origin. */
public final class OriginSwitch {
  private OriginSwitch() {}

  /**
   * What becomes of one volume.
   *
   * @param volume whose {@link TrackOrigin} is held
   * @param allBytes how many bytes from the first on show the origin; 0: those that were prepared
   * @param stamp by which the switch is known after a start, not 0
   * @param origin what it shows, in whole blocks of 4 KiB
   * @param late called while nothing changes any of the volumes
   */
  public record Wanted(
      Volume volume, long allBytes, long stamp, Image origin, TrackOrigin.Late late) {}

  /**
   * Makes it so; durable when this returns, and no reader sees what was there before. An error of a
   * preparation leaves all as they are (P7); after one of a flush they are switched.
   */
  public static void make(Bay bay, List<Wanted> wanted) throws StorageException {
    List<TrackOrigin.Switch> switches = new ArrayList<>();
    for (Wanted each : wanted) {
      Volume volume = each.volume;
      switches.add(
          new TrackOrigin.Switch(
              volume.origin(),
              volume.row().inode(),
              each.allBytes,
              each.stamp,
              each.origin,
              each.late,
              volume.bytes()::forgetBlocks));
    }
    TrackOrigin.switchAll(switches);
    for (Wanted each : wanted) {
      flushBitmaps(each.volume);
      each.volume.bytes().flush();
    }
    for (Wanted each : wanted) {
      bay.contentChanged(each.volume);
    }
  }

  /** Makes durable what {@link Bitmaps#announce} let the bitmaps of a volume know (P3). */
  public static void flushBitmaps(Volume volume) throws StorageException {
    for (WriteBitmap bitmap : volume.bytes().bitmaps().bitmaps()) {
      bitmap.flush();
    }
  }
}
