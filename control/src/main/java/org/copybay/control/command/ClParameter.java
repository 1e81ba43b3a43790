package org.copybay.control.command;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A parameter of a CL command.
 *
 * @param keyword as it is written before its parenthesis
 * @param holds what its values are
 * @param key of the modern command that it means, or empty where it means nothing here
 * @param words special values, with what they mean; empty for nothing
 * @param notice what the reply says where it has no effect, or empty
 */
record ClParameter(
    String keyword, Holds holds, String key, Map<String, String> words, String notice) {
  /** What the values of a parameter are. */
  enum Holds {
    /** One name, in capital letters unless it is quoted. */
    NAME,
    /** Names. */
    NAMES,
    /** A number. */
    NUMBER,
    /** Text. */
    TEXT,
    /** One of the special values. */
    SPECIAL,
    /** Anything. */
    ANY
  }

  /** One name. */
  static ClParameter name(String keyword, String key, String words) {
    return new ClParameter(keyword, Holds.NAME, key, words(words), "");
  }

  /** Several names. */
  static ClParameter names(String keyword, String key, String words) {
    return new ClParameter(keyword, Holds.NAMES, key, words(words), "");
  }

  /** A number. */
  static ClParameter number(String keyword, String key, String words) {
    return new ClParameter(keyword, Holds.NUMBER, key, words(words), "");
  }

  /** Text. */
  static ClParameter text(String keyword, String key, String words) {
    return new ClParameter(keyword, Holds.TEXT, key, words(words), "");
  }

  /** One of a few special values. */
  static ClParameter special(String keyword, String key, String words) {
    return new ClParameter(keyword, Holds.SPECIAL, key, words(words), "");
  }

  /** One that has no effect. */
  static ClParameter unused(String keyword, String notice) {
    return new ClParameter(keyword, Holds.ANY, "", Map.of(), keyword + " has no effect: " + notice);
  }

  /**
   * Special values.
   *
   * @param text each with what it means, as in *YES=yes|*SAME=
   */
  private static Map<String, String> words(String text) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String word : text.isEmpty() ? new String[0] : text.split("\\|", -1)) {
      int equals = word.indexOf('=');
      all.put(equals < 0 ? word : word.substring(0, equals), word.substring(equals + 1));
    }
    return all;
  }

  /** The parameter in a grammar. */
  String shown() {
    String special = String.join("|", words.keySet());
    String own =
        switch (holds) {
          case NAME -> "NAME";
          case NAMES -> "NAME …";
          case NUMBER -> "NUMBER";
          case TEXT -> "'TEXT'";
          case SPECIAL -> "";
          case ANY -> "VALUE";
        };
    return keyword + "(" + own + (own.isEmpty() || special.isEmpty() ? "" : "|") + special + ")";
  }
}
