package org.copybay.copy.shadow;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.CatalogueFile;
import org.copybay.volumes.bay.RebuiltTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shadow sets that the next mount finds in the labels of volumes, after a rebuild. */
public final class RebuiltSets {
  private static final Logger LOG = LoggerFactory.getLogger(RebuiltSets.class);

  private RebuiltSets() {}

  /**
   * A sentence for each; none where the catalogue was not made anew. Whoever calls holds the lock
   * of the bay; a label that cannot be read is only in the log, as the mount tells it too.
   */
  public static List<String> tell(Path bay) {
    BayLayout layout = new BayLayout(bay);
    Set<String> names = new TreeSet<>();
    try (Connection catalogue = CatalogueFile.copyToMemory(layout.catalogue());
        Statement statement = catalogue.createStatement()) {
      if (!RebuiltTable.isThere(catalogue)) {
        return List.of();
      }
      try (ResultSet row = statement.executeQuery("select id, directory from volume")) {
        while (row.next()) {
          addName(names, SetCheck.directory(layout, row.getString(2), row.getString(1)));
        }
      }
    } catch (StorageException | SQLException | RuntimeException e) {
      LOG.warn("bay={} labels of shadow sets: {}", bay, e.getMessage());
    }
    return names.stream()
        .map(
            name ->
                "shadow set "
                    + name
                    + " comes back dismounted, without write bitmaps: mount set="
                    + name
                    + " in the mount")
        .toList();
  }

  private static void addName(Set<String> names, Path directory) {
    try {
      MemberLabel label = LabelStore.read(directory);
      if (label != null) {
        names.add(label.unit());
      }
    } catch (StorageException e) {
      LOG.warn("directory={} {}", directory, e.getMessage());
    }
  }
}
