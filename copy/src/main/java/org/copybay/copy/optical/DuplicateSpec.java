package org.copybay.copy.optical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What DUPOPT is asked for.
 *
 * @param from identifier of the source, or {@link #MOUNTED}
 * @param fromDevice where it is, or null
 * @param to identifiers of the targets, or {@link #MOUNTED}, 1 or more
 * @param toDevice where they are, or null
 * @param newIds identifiers of the targets after that, {@link #TO} or {@link #FROM}; one for each,
 *     or one for all
 * @param clear whether what targets hold may be lost
 * @param allowMediaErrors whether the data of damaged files is left out
 * @param listDamaged whether damaged files are listed
 * @param unloadFrom whether the source is taken out of its stand-alone device when all went well
 * @param unloadTo the same of the targets
 * @param verify what of the copy is read again
 * @param incremental whether only what changed since the last duplicate is copied, where that is
 *     known
 * @param resume whether a duplicate that did not end goes on
 * @param exclusive whether nobody uses the source meanwhile
 * @param interruptible whether it can be paused and cancelled
 * @param bytesPerSecond limit of the rate, 0 for none
 * @param id name of the job, or null for a number
 * @param line the command as it was written
 * @param uid who asked
 * @param gid his group
 * @param privileged whether he may do with any volume what its owner may
 */
public record DuplicateSpec(
    String from,
    @Nullable String fromDevice,
    List<String> to,
    @Nullable String toDevice,
    List<String> newIds,
    boolean clear,
    boolean allowMediaErrors,
    boolean listDamaged,
    boolean unloadFrom,
    boolean unloadTo,
    Verify verify,
    boolean incremental,
    boolean resume,
    boolean exclusive,
    boolean interruptible,
    long bytesPerSecond,
    @Nullable String id,
    String line,
    int uid,
    int gid,
    boolean privileged) {
  /** What is in the drive of the device. */
  public static final String MOUNTED = "*MOUNTED";

  /** The identifier that the target has. */
  public static final String TO = "*TOVOL";

  /** The identifier that the source has. */
  public static final String FROM = "*FROMVOL";

  /** What of a copy is read again from its disk and compared. */
  public enum Verify {
    /** All of it, with SHA-256 of both. */
    YES,
    /** What was copied. */
    CHANGED,
    /** Nothing. */
    NO
  }

  public DuplicateSpec {
    to = List.copyOf(to);
    newIds = List.copyOf(newIds);
  }
}
