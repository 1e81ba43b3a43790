package org.copybay.copy.library;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How good a cartridge is (Data Protector, "Media condition factors"): fair from 80 percent of what
 * its pool allows in age or overwrites on, poor beyond it, and poor when something of it is
 * damaged. One that is in no pool does not wear.
 */
public enum MediumCondition {
  GOOD,
  FAIR,
  POOR;

  private static final int FAIR_PERCENT = 80;
  private static final int ALL_PERCENT = 100;

  /** The word in texts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of a cartridge at that time, in its pool or none. */
  static MediumCondition of(TapeRecord row, @Nullable MediaPool pool, Instant now) {
    if (row.medium().damage() != null) {
      return POOR;
    }
    if (pool == null) {
      return GOOD;
    }
    long percent = Math.max(overwrites(row) * ALL_PERCENT / pool.overwrites(), age(row, pool, now));
    return percent > ALL_PERCENT ? POOR : percent >= FAIR_PERCENT ? FAIR : GOOD;
  }

  /** Why it is poor, or null where it is not. */
  static @Nullable String whyPoor(TapeRecord row, @Nullable MediaPool pool, Instant now) {
    if (of(row, pool, now) != POOR) {
      return null;
    }
    String damage = row.medium().damage();
    if (damage != null || pool == null) {
      return damage;
    }
    return overwrites(row) > pool.overwrites()
        ? "written anew "
            + overwrites(row)
            + " times, pool "
            + pool.name()
            + " allows "
            + pool.overwrites()
        : "made at "
            + row.created()
            + ", pool "
            + pool.name()
            + " allows "
            + pool.months()
            + " months";
  }

  /** How often it was written anew. */
  static long overwrites(TapeRecord row) {
    return row.contents().lives();
  }

  private static long age(TapeRecord row, MediaPool pool, Instant now) {
    Instant end = row.created().atOffset(ZoneOffset.UTC).plusMonths(pool.months()).toInstant();
    long whole = Math.max(1, Duration.between(row.created(), end).toSeconds());
    long passed = Duration.between(row.created(), now).toSeconds();
    return passed > whole ? ALL_PERCENT + 1 : passed * ALL_PERCENT / whole;
  }
}
