package org.copybay.copy.safeguarded;

import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * How a recovery was asked for.
 *
 * @param set name of the recovery set
 * @param targets volume that shows the backup, by the id of the source; empty: the recovery volumes
 *     of the copy sets
 * @param background whether all is copied; null for what the session says
 * @param openAllowed whether a target may be open for writing
 * @param replace whether a recovery of that set whose volumes are whole gives place to it
 * @param rate bytes a second of each copy, 0 for no limit
 * @param id of the first job, or null for one of its own
 * @param line the command as it was written
 * @param uid who wrote it
 * @param also belongs into the transaction that makes it so
 */
public record RecoverSpec(
    String set,
    Map<UUID, Volume> targets,
    @Nullable Boolean background,
    boolean openAllowed,
    boolean replace,
    long rate,
    @Nullable String id,
    String line,
    int uid,
    Catalogue.Change also) {
  /** Keeps a map of its own. */
  public RecoverSpec {
    targets = Map.copyOf(targets);
  }

  /** How a mount lets the copies of a recovery go on. */
  static RecoverSpec atMount(String set) {
    return new RecoverSpec(
        set, Map.of(), null, true, false, 0, null, "mount", 0, Catalogue.Change.NOTHING);
  }
}
