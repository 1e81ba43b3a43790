package org.copybay.control.command;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A flag of a command of Copy Services Manager or Data Protector.
 *
 * @param name as it is written, with its dash
 * @param operand what follows it
 * @param key of the modern command that it means, or empty where it means nothing here
 * @param value of that key, where nothing follows the flag; else the word for it in a grammar
 * @param words that can follow, with what they mean; empty for any
 */
record DialectFlag(
    String name, Operand operand, String key, String value, Map<String, String> words) {
  /** What follows a flag. */
  enum Operand {
    /** Nothing. */
    NONE,
    /** A value. */
    VALUE
  }

  /** One without operand. */
  static DialectFlag alone(String name, String key, String value) {
    return new DialectFlag(name, Operand.NONE, key, value, Map.of());
  }

  /** One with any value. */
  static DialectFlag with(String name, String key, String shown) {
    return new DialectFlag(name, Operand.VALUE, key, shown, Map.of());
  }

  /**
   * One with a value of a few words.
   *
   * @param words each with what it means, as in on=yes|off=no
   */
  static DialectFlag oneOf(String name, String key, String words) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String word : words.split("\\|", -1)) {
      int equals = word.indexOf('=');
      all.put(equals < 0 ? word : word.substring(0, equals), word.substring(equals + 1));
    }
    return new DialectFlag(name, Operand.VALUE, key, String.join("|", all.keySet()), all);
  }

  /** The flag in a grammar. */
  String shown() {
    return operand == Operand.NONE ? name : name + " " + value;
  }
}
