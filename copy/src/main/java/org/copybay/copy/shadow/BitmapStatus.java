package org.copybay.copy.shadow;

import java.time.Instant;
import org.copybay.volumes.bitmap.Grain;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say about one write bitmap of a set.
 *
 * @param name of the member that it is for; rolling and merge are of the set itself
 * @param type what it is for
 * @param regions how many it has
 * @param regionsSet how many of them are set; null while the set is not mounted
 * @param changedBytes how many bytes must be copied or compared; null while it is not mounted
 * @param mapBytes size of its map; null while it is not mounted
 * @param active whether writes set bits in it
 * @param created of a former member when it left; of others it is not remembered, and null
 */
public record BitmapStatus(
    String name,
    Type type,
    long regions,
    @Nullable Long regionsSet,
    @Nullable Long changedBytes,
    @Nullable Long mapBytes,
    boolean active,
    @Nullable Instant created) {
  /** Those of every set. */
  public static final String ROLLING = "rolling";

  /** Where full members may differ. */
  public static final String MERGE = "merge";

  /** What a bitmap is for. */
  public enum Type {
    /** What one member lacks. */
    MINICOPY("Minicopy"),
    /** What was written lately: what a merge after a crash compares. */
    MINIMERGE("Minimerge"),
    /** Where full members may differ. */
    MERGE("Merge");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** How SHOW DEVICE/BITMAP calls it. */
    public String text() {
      return text;
    }
  }

  /** Bytes of one region. */
  public long regionBytes() {
    return SetBitmaps.GRAIN.regionBytes();
  }

  /** How regions are cut, in a word. */
  public Grain grain() {
    return SetBitmaps.GRAIN;
  }

  /** Of its regions; more than 0 where one is set. Null while the set is not mounted. */
  public @Nullable Long percentPopulated() {
    Long set = regionsSet;
    if (set == null) {
      return null;
    }
    return regions == 0 ? 0 : (set * 100 + regions - 1) / regions;
  }
}
