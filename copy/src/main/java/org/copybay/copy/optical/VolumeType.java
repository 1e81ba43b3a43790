package org.copybay.copy.optical;

import java.util.Locale;

/** Whom an optical volume is for (IBM, System i: Storage solutions, "Volume types"). */
public enum VolumeType {
  /** Programs. */
  PRIMARY,
  /** The copies of one primary volume. */
  BACKUP;

  /** The word of IBM i, as in *PRIMARY. */
  public String word() {
    return "*" + name();
  }

  static VolumeType of(String word) {
    return valueOf(word.replace("*", "").toUpperCase(Locale.ROOT));
  }
}
