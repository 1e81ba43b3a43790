package org.copybay.control.command;

/**
 * A word of a command of Data Protector that is known by where it stands.
 *
 * @param name in a grammar
 * @param key of the modern command that it means; empty where it means nothing here
 * @param needed whether a command is none without it
 * @param holds what it says
 */
record OmniOperand(String name, String key, boolean needed, Holds holds) {
  /** What an operand says. */
  enum Holds {
    /** A value as it stands. */
    TEXT,
    /** A medium: its barcode, its medium ID, or its label. */
    MEDIUM,
    /** The kind of media of a pool. */
    MEDIA,
    /** Usage and allocation of a pool. */
    POLICY
  }

  static OmniOperand needed(String name, String key) {
    return new OmniOperand(name, key, true, Holds.TEXT);
  }

  static OmniOperand maybe(String name, String key) {
    return new OmniOperand(name, key, false, Holds.TEXT);
  }

  static OmniOperand medium() {
    return new OmniOperand("MEDIUM", TapeCommands.BARCODE, true, Holds.MEDIUM);
  }

  /** The operand in a grammar. */
  String shown() {
    return needed ? name : "[" + name + "]";
  }
}
