package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.store.Entries;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies among the volumes and has no row: kept and reported, never deleted, for it may be what
 * an older catalogue has forgotten.
 */
final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

  private Orphans() {}

  /** Moves them out of the way; one that cannot be moved stays where it is, which harms nobody. */
  static void move(BayLayout layout, List<VolumeRecord> rows) {
    Set<String> known = new HashSet<>();
    rows.forEach(row -> known.add(row.id().toString()));
    try {
      for (Path entry : Entries.of(layout.volumes())) {
        if (!known.contains(name(entry))) {
          move(entry, layout.orphans());
        }
      }
    } catch (IOException e) {
      LOG.error("orphans not looked for: {}", e.toString());
    }
  }

  private static String name(Path entry) {
    return String.valueOf(entry.getFileName());
  }

  private static void move(Path entry, Path orphans) {
    try {
      Files.createDirectories(orphans);
      Path place = freePlace(orphans, name(entry));
      Files.move(entry, place, StandardCopyOption.ATOMIC_MOVE);
      LOG.warn("orphan={} has no row in the catalogue: kept as {}", entry.getFileName(), place);
    } catch (IOException e) {
      LOG.error("orphan={} not moved: {}", entry.getFileName(), e.toString());
    }
  }

  /** A name that is not taken: a move would delete what has it. */
  private static Path freePlace(Path orphans, String name) {
    Path place = orphans.resolve(name);
    for (int number = 1; Files.exists(place, LinkOption.NOFOLLOW_LINKS); number++) {
      place = orphans.resolve(name + "." + number);
    }
    return place;
  }
}
