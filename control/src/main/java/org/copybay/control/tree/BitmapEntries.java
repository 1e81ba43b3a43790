package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.jspecify.annotations.Nullable;

/** volumes/NAME/bitmaps/: one directory for each write bitmap of a volume. */
final class BitmapEntries implements ControlDirectory.Entries {
  private final Bay bay;
  private final String volume;
  private final ErrorLog errors;

  BitmapEntries(Bay bay, String volume, ErrorLog errors) {
    this.bay = bay;
    this.volume = volume;
    this.errors = errors;
  }

  @Override
  public List<String> names() {
    Volume now = bay.findOrNull(volume);
    return now == null ? List.of() : now.seenBitmaps().stream().map(BitmapRecord::name).toList();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    if (!names().contains(name)) {
      return null;
    }
    String path = "volumes/" + volume + "/bitmaps/" + name;
    return new ControlDirectory(
        path,
        new FixedEntries()
            .add(text(path, name, "status", (of, bitmap) -> status(of, bitmap).text()))
            .add(text(path, name, "status.json", (of, bitmap) -> status(of, bitmap).json()))
            .add(text(path, name, "ranges", (of, b) -> BitmapPages.ranges(bits(of, b), 0)))
            .add(text(path, name, "ranges.json", (of, b) -> BitmapPages.rangesJson(bits(of, b))))
            .add(text(path, name, "blocks", (of, b) -> BitmapPages.blocks(bits(of, b), 0)))
            .add(text(path, name, "blocks.json", (of, b) -> BitmapPages.blocksJson(bits(of, b))))
            .add(from(path, name, "ranges.from", BitmapPages::ranges))
            .add(from(path, name, "blocks.from", BitmapPages::blocks))
            .add(new BitmapMapFile(path + "/map", bay, volume, name, errors)));
  }

  private Page status(Volume of, BitmapRecord record) throws StorageException {
    return record.damage() == null
        ? BitmapPages.status(of, record, bay.bitmaps().set(of, record), bits(of, record))
        : BitmapPages.lost(of, record);
  }

  private WriteBitmap bits(Volume of, BitmapRecord record) throws StorageException {
    return bay.bitmaps().bits(of, record);
  }

  /** Renders what a bitmap says from a number on. */
  @FunctionalInterface
  private interface From {
    String of(WriteBitmap bits, long first);
  }

  private ControlDirectory from(String path, String bitmap, String name, From from) {
    return FromEntries.directory(
        path + "/" + name,
        errors,
        first -> {
          Volume now = bay.find(volume);
          return from.of(bits(now, bay.bitmaps().find(now, bitmap)), first);
        });
  }

  /** Renders a bitmap. */
  @FunctionalInterface
  private interface Rendering {
    String of(Volume volume, BitmapRecord record) throws StorageException;
  }

  /** A file about the bitmap that has this name when it is opened. */
  private TextFile text(String path, String bitmap, String name, Rendering rendering) {
    return new TextFile(
        path + "/" + name,
        errors,
        caller -> {
          Volume now = bay.find(volume);
          return rendering.of(now, bay.bitmaps().find(now, bitmap));
        });
  }
}
