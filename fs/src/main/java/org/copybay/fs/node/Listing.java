package org.copybay.fs.node;

import java.util.List;
import org.copybay.fs.transport.FuseException;

/** An open directory: its entries as they were when it was opened, or rewound. */
final class Listing {
  /** Where entries come from. */
  @FunctionalInterface
  interface Source {
    List<DirectoryEntry> list() throws FuseException;
  }

  private final Source source;

  // guarded by this
  private List<DirectoryEntry> entries;
  private boolean begun;

  Listing(Source source) throws FuseException {
    this.source = source;
    this.entries = source.list();
  }

  /** All entries, for a read from that position: lists anew at 0, but for the first time. */
  synchronized List<DirectoryEntry> at(long offset) throws FuseException {
    if (offset == 0 && begun) {
      entries = source.list();
    }
    begun = true;
    return entries;
  }
}
