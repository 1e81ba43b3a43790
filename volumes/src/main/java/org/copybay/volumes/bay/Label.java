package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 The number of a record is that of a change which was durable in the catalogue before the
 *       record was written: a catalogue with a smaller one is an older one.
 * INV-2 Records are added at the end, or the whole file is replaced: a crash of the process leaves
 *       it as it was after a change, with at most one line that is cut.
 */
/**
 * What the label of a volume says: a copy of what the catalogue knows of the volume. It lies in the
 * bay, also for a volume on a disk of its own: nobody waits for that disk, and a copy of the bay
 * has labels of its own.
 *
 * @param number of the newest change that it knows
 * @param row of the volume
 * @param points of the volume, by id
 * @param bitmaps of the volume, by id, in the order in which they were started
 * @param records that the file has
 * @param damage what is wrong with it, or null; what a damaged line said is not known
 * @param torn whether its last line is cut
 */
public record Label(
    long number,
    VolumeRecord row,
    Map<UUID, Point> points,
    Map<UUID, BitmapRecord> bitmaps,
    int records,
    @Nullable String damage,
    boolean torn) {

  /**
   * A point as the label of one of its volumes knows it.
   *
   * @param row of the point and that volume
   * @param volumes how many volumes the point has
   */
  public record Point(PointTable.Row row, int volumes) {
    /** The same with a lock that ends at that time, or later. */
    Point lockedUntil(long millis) {
      PointTable.Row longer =
          new PointTable.Row(
              row.id(),
              row.inode(),
              row.name(),
              row.ready(),
              row.created(),
              row.volume(),
              row.facts(),
              Math.max(millis, row.lockedUntilMillis()));
      return new Point(longer, volumes);
    }
  }

  public Label {
    points = new LinkedHashMap<>(points);
    bitmaps = new LinkedHashMap<>(bitmaps);
  }

  /**
   * The label in a file, or null when there is none, or none of that volume of that bay.
   * STORE_FAILED.
   */
  public static @Nullable Label read(Path file, UUID bay, UUID volume) throws StorageException {
    String text = text(file);
    return text == null ? null : decode(text, bay, volume);
  }

  /**
   * The number of the newest change that a label knows, 0 when it is no label of that volume of
   * that bay. STORE_FAILED.
   */
  static long number(Path file, UUID bay, UUID volume) throws StorageException {
    String text = text(file);
    if (text == null || ofAnother(text, bay, volume)) {
      return 0;
    }
    long newest = 0;
    int end = text.lastIndexOf('\n');
    while (newest == 0 && end > 0) {
      int before = text.lastIndexOf('\n', end - 1);
      LabelRecord record = LabelRecord.decode(text.substring(before + 1, end));
      newest = record == null ? 0 : record.number();
      end = before;
    }
    return newest;
  }

  /**
   * The bay that a label names, or null when there is none, or its first line does not check.
   * STORE_FAILED.
   */
  static @Nullable UUID bay(Path file) throws StorageException {
    String text = text(file);
    LabelRecord head = text == null ? null : head(text);
    return head == null ? null : head.bay();
  }

  /** Bytes that are no UTF-8 become characters with which their line does not check. */
  private static @Nullable String text(Path file) throws StorageException {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw FileFailure.of("read " + file, e);
    }
  }

  private static @Nullable LabelRecord head(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? null : LabelRecord.decode(text.substring(0, end));
  }

  /** Whether its first line checks, and is that of another volume or bay. */
  private static boolean ofAnother(String text, UUID bay, UUID volume) {
    LabelRecord head = head(text);
    return head != null && !head.heads(bay, volume);
  }

  /**
   * Whether a file has a whole line, is of no other volume or bay, and all the same says nothing:
   * power loss leaves no such file. STORE_FAILED.
   */
  public static boolean ruined(Path file, UUID bay, UUID volume) throws StorageException {
    String text = text(file);
    return text != null
        && text.contains("\n")
        && !ofAnother(text, bay, volume)
        && decode(text, bay, volume) == null;
  }

  static @Nullable Label decode(String text, UUID bay, UUID volume) {
    if (ofAnother(text, bay, volume)) {
      return null;
    }
    Reading reading = new Reading(volume);
    int whole = text.lastIndexOf('\n') + 1;
    List<String> lines = text.substring(0, whole).lines().toList();
    if (head(text) == null) {
      reading.damage = "line 1 of its label is damaged";
    }
    for (int i = 1; i < lines.size(); i++) {
      reading.take(i + 1, lines.get(i));
    }
    return reading.end(lines.size(), whole < text.length());
  }

  /** Whether it says the same as another one, and is whole. */
  boolean says(@Nullable Label other) {
    return other != null
        && damage == null
        && !torn
        && row.equals(other.row)
        && points.equals(other.points)
        && bitmaps.equals(other.bitmaps);
  }

  /** Lines taken in one after the other. */
  private static final class Reading {
    private final UUID volume;
    private final Map<UUID, Point> points = new LinkedHashMap<>();
    private final Map<UUID, BitmapRecord> bitmaps = new LinkedHashMap<>();
    private long number;
    private @Nullable VolumeRecord row;
    private @Nullable String damage;

    Reading(UUID volume) {
      this.volume = volume;
    }

    void take(int line, String text) {
      LabelRecord record = LabelRecord.decode(text);
      if (record == null) {
        damage = "line " + line + " of its label is damaged";
        return;
      }
      try {
        take(record);
      } catch (RuntimeException e) { // it checks, but is of another program
        damage = "line " + line + " of its label is not understood: " + e.getMessage();
      }
    }

    private void take(LabelRecord record) {
      number = Math.max(number, record.number());
      switch (record.kind()) {
        case LabelRecord.VOLUME -> row = record.volume(volume);
        case LabelRecord.POINT -> points.put(record.id(), record.point(volume));
        case LabelRecord.POINT_GONE -> points.remove(record.id());
        case LabelRecord.BITMAP -> bitmaps.put(record.id(), record.bitmap(volume));
        case LabelRecord.BITMAP_GONE -> bitmaps.remove(record.id());
        default -> {} // of a newer program
      }
    }

    @Nullable Label end(int records, boolean torn) {
      VolumeRecord found = row;
      return found == null
          ? null
          : new Label(number, found, points, bitmaps, records, damage, torn);
    }
  }
}
