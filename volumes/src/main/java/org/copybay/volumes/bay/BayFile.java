package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.NativeFile;

/**
 * The text file copybay.bay: what this directory is, in which format version.
 *
 * @param format version of everything below the bay directory
 * @param uuid the bay's own name, repeated in its catalogue
 * @param created when init made it
 */
public record BayFile(int format, UUID uuid, Instant created) {
  /** The newest format that this program reads and the one that it writes. */
  static final int FORMAT = 1;

  private static final int MAX_LENGTH_BYTES = 4096;

  /**
   * Reads it. NOT_FOUND: no bay; CORRUPT: not its form, or only it is missing of a bay;
   * UNSUPPORTED: newer than this program.
   */
  public static BayFile read(Path path) throws StorageException {
    Map<String, String> values = new HashMap<>();
    try {
      if (Files.size(path) > MAX_LENGTH_BYTES) {
        throw damaged(path, "it is longer than " + MAX_LENGTH_BYTES + " bytes");
      }
      for (String line : Files.readAllLines(path)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    } catch (NoSuchFileException e) {
      throw missing(path, e);
    } catch (MalformedInputException e) {
      throw damaged(path, "it is no text");
    } catch (IOException e) {
      throw FileFailure.of("read " + path, e);
    }
    return parse(path, values);
  }

  private static StorageException missing(Path path, NoSuchFileException cause) {
    BayLayout layout = layout(path);
    if (holdsVolumes(layout)) {
      return damaged(path, "the file is missing, of a bay that has volumes");
    }
    boolean begun = Files.exists(layout.reserve());
    return new StorageException(
        Fault.NOT_FOUND,
        path.getParent()
            + " is no bay: it has no file copybay.bay"
            + (begun ? ", and no volume that is seen: an init of it was interrupted" : ""),
        begun
            ? "copybay init DIRECTORY, another one"
            : "copybay init " + Words.shell(path.resolveSibling("")),
        cause);
  }

  private static BayLayout layout(Path path) {
    return new BayLayout(path.resolveSibling("").normalize());
  }

  private static boolean holdsVolumes(BayLayout layout) {
    try {
      return !Labels.volumes(layout).isEmpty();
    } catch (StorageException e) {
      return Files.exists(layout.volumes()); // there, and cannot be looked at
    }
  }

  private static BayFile parse(Path path, Map<String, String> values) throws StorageException {
    try {
      int format = Integer.parseInt(values.getOrDefault("format", ""));
      if (format > FORMAT) {
        throw new StorageException(
            Fault.UNSUPPORTED,
            path.getParent() + " has bay format " + format + ", this program reads up to " + FORMAT,
            "use the copybay that made it, or a newer one");
      }
      if (format < 1) {
        throw damaged(path, "it says format=" + format);
      }
      return new BayFile(
          format,
          UUID.fromString(values.getOrDefault("uuid", "")),
          Instant.parse(values.getOrDefault("created", "")));
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw damaged(path, "want lines format=, uuid= and created=, got " + values);
    }
  }

  private static StorageException damaged(Path path, String why) {
    return new StorageException(Fault.CORRUPT, path + " is damaged: " + why, remedy(path));
  }

  /** The labels of volumes know which bay it is; when it was made is of no use to anybody. */
  private static String remedy(Path path) {
    UUID bay = Labels.namedBay(layout(path));
    return bay == null
        ? "put back a copy of it; its uuid is that of table bay in catalogue.db"
        : "put back a copy of it, or: printf 'format="
            + FORMAT
            + "\\nuuid="
            + bay
            + "\\ncreated=2000-01-01T00:00:00Z\\n' >"
            + Words.shell(path);
  }

  /** Writes it whole or not at all, to survive power loss. */
  void write(Path path) throws StorageException {
    Path temporary = path.resolveSibling("copybay.bay.new");
    try {
      Files.writeString(
          temporary, "format=" + format + "\nuuid=" + uuid + "\ncreated=" + created + "\n");
      try (NativeFile file = NativeFile.open(temporary)) {
        file.sync();
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw FileFailure.of("write " + path, e);
    } finally {
      temporary.toFile().delete(); // there only after a failure: the move took it away
    }
    NativeFile.syncEntry(path);
  }
}
