package org.copybay.copy.safeguarded;

/**
 * How a session treats its backups (IBM Copy Services Manager, Safeguarded Copy session properties;
 * the four before the last are ours).
 *
 * @param minimumIntervalMillis between two backups; 0 for any
 * @param retentionMillis after which a backup expires, counted back from the last recoverable one;
 *     0 for never
 * @param expireOnAutoRoll whether a backup that was rolled off one volume expires on all
 * @param capacityBytes that the backups of each volume may need; 0 for any
 * @param onFull what happens when they need more
 * @param background whether a recovery copies at once, where the command does not say
 * @param lockMillis for which each new backup is locked, where the command does not say; 0 for not
 * @param maxLockMillis the longest lock that a command may ask for; 0 for any
 * @param dual whether commands need two people
 */
public record SessionProperties(
    long minimumIntervalMillis,
    long retentionMillis,
    boolean expireOnAutoRoll,
    long capacityBytes,
    FullPolicy onFull,
    boolean background,
    long lockMillis,
    long maxLockMillis,
    DualControl dual) {
  /** Those of a new session. */
  public static final SessionProperties USUAL =
      new SessionProperties(0, 0, false, 0, FullPolicy.AUTO_ROLL, false, 0, 0, DualControl.OFF);
}
