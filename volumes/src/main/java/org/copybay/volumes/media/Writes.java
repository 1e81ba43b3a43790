package org.copybay.volumes.media;

/** How often a sector of a medium may be written. */
public enum Writes {
  /** Once. */
  ONCE,
  /** As often as wanted. */
  AGAIN,
  /** Never, once it was made. */
  NEVER;

  /** Whether what is written stays. */
  public boolean once() {
    return this == ONCE;
  }
}
