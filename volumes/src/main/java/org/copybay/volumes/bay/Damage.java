package org.copybay.volumes.bay;

import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** Why one volume has no files that it can be served from, and what helps. Any thread may call. */
final class Damage {
  private static final String NO_ANSWER = "its disk does not answer";

  private final Bay bay;
  private final Volume volume;
  private volatile @Nullable String why; // volatile: set under the lock of the bay

  Damage(Bay bay, Volume volume) {
    this.bay = bay;
    this.volume = volume;
  }

  /** Null where there is none. */
  @Nullable String why() {
    return why;
  }

  void set(String newWhy) {
    why = newWhy;
  }

  /** Its disk was asked for the home and has not answered yet. */
  void setAsked() {
    why = NO_ANSWER;
  }

  /** {@link Volume#awaitsDisk}. */
  boolean awaitsDisk() {
    return NO_ANSWER.equals(why);
  }

  void end() {
    why = null;
  }

  /** CORRUPT, for who wants its bytes. */
  StorageException refusal() {
    String now = why;
    return new StorageException(
        Fault.CORRUPT,
        "volume " + volume.name() + " is damaged: " + (now == null ? "closed" : now),
        remedy());
  }

  /** What to do. */
  String remedy() {
    String check = volume.row().checking();
    if (awaitsDisk()) {
      return "when its disk answers: " + check;
    }
    Path directory = bay.layout().directory(volume.row());
    boolean away = volume.row().directory() != null && !Files.isDirectory(directory);
    return (away ? "mount the disk of " : "put back the files of ")
        + directory
        + ", then: "
        + check;
  }
}
