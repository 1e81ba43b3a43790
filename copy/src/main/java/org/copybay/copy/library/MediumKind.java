package org.copybay.copy.library;

import java.util.Locale;

/** What a cartridge can be used for. */
public enum MediumKind {
  /** Written, and written anew. */
  DATA,
  /** Written at its end only, never erased. */
  WORM,
  /** Cleans a drive, and holds nothing. */
  CLEANING;

  /** The word in commands and texts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static MediumKind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
