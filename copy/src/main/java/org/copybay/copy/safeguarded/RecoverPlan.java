package org.copybay.copy.safeguarded;

import java.util.List;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;

/**
 * What a recovery will do.
 *
 * @param backup that is shown
 * @param items a target for each volume
 * @param skipped names of volumes of the session that are not in the backup, or have no recovery
 *     volume
 * @param background whether all is copied
 */
public record RecoverPlan(
    Backup backup, List<Item> items, List<String> skipped, boolean background) {
  /** Keeps lists of its own. */
  public RecoverPlan {
    items = List.copyOf(items);
    skipped = List.copyOf(skipped);
  }

  /**
   * One volume.
   *
   * @param image what it held
   * @param target that shows it
   */
  public record Item(PointVolume image, Volume target) {
    /** Whether a volume shows what it held itself. */
    boolean restores() {
      return image.volume().equals(target);
    }
  }
}
