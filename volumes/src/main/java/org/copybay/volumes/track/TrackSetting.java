package org.copybay.volumes.track;

import java.util.function.Supplier;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.TrackStore;

/**
 * What the engine of a volume stands in.
 *
 * @param store its files
 * @param volume what they say of the volume
 * @param gate through which every change of the volume passes
 * @param epochs in which every read of the volume is
 * @param room before the gate
 * @param limit of the spill
 * @param wake asks for {@link TrackEngine#upkeep}
 * @param pages of maps in memory
 * @param recover what a start takes the death of the one before for
 * @param geometry the size of blocks
 * @param journalBytes a checkpoint is made at this size of a segment, and writers wait at twice it
 */
record TrackSetting(
    TrackStore store,
    Supplier<VolumeIdentity> volume,
    Passages gate,
    Passages epochs,
    JournalRoom room,
    SpillLimit limit,
    Runnable wake,
    MapPages pages,
    RecoverMode recover,
    Geometry geometry,
    long journalBytes) {
  /** Segments of 16 MiB: at most a million records in two of them are to be replayed. */
  static final long JOURNAL_BYTES = 16 << 20;

  /** The same, for a start that takes the end of the one before for something else. */
  TrackSetting recovering(RecoverMode mode) {
    return new TrackSetting(
        store, volume, gate, epochs, room, limit, wake, pages, mode, geometry, journalBytes);
  }
}
