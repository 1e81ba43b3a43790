package org.copybay.volumes;

import java.util.function.BooleanSupplier;

/** Who waits for what the calling thread does; known for each thread by itself. */
public final class Requester {
  private static final ThreadLocal<BooleanSupplier> GONE = new ThreadLocal<>();

  private Requester() {}

  /**
   * Says for whom the calling thread works from now on.
   *
   * @param gone whether that one waits no more for what is under way; asked by the same thread
   */
  public static void is(BooleanSupplier gone) {
    GONE.set(gone);
  }

  /** Whether nobody waits any more for what the calling thread does, as far as one knows. */
  public static boolean gone() {
    BooleanSupplier gone = GONE.get();
    return gone != null && gone.getAsBoolean();
  }
}
