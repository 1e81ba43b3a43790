package org.copybay.volumes.bitmap;

/**
 * The changes of a volume that are under way. A change begins before the observers are told of it
 * and ends when its bytes are in the file; entering is an atomic update with the memory effects of
 * a volatile one, so that what a change saw of a bitmap is older than what was done before {@link
 * #awaitEarlier}, or the change is waited for.
 */
@FunctionalInterface
public interface ChangesInFlight {
  /** Returns when every change that began before this call has ended. */
  void awaitEarlier();
}
