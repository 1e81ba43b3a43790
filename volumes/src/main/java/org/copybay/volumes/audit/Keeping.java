package org.copybay.volumes.audit;

import java.time.Duration;

/**
 * What is kept of the log: all that is younger than that age, and in any case so many entries.
 *
 * @param entries the newest ones, which stay however old they are
 * @param age what is younger stays however much it is
 * @param batch so many are dropped at once
 */
record Keeping(long entries, Duration age, long batch) {
  /** That of every bay. */
  static final Keeping OF_A_BAY = new Keeping(100_000, Duration.ofDays(366), 1_000);
}
