package org.copybay.control.tree;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * Facts about one object, by key: read as "key: value" lines, as JSON with the same keys in the
 * same order, or one by one. Numbers are integers, times are RFC 3339 in UTC, what is not known or
 * does not apply is a dash in the text and null in JSON.
 */
final class Page {
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  /** Adds a number, a boolean, a time, a word or null. */
  Page put(String key, @Nullable Object value) {
    boolean plain = value == null || value instanceof Number || value instanceof Boolean;
    Object shown = value instanceof Instant time ? time.truncatedTo(ChronoUnit.SECONDS) : value;
    values.put(key, plain ? value : String.valueOf(shown));
    return this;
  }

  /** Adds facts by their keys. */
  Page putAll(Map<String, @Nullable Object> facts) {
    facts.forEach(this::put);
    return this;
  }

  /** All of it, one line for each key. */
  String text() {
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append(": ").append(shown(value)).append('\n'));
    return text.toString();
  }

  /** One value with its line end. */
  String value(String key) {
    assert values.containsKey(key) : key;
    return shown(values.get(key)) + "\n";
  }

  private static String shown(@Nullable Object value) {
    if (value instanceof Boolean fact) {
      return fact ? "yes" : "no";
    }
    if (value == null) {
      return "-";
    }
    // A path may hold a line end; it must not begin a line of its own here.
    String text = value.toString();
    return text.chars().anyMatch(Character::isISOControl) ? Words.quote(text) : text;
  }

  /** All of it as one JSON object. */
  String json() throws StorageException {
    return Json.text(values);
  }
}
