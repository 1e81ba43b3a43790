package org.copybay.volumes.event;

import java.time.Instant;
import java.util.List;

/**
 * One change of state that is true, and recorded where it is to last.
 *
 * @param number 1, 2, 3 … since the bay was opened
 * @param time when it was told
 * @param kind the object and what became of it: {@code volume_created}
 * @param subject the name of the object at the moment before the change
 * @param facts what else there is to say, in the order in which it is shown
 */
public record Event(long number, Instant time, String kind, String subject, List<Fact> facts) {

  /**
   * One thing to say of a change.
   *
   * @param key a word of lower case
   * @param value a number, a boolean, a list of names, a {@link org.copybay.volumes.Fault}, or
   *     anything as text
   */
  public record Fact(String key, Object value) {}

  /** A thing to say. */
  public static Fact fact(String key, Object value) {
    return new Fact(key, value);
  }
}
