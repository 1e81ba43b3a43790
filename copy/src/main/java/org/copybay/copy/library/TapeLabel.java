package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Files;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SealedText;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue knows of a cartridge, once more beside its files ({@link SealedText}): a
 * catalogue that was made anew has it from there, and so has another bay. It has neither where the
 * cartridge is, nor what it holds. Written after each change; one that is behind by a change is no
 * damage.
 */
final class TapeLabel {
  /** The file. */
  static final String FILE = "label";

  /** What makes files that a program writes as a tape image; no job has such an id. */
  static final String IMPORT = "an import";

  private static final String MAKING = "making";

  private final TapeRecord row;
  private final @Nullable String making;

  private TapeLabel(TapeRecord row, @Nullable String making) {
    this.row = row;
    this.making = making;
  }

  // ---- writing

  /**
   * The text of that of a cartridge.
   *
   * @param making what makes these files, which are not the cartridge's yet, or null
   */
  static String text(TapeRecord row, @Nullable String making) {
    MediumFacts medium = row.medium();
    CopyOf copy = medium.copy();
    SealedText text =
        new SealedText()
            .line("barcode", row.barcode())
            .line("id", row.id())
            .line(MAKING, making)
            .line("kind", row.kind().word())
            .line("media", row.media().name())
            .line("capacity", row.capacity())
            .line("compressed", row.compressed())
            .line("tab", row.tab())
            .line("loads", row.loads())
            .line("created", row.created())
            .line("pool", medium.pool())
            .line("label", medium.label())
            .line("protection", medium.protection().word())
            .line("sealed", medium.sealedLife())
            .line("damage", medium.damage());
    if (copy != null) {
      text.line("copy_source", copy.source())
          .line("copy_barcode", copy.barcode())
          .line("copy_lives", copy.lives())
          .line("copy_objects", copy.objects())
          .line("copy_at", copy.at())
          .line("copy_job", copy.job())
          .line("copy_sha256", copy.sha256());
    }
    return text.text();
  }

  /** Writes that of the files in a directory; it survives power loss. */
  static void write(Path directory, TapeRecord row, @Nullable String making)
      throws StorageException {
    Path file = directory.resolve(FILE);
    SealedText.replace(file, text(row, making));
    if (row.files().home() != null) { // what lies outside of the bay everybody can read
      try {
        java.nio.file.Files.setPosixFilePermissions(file, TapeFiles.READABLE);
      } catch (UnsupportedOperationException | IOException e) {
        return; // such a disk has no modes
      }
    }
  }

  // ---- reading

  /** That of the files in a directory. NOT_FOUND, CORRUPT. */
  static TapeLabel read(Path directory) throws StorageException {
    Path file = directory.resolve(FILE);
    Properties values = SealedText.read(file);
    try {
      return new TapeLabel(row(values), values.getProperty(MAKING));
    } catch (RuntimeException e) {
      throw new StorageException(Fault.CORRUPT, file + ": " + e.getMessage(), null, e);
    }
  }

  private static String value(Properties values, String key) {
    String found = values.getProperty(key);
    if (found == null) {
      throw new IllegalArgumentException("it has no " + key);
    }
    return found;
  }

  private static TapeRecord row(Properties values) {
    return new TapeRecord(
        value(values, "barcode"),
        UUID.fromString(value(values, "id")),
        0,
        MediumKind.of(value(values, "kind")),
        TapeMedia.valueOf(value(values, "media")),
        Long.parseLong(value(values, "capacity")),
        Boolean.parseBoolean(value(values, "compressed")),
        Boolean.parseBoolean(value(values, "tab")),
        new Files(null, 0, true),
        Place.shelf(""),
        Integer.parseInt(value(values, "loads")),
        Instant.parse(value(values, "created")),
        medium(values),
        Contents.BLANK);
  }

  private static MediumFacts medium(Properties values) {
    String source = values.getProperty("copy_source");
    CopyOf copy =
        source == null
            ? null
            : new CopyOf(
                UUID.fromString(source),
                value(values, "copy_barcode"),
                Integer.parseInt(value(values, "copy_lives")),
                Long.parseLong(value(values, "copy_objects")),
                Instant.parse(value(values, "copy_at")),
                value(values, "copy_job"),
                value(values, "copy_sha256"));
    return new MediumFacts(
        value(values, "pool"),
        value(values, "label"),
        Protection.of(value(values, "protection")),
        Integer.parseInt(value(values, "sealed")),
        copy,
        null,
        values.getProperty("damage"));
  }

  /** What it would say if it were written by this program. */
  String text() {
    return text(row, making);
  }

  String barcode() {
    return row.barcode();
  }

  UUID id() {
    return row.id();
  }

  /**
   * The job, or {@link #IMPORT}, that makes the files, which are not the cartridge's yet, or null.
   */
  @Nullable String making() {
    return making;
  }

  /** What makes the files, in words. */
  String maker() {
    return IMPORT.equals(making) ? IMPORT : "job " + making;
  }

  /** The row of a cartridge that has these files, which somebody looks into then. */
  TapeRecord row(Files files, long inode, Place place) {
    return new TapeRecord(
        row.barcode(),
        row.id(),
        inode,
        row.kind(),
        row.media(),
        row.capacity(),
        row.compressed(),
        row.tab(),
        files,
        place,
        row.loads(),
        row.created(),
        row.medium(),
        Contents.BLANK);
  }
}
