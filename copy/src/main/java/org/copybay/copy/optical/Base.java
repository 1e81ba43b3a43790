package org.copybay.copy.optical;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a duplicate is known to share with its source: everything but what the two bitmaps name, and
 * what lies at or behind a byte.
 *
 * @param source volume that holds the bytes of the source
 * @param sourceBitmap hidden bitmap of that volume: what changed since it was copied
 * @param targetBitmap hidden bitmap of the target: what changed since then; null for one that
 *     nobody can have changed
 * @param end bytes from here on were not copied; {@link Long#MAX_VALUE} for none
 */
public record Base(UUID source, String sourceBitmap, @Nullable String targetBitmap, long end) {
  /** Whether the copy to it ended. */
  public boolean whole() {
    return end == Long.MAX_VALUE;
  }

  Base withEnd(long newEnd) {
    return new Base(source, sourceBitmap, targetBitmap, newEnd);
  }
}
