package org.copybay.volumes.bay;

import java.util.Locale;

/** The states of a volume that exclude each other. */
public enum VolumeState {
  /** Made by a gesture, may still grow; ends with the last close once it has a size. */
  MAKING,
  /** Of fixed size, for everybody. */
  READY,
  /** The target of a job, not visible before it is whole (P6). */
  COPYING,
  /** Deleted; its bytes go with the last close. */
  DROPPING;

  /** The word in status files and in the catalogue. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static VolumeState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
