package org.copybay.volumes.evidence;

/** What is known of the content of a point. */
public sealed interface Evidence {
  /** Nothing: its tracks were not hashed, or not all of them. */
  record Unsealed() implements Evidence {}

  /** The hash of each track as it was when the point was sealed. */
  record Sealed(SealedPoint sealed) implements Evidence {}

  /**
   * The files of the evidence are damaged: what was sealed and what was not cannot be told.
   *
   * @param why what is wrong, and where
   */
  record Damaged(String why) implements Evidence {}
}
