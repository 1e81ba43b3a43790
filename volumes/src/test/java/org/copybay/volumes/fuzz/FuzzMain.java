package org.copybay.volumes.fuzz;

/**
 * What Jazzer calls, by these names: the argument of the first is the target, the second takes an
 * input. Nothing of Jazzer is needed to compile it.
 */
public final class FuzzMain {
  private static FuzzTarget target = FuzzTarget.DETECT;

  private FuzzMain() {}

  /** Chooses the target. */
  public static void fuzzerInitialize(String[] arguments) {
    target = FuzzTarget.of(arguments[0]);
  }

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    target.take(input);
  }
}
