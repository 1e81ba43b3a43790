package org.copybay.copy.library;

import java.util.Locale;

/** What a library is for. */
public enum LibraryType {
  /** Backup programs write to its drives; its cartridges lie in the bay. */
  VIRTUAL,
  /** Cartridges are copied to it; they lie in a directory that its owner chose. */
  DESTINATION;

  /** The word in commands and texts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static LibraryType of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
