package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.UUID;
import org.copybay.volumes.bitmap.BitmapFiles;
import org.copybay.volumes.bitmap.Grain;
import org.jspecify.annotations.Nullable;

/**
 * The row of one write bitmap.
 *
 * @param id names its file
 * @param volume whose changes it records
 * @param name among the bitmaps of its volume
 * @param grain how it divides the volume
 * @param created when it was started
 * @param since when it was started or last reset: what changed later is in it
 * @param damage why its bits cannot be trusted, or null
 */
public record BitmapRecord(
    UUID id,
    UUID volume,
    String name,
    Grain grain,
    Instant created,
    Instant since,
    @Nullable String damage) {
  /** Whether it belongs to a session, and nobody sees it: its name has a slash. */
  public boolean hidden() {
    return name.indexOf('/') >= 0;
  }

  /** The file beside the home of the volume. */
  String file() {
    return BitmapFiles.PREFIX + id;
  }

  BitmapRecord withSince(Instant newSince) {
    return new BitmapRecord(id, volume, name, grain, created, newSince, damage);
  }

  BitmapRecord withDamage(String why) {
    return new BitmapRecord(id, volume, name, grain, created, since, why);
  }
}
