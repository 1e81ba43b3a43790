package org.copybay.nativetest.replay;

import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * What is done while the disk is recorded, and what must hold at every cut beyond the rule that
 * volumes keep their acknowledged bytes. One object serves one recording.
 *
 * <p>What a command fixes while others write lies between {@link StampedVolume#written} before the
 * command and {@link StampedVolume#issued} after it, and {@link Recovered#requireImage} compares a
 * file with these two, once {@link Recovered#after} says that the command was acknowledged.
 */
interface Scenario {

  /** Makes the volumes and what else is needed before the first write; the bay is mounted. */
  void prepare(Recording recording);

  /**
   * Those who write and give commands, each in a thread of its own, until they return. Asked for
   * once before the restart of the daemon and once after it.
   */
  List<Callable<Void>> actors(Recording recording, Random random);

  /** Whether the disk did at that position what a command wanted: half of some cuts are there. */
  default boolean isCommand(long position) {
    return false;
  }

  /** Whether the line in {@code .control/health} says that all is as a power loss may leave it. */
  default boolean isWell(String health) {
    return health.equals("ok");
  }

  /** Looks at more than the volumes in a recovered state. */
  default void check(Recovered state) {}
}
