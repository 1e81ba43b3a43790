package org.copybay.control.command;

/**
 * One key of a verb.
 *
 * @param holds what its value names
 * @param help one clause for the help text
 */
record Key(String name, Holds holds, boolean required, String help) {

  /** What a value names; a command claims the volumes and sets that it names. */
  enum Holds {
    /** A volume, existing or to be made. */
    VOLUME,
    /** A job. */
    JOB,
    /** A shadow set, or several with commas between them, by their virtual units. */
    SET,
    /** A copy group. */
    GROUP,
    /** A pair of a copy group, alone or as GROUP/PAIR. */
    PAIR,
    /** A safeguarded session. */
    SESSION,
    /** An optical volume, or several with commas between them. */
    SIDE,
    /** A tape library. */
    LIBRARY,
    /** A tape cartridge, or several with commas between them. */
    BARCODE,
    /** A word of IBM i, in any case, with or without its asterisk. */
    SPECIAL,
    /** One of a few words, in any case. */
    WORD,
    /** Anything else. */
    VALUE
  }

  static Key volume(String name, String help) {
    return new Key(name, Holds.VOLUME, true, help);
  }

  static Key job(String name, String help) {
    return new Key(name, Holds.JOB, true, help);
  }

  static Key set(String name, String help) {
    return new Key(name, Holds.SET, true, help);
  }

  static Key side(String name, String help) {
    return new Key(name, Holds.SIDE, true, help);
  }

  static Key library(String name, String help) {
    return new Key(name, Holds.LIBRARY, true, help);
  }

  static Key barcode(String name, String help) {
    return new Key(name, Holds.BARCODE, true, help);
  }

  static Key special(String name, String help) {
    return new Key(name, Holds.SPECIAL, false, help);
  }

  static Key word(String name, String help) {
    return new Key(name, Holds.WORD, false, help);
  }

  static Key required(String name, String help) {
    return new Key(name, Holds.VALUE, true, help);
  }

  static Key optional(String name, String help) {
    return new Key(name, Holds.VALUE, false, help);
  }
}
