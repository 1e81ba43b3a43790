package org.copybay.volumes.track;

/**
 * How much of an engine is looked at together, so that memory is bounded whatever the volume is.
 *
 * @param touches of tracks by records of the journal, at some 60 bytes each; more only where one
 *     bucket has more
 * @param bucketTracks the least tracks of a bucket, in which touches are counted
 * @param windowBlocks blocks of the spill, at one bit each
 */
record Portions(long touches, long bucketTracks, long windowBlocks) {
  /** About 16 MiB each: a page of a {@link TrackSet}, 512 GiB of spill. */
  static final Portions STANDARD = new Portions(1 << 18, 1 << 15, 1L << 27);
}
