package org.copybay.control.command;

/**
 * A flag of a command of AdvancedCopy Manager.
 *
 * @param name as it is written, with its dash
 * @param operand what follows it
 * @param key of the modern command that it means
 * @param value of that key, where nothing follows the flag; else the word for it in a grammar, or
 *     of {@link Operand#ONE_OF} the words that it can be, with bars
 */
record OpcFlag(String name, Operand operand, String key, String value) {
  /** What follows a flag. */
  enum Operand {
    /** Nothing. */
    NONE,
    /** A name, which is taken as it is. */
    NAME,
    /** The name of a volume, perhaps with the array before it. */
    VOLUME,
    /** The name of a pair, or both of its volumes. */
    PAIR,
    /** Both volumes of a pair, or the name of one whose volumes other flags say. */
    NEW_PAIR,
    /** What has no meaning here: the reply says so. */
    UNUSED,
    /** One of a few words that mean the same here. */
    ONE_OF
  }

  /** The flag in a grammar. */
  String shown() {
    return operand == Operand.NONE ? name : name + " " + value;
  }
}
