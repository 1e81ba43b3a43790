package org.copybay.volumes.evidence;

/**
 * A point of a volume that was sealed, and what its sealing came to.
 *
 * @param point number, size and instant
 * @param hashedTracks that were read and hashed for it
 * @param hashedBytes the same in bytes
 * @param entries hashes that differ from those of the point that was sealed before it
 * @param root of the sealing
 * @param previous the root before it
 */
public record SealedPoint(
    FrozenPoint point,
    long hashedTracks,
    long hashedBytes,
    long entries,
    Root root,
    Root previous) {
  int number() {
    return point.number();
  }
}
