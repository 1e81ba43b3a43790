package org.copybay.volumes.evidence;

import java.util.List;

/**
 * What a verification of a sealed point found.
 *
 * @param readBytes that were read and hashed; holes that are to be holes are not
 * @param badTracks how many tracks do not have the hash they were sealed with
 * @param bad the first of them
 * @param isWhole whether all of the point was looked at; else it was stopped
 */
public record Verified(long readBytes, long badTracks, List<Bad> bad, boolean isWhole) {
  /** How many bad tracks are named. */
  public static final int MOST_NAMED = 100;

  /**
   * A track that does not have its hash.
   *
   * @param offset of its first byte
   * @param length bytes
   * @param why what is wrong with it, in a sentence
   */
  public record Bad(long offset, long length, String why) {}

  /** Keeps a copy of the list. */
  public Verified {
    bad = List.copyOf(bad);
  }
}
