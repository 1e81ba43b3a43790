package org.copybay.copy.optical;

import java.util.Locale;

/** What an optical volume can be. */
public enum SideState {
  /** A program writes the image for the first time. */
  MAKING,
  /** It has no label yet. */
  UNINITIALIZED,
  /** It has a label. */
  INITIALIZED,
  /** A duplicate to it did not end; it can be written again from the beginning, or resumed. */
  INCOMPLETE,
  /** A duplicate to it did not end, and what is written on it cannot be taken back. */
  SPOILED;

  /** The word in status files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static SideState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether nothing that it holds is to be read as a volume (P6). */
  public boolean broken() {
    return this == INCOMPLETE || this == SPOILED;
  }
}
