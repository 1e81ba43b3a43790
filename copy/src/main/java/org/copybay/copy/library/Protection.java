package org.copybay.copy.library;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Until when nothing that a cartridge holds may be overwritten or erased.
 *
 * @param permanent whether it never ends
 * @param until when it ends, or null: there is none, or it is permanent
 */
public record Protection(boolean permanent, @Nullable Instant until) {
  /** None. */
  public static final Protection NONE = new Protection(false, null);

  /** One that never ends. */
  public static final Protection PERMANENT = new Protection(true, null);

  /** One that ends then. */
  public static Protection until(Instant end) {
    return new Protection(false, end);
  }

  /** Whether it holds at that time. */
  public boolean holds(Instant now) {
    return permanent || (until != null && until.isAfter(now));
  }

  /** The word in texts: none, permanent, or the time of its end. */
  public String word() {
    return permanent ? "permanent" : until == null ? "none" : until.toString();
  }

  /** Of a word in a row. */
  static Protection of(String word) {
    return switch (word) {
      case "none" -> NONE;
      case "permanent" -> PERMANENT;
      default -> until(Instant.parse(word));
    };
  }
}
