package org.copybay.copy.quickopc;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;

/*
 * U, TS and TD of a session, and what they say of a region of 64 KiB:
 *
 *   U   the target does not hold it yet: the unfilled blocks of the target (TrackOrigin)
 *   TS  the source was updated there since the last start: a hidden write bitmap of the source
 *   TD  the same of the target
 *
 * INV-1 A region that is in none of them is the same on both sides.
 * INV-2 What is in U was not updated on the target: a bit of TD there, which power loss may set, says
 *       nothing, and is not shown.
 * INV-3 The row in the catalogue changes before the target does: what is half done at a crash is
 *       done at the next mount (Starting).
 */
/** One session of a pair. Any thread may call; its record changes under the lock of QuickOpc. */
public final class Session {
  // set once
  private final Bay bay;
  private final Volume source;
  private final Volume target;

  private volatile SessionRecord record; // volatile: replaced under the lock, read by all

  Session(Bay bay, SessionRecord record, Volume source, Volume target) {
    this.bay = bay;
    this.record = record;
    this.source = source;
    this.target = target;
  }

  /** Its row as it is now. */
  public SessionRecord record() {
    return record;
  }

  void setRecord(SessionRecord now) {
    record = now;
  }

  /** The volume that is copied. */
  public Volume source() {
    return source;
  }

  /** The volume that shows the copy. */
  public Volume target() {
    return target;
  }

  /** What it does. Tracking is only what is copied, was synced and is recorded as such. */
  public Phase phase() {
    SessionRecord now = record;
    if (now.error() != null || source.damaged() || target.damaged()) {
      return Phase.ERROR_SUSPEND;
    }
    if (!now.tracking()) {
      return Phase.COPYING;
    }
    return now.point() != null || isCopying() ? Phase.COPYING_TRACKING : Phase.TRACKING;
  }

  /** Whether its target does not hold everything yet. */
  public boolean isCopying() {
    SessionRecord now = record;
    try {
      TrackOrigin origin = target.origin();
      return !now.switched() || (origin.any() && origin.stamp() == now.stamp());
    } catch (StorageException e) {
      return true; // its target is damaged
    }
  }

  /** Bytes that its target does not hold yet. */
  public long leftBytes() throws StorageException {
    return isCopying() ? target.origin().unfilledBytes() : 0;
  }

  /** Percent of what the last start had to copy. */
  public int percent() throws StorageException {
    long all = record.startBytes();
    long left = leftBytes();
    if (!record.switched()) {
      return 0;
    }
    if (left == 0) {
      return 100;
    }
    return all == 0 ? 0 : (int) Math.min(99, Math.max(0, all - left) * 100 / all);
  }

  /** TS, or null where nothing is recorded. CORRUPT where it is lost. */
  public @Nullable WriteBitmap trackedSource() throws StorageException {
    return tracked(true, record.generation());
  }

  /** TD, of which bits in U say nothing, or null where nothing is recorded. CORRUPT. */
  public @Nullable WriteBitmap trackedTarget() throws StorageException {
    return tracked(false, record.generation());
  }

  /** The bitmap of a side, of a generation, or null. */
  @Nullable WriteBitmap tracked(boolean ofSource, int generation) throws StorageException {
    Volume volume = ofSource ? source : target;
    String name = record.bitmap(ofSource, generation);
    BitmapRecord found = bay.bitmaps().findOrNull(volume, name);
    return found == null ? null : bay.bitmaps().bits(volume, found);
  }

  /** Those bitmaps of a generation that are there. CORRUPT. */
  List<WriteBitmap> tracked(int generation) throws StorageException {
    WriteBitmap ofSource = tracked(true, generation);
    WriteBitmap ofTarget = tracked(false, generation);
    if (ofSource == null || ofTarget == null) {
      return List.of();
    }
    return List.of(ofSource, ofTarget);
  }

  /** The unfilled blocks of a track of the target, as far as they are of this session. */
  int unfilled(long track) throws StorageException {
    return isCopying() ? target.origin().mask(track) : 0;
  }
}
