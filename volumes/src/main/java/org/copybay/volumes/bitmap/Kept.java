package org.copybay.volumes.bitmap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bitmaps of a set, replaced as a whole: who syncs all of them misses none that goes from one
 * list to the other. Immutable.
 *
 * @param told of every change
 * @param resting told of none
 */
record Kept(List<WriteBitmap> told, List<WriteBitmap> resting) {
  static final Kept NONE = new Kept(List.of(), List.of());

  /** Those that are told, then those that rest. */
  List<WriteBitmap> all() {
    List<WriteBitmap> found = new ArrayList<>(told);
    found.addAll(resting);
    return found;
  }

  /** The bitmap of that name, or null. */
  @Nullable WriteBitmap findOrNull(String name) {
    for (WriteBitmap bitmap : all()) {
      if (bitmap.name().equals(name)) {
        return bitmap;
      }
    }
    return null;
  }

  /** With a bitmap that is told of changes from here on. */
  Kept withTold(WriteBitmap bitmap) {
    Kept others = without(bitmap);
    return new Kept(with(others.told, bitmap), others.resting);
  }

  /** With a bitmap that is told of none from here on. */
  Kept withResting(WriteBitmap bitmap) {
    Kept others = without(bitmap);
    return new Kept(others.told, with(others.resting, bitmap));
  }

  Kept without(WriteBitmap bitmap) {
    return new Kept(without(told, bitmap), without(resting, bitmap));
  }

  private static List<WriteBitmap> with(List<WriteBitmap> some, WriteBitmap bitmap) {
    List<WriteBitmap> more = new ArrayList<>(some);
    more.add(bitmap);
    return List.copyOf(more);
  }

  private static List<WriteBitmap> without(List<WriteBitmap> some, WriteBitmap bitmap) {
    return some.stream().filter(each -> each != bitmap).toList();
  }
}
