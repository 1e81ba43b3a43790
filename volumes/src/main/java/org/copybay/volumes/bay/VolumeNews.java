package org.copybay.volumes.bay;

import static org.copybay.volumes.event.Event.fact;

import org.copybay.volumes.event.Events;
import org.jspecify.annotations.Nullable;

/**
 * Tells what became of a volume, as its rows say. Called under the lock of the bay, when the row is
 * recorded and everybody can see it.
 */
final class VolumeNews {
  private final Events events;

  VolumeNews(Events events) {
    this.events = events;
  }

  /** It was made. Nobody sees the target of a job before it is whole (P6). */
  void made(VolumeRecord row) {
    if (row.state() != VolumeState.COPYING && !row.hidden()) {
      events.tell(
          "volume_created",
          row.name(),
          fact("size", row.size()),
          fact("state", row.state().word()),
          fact("uuid", row.id()));
    }
  }

  /**
   * It has a name from now on that it did not have.
   *
   * @param old the row of the volume that had it, and is deleted, or null
   */
  void placed(VolumeRecord before, VolumeRecord after, @Nullable VolumeRecord old) {
    if (old != null) {
      events.tell("volume_replaced", old.name(), fact("uuid", old.id()));
    }
    if (before.state() == VolumeState.COPYING) {
      made(after);
    } else {
      events.tell("volume_renamed", before.name(), fact("to", after.name()));
    }
  }

  /** It was deleted. */
  void deleted(VolumeRecord row) {
    if (row.hidden()) {
      return; // who it belongs to tells
    }
    events.tell("volume_deleted", row.name(), fact("uuid", row.id()));
  }

  /** It has another row from now on; its end is told by {@link #deleted}. */
  void changed(VolumeRecord before, VolumeRecord after) {
    if (after.state() == VolumeState.DROPPING || after.state() == VolumeState.COPYING) {
      return; // nobody sees it
    }
    String name = after.name();
    if (after.hidden()) {
      failed(before, after);
      return;
    }
    if (before.state() != after.state()) {
      events.tell("volume_finished", name, fact("size", after.size()));
    } else if (before.size() != after.size()) {
      events.tell(
          "volume_resized", name, fact("size", after.size()), fact("before", before.size()));
    }
    if (before.cache() != after.cache()) {
      events.tell("volume_cache_changed", name, fact("cache_mode", after.cache().word()));
    }
    failed(before, after);
  }

  private void failed(VolumeRecord before, VolumeRecord after) {
    String name = after.name();
    String failure = after.failure();
    if (before.failure() == null && failure != null) {
      events.tell("volume_failed", name, fact("why", failure));
    } else if (before.failure() != null && failure == null) {
      events.tell("volume_repaired", name);
    }
  }

  /** It answers nothing, for that reason. */
  void damaged(Volume volume, String why) {
    events.tell("volume_damaged", volume.name(), fact("why", why));
  }

  /** It was damaged, and its files are there again. */
  void opened(Volume volume) {
    events.tell("volume_opened", volume.name());
  }

  /** Nobody knows any more what changed since that bitmap was started or reset. */
  void bitmapLost(Volume volume, BitmapRecord bitmap, String why) {
    events.tell("bitmap_lost", bitmap.name(), fact("volume", volume.name()), fact("why", why));
  }
}
