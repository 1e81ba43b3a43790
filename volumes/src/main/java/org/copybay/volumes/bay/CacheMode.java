package org.copybay.volumes.bay;

import java.util.Locale;

/** Who keeps the live blocks of a volume in memory. */
public enum CacheMode {
  /** The kernel's page cache alone. */
  PAGE,
  /** The block cache of the bay. */
  BLOCK;

  /** The word in commands, status files and the catalogue. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static CacheMode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
