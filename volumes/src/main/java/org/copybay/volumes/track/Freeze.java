package org.copybay.volumes.track;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.copybay.volumes.StorageException;

/**
 * What is to become a point of one volume.
 *
 * @param device of the volume
 * @param number that {@link TrackDevice#prepareFreeze} returned
 * @param sizeBytes of the volume
 */
public record Freeze(TrackDevice device, int number, long sizeBytes) {

  /**
   * Makes a point of each volume at one instant, at which all gates are closed: what was
   * acknowledged before is in, what was not is in whole requests or not. Durable after a {@link
   * TrackDevice#flush} of each. On an error there is none, or one that {@link DevicePoints#drop}
   * finds later. P7.
   *
   * @param volumes by the number of their gates
   */
  public static void make(List<Freeze> volumes, long timeMillis) throws StorageException {
    Deque<Passages.Closed> closed = new ArrayDeque<>();
    List<Freeze> made = new ArrayList<>();
    boolean whole = false;
    try {
      volumes.forEach(volume -> closed.push(volume.device.gate().close()));
      for (Freeze volume : volumes) {
        volume.device.freezeClosed(volume, timeMillis);
        made.add(volume);
      }
      whole = true;
    } finally {
      try {
        if (!whole) {
          for (Freeze volume : made) {
            volume.device.points().dropClosed(volume.number);
          }
        }
      } finally {
        closed.forEach(Passages.Closed::close);
      }
    }
  }
}
