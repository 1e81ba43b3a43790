package org.copybay.control.cli;

import java.util.Map;
import org.copybay.control.command.Sizes;
import org.jspecify.annotations.Nullable;

/**
 * What one {@code status.json} says, by key, in its order. A key that is not there, as in a bay
 * that an older daemon serves, is like one that is not known.
 */
record Facts(Map<String, @Nullable Object> values) {

  /** The value as the text form of the status shows it: a dash where there is none. */
  String word(String key) {
    Object value = values.get(key);
    return value == null ? "-" : value.toString();
  }

  /** A number of bytes for people. */
  String bytes(String key) {
    return values.get(key) instanceof Number number ? Sizes.human(number.longValue()) : "-";
  }

  /** A number, 0 where it is not known. */
  long number(String key) {
    return values.get(key) instanceof Number number ? number.longValue() : 0;
  }
}
