package org.copybay.volumes.track;

/** Takes pieces of a track that points own: the blocks of the mask lie at base + index. */
@FunctionalInterface
interface Pieces {
  /** One piece. */
  void owned(int owner, int mask, long base);
}
