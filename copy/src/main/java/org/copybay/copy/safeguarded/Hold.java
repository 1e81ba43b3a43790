package org.copybay.copy.safeguarded;

import java.time.Instant;

/**
 * A reason to keep a backup, without a date; it stays until it is released.
 *
 * @param name of the hold
 * @param uid who laid it
 * @param since when
 */
public record Hold(String name, int uid, Instant since) {}
