package org.copybay.copy.shadow;

import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Holds the writes of several sets back at once, so that an application that is spread over them is
 * split while nothing is half written (SET SHADOW/STALL=WRITES).
 */
public final class Stalls {
  /** The most seconds that writes are held back. */
  public static final int MAX_SECONDS = 300;

  private Stalls() {}

  /**
   * Holds back the writes that begin from here on, and waits for those that are under way. What is
   * held back already counts its seconds anew. BAD_REQUEST; CLOSED when one is not mounted; AGAIN
   * when they were over before the writes.
   */
  public static void begin(List<VirtualUnit> units, int seconds) throws StorageException {
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "seconds is a number from 1 to " + MAX_SECONDS + ", got " + seconds,
          "seconds=30");
    }
    for (VirtualUnit unit : units) {
      requireMounted(unit);
    }
    for (VirtualUnit unit : units) {
      unit.set().stall().begin(seconds);
    }
    for (VirtualUnit unit : units) {
      unit.set().stall().awaitEarlier();
    }
    for (VirtualUnit unit : units) {
      requireBegun(unit, seconds);
    }
  }

  /** AGAIN where the seconds were over before the last write of before was. */
  private static void requireBegun(VirtualUnit unit, int seconds) throws StorageException {
    if (!isBegun(unit)) {
      throw new StorageException(
          Fault.AGAIN,
          "writes of "
              + unit.name()
              + " that had begun before took all of the "
              + seconds
              + " s: none is held back any more",
          "cat .control/shadow/" + unit.name() + "/status, then again with more seconds=");
    }
  }

  /** CLOSED when it is not mounted. */
  public static void requireMounted(VirtualUnit unit) throws StorageException {
    unit.set().mounted();
  }

  /** Whether the writes of a set are held back now. */
  public static boolean isBegun(VirtualUnit unit) {
    return unit.set().stall().secondsLeft() > 0;
  }

  /**
   * Lets the writes of sets go on.
   *
   * @return those whose writes were held back until now; of others the seconds were over
   */
  public static List<VirtualUnit> end(List<VirtualUnit> units) {
    return units.stream().filter(unit -> unit.set().stall().end()).toList();
  }
}
