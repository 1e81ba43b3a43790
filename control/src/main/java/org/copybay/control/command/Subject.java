package org.copybay.control.command;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeState;

/**
 * The object that the conditions of a command are about, as it was when the command was checked.
 *
 * @param label the object in words
 * @param state its state as a word
 * @param states every word that the state can be
 * @param generation changes since it was made, or {@link #NONE}
 */
record Subject(String label, String state, List<String> states, long generation) {
  /** The generation of what has none. */
  static final long NONE = -1;

  static Subject of(Volume volume) {
    return new Subject(
        "volume " + volume.name(),
        volume.state().word(),
        words(VolumeState.values()),
        volume.row().generation());
  }

  /** What does not exist yet, or is no object. */
  static Subject none(String label) {
    return new Subject(label, "none", List.of("none"), NONE);
  }

  static List<String> words(Enum<?>[] values) {
    return Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }
}
