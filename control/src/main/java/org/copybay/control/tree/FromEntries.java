package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Files whose names are the number of the region or block from which on they tell; none is listed.
 */
record FromEntries(String path, ErrorLog errors, Ranges ranges)
    implements ControlDirectory.Entries {
  private static final int DIGITS = 18;

  /** Makes the text of the ranges from a number on. */
  @FunctionalInterface
  interface Ranges {
    String from(long first) throws StorageException;
  }

  /** The directory of such files. */
  static ControlDirectory directory(String path, ErrorLog errors, Ranges ranges) {
    return new ControlDirectory(path, new FromEntries(path, errors, ranges));
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    if (!name.matches("[0-9]{1," + DIGITS + "}")) {
      return null;
    }
    long first = Long.parseLong(name);
    return new TextFile(path + "/" + name, errors, caller -> ranges.from(first));
  }
}
