package org.copybay.copy.library;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Files of a cartridge that are to be removed, until they are. On a disk that takes turns with
 * another one their directory may hold another cartridge, which stays.
 *
 * @param directory they are in, from that of the bay, so that a bay which was moved or copied finds
 *     its own
 * @param id medium id of the cartridge that they are of
 */
record Gone(String directory, UUID id) {
  /** Those of a row. */
  static Gone of(Path tapes, TapeRecord row) {
    return of(tapes, TapeFiles.of(tapes, row), row.id());
  }

  /** Those of a cartridge. */
  static Gone of(Path tapes, TapeFiles files, UUID id) {
    Path directory = files.directory();
    boolean inside = directory.startsWith(tapes);
    return new Gone((inside ? tapes.relativize(directory) : directory).toString(), id);
  }

  /** Where they are, or others. */
  TapeFiles files(Path tapes) {
    return new TapeFiles(tapes.resolve(directory));
  }

  /** Whether they lie there, by their label, and not those of another cartridge. */
  boolean isThere(Path tapes) {
    return files(tapes).isOnlyOf(id);
  }
}
