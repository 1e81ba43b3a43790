package org.copybay.copy.optical;

import java.util.List;
import org.copybay.copy.engine.DataRanges;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.format.Patch;
import org.jspecify.annotations.Nullable;

/** One target of a duplicate while it is written. */
final class CopyTarget {
  // set once
  private final OpticalVolume volume;
  private final String newId;
  private final List<Patch> patches;
  private final DataRanges ranges;
  private final boolean incremental;

  private @Nullable String hash; // by the thread of the job

  private long safe; // by the thread of the job: bytes of the source before it are on the target

  // volatile: set by any thread of the copier
  private volatile @Nullable StorageException failure;

  CopyTarget(
      OpticalVolume volume,
      String newId,
      List<Patch> patches,
      DataRanges ranges,
      boolean incremental,
      long safe) {
    this.volume = volume;
    this.newId = newId;
    this.patches = List.copyOf(patches);
    this.ranges = ranges;
    this.incremental = incremental;
    this.safe = safe;
  }

  OpticalVolume volume() {
    return volume;
  }

  /** Its identifier when it is whole. */
  String newId() {
    return newId;
  }

  /** Its descriptors, which are written last. */
  List<Patch> patches() {
    return patches;
  }

  /** What is to be copied. */
  DataRanges ranges() {
    return ranges;
  }

  /** Whether that is not all. */
  boolean incremental() {
    return incremental;
  }

  @Nullable StorageException failure() {
    return failure;
  }

  void fail(StorageException error) {
    failure = error;
  }

  /** Bytes of the source before this one are on it, also after power loss. */
  long safe() {
    return safe;
  }

  /** All copies that go on have all before that byte. */
  void reached(long offset) {
    if (failure == null) {
      safe = offset;
    }
  }

  @Nullable String hash() {
    return hash;
  }

  void setHash(String newHash) {
    hash = newHash;
  }
}
