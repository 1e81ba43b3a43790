package org.copybay.copy.optical;

import java.util.Locale;

/** The kinds of optical devices (IBM, System i: Storage solutions, "Optical devices"). */
public enum DeviceType {
  /** A robot with slots and several drives: it fetches the cartridge of a volume that is opened. */
  LIBRARY("optical media library"),
  /** One drive; a person puts in, turns and takes out the cartridge. */
  STANDALONE("stand-alone device"),
  /** An image catalogue: every image in it is loaded. */
  VIRTUAL("virtual optical device");

  private final String words;

  DeviceType(String words) {
    this.words = words;
  }

  /** The word in commands and status files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** It in words. */
  public String words() {
    return words;
  }

  /** It in words, with the article. */
  public String phrase() {
    return (this == LIBRARY ? "an " : "a ") + words;
  }

  static DeviceType of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether DUPOPT takes a source in such a device and a target in that one. */
  boolean takes(DeviceType target) {
    return this == target || this == VIRTUAL || target == VIRTUAL;
  }
}
