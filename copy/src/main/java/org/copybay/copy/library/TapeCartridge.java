package org.copybay.copy.library;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedRecords;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;

/** A cartridge of the bay. Any thread may look; it is changed under the lock LIBRARY. */
public final class TapeCartridge {
  // volatile: replaced under LIBRARY, read without it
  private volatile TapeRecord row;
  private volatile @Nullable Cartridge opened;

  // volatile: set under LIBRARY, read without it
  private volatile @Nullable String holder;
  private volatile @Nullable String trouble;

  // guarded by LIBRARY
  private int users;
  private @Nullable CachedRecords records;
  private final Map<Cartridge, Integer> replaced = new HashMap<>(); // and their users

  TapeCartridge(TapeRecord row) {
    this.row = row;
  }

  /** What the catalogue has of it. */
  public TapeRecord row() {
    return row;
  }

  void setRow(TapeRecord newRow) {
    row = newRow;
  }

  /** Its barcode. */
  public String barcode() {
    return row.barcode();
  }

  /** What it holds, open, or null where no drive has it and nobody looks at it. */
  public @Nullable Cartridge opened() {
    return opened;
  }

  /** The job that reads or makes it, or null; nobody else moves or loads it then. */
  public @Nullable String holder() {
    return holder;
  }

  void setHolder(@Nullable String job) {
    holder = job;
  }

  /** Why it could not be opened in its drive when the bay was mounted, or null. */
  public @Nullable String trouble() {
    return trouble;
  }

  void setTrouble(@Nullable String why) {
    trouble = why;
  }

  /** BUSY when a job holds it. */
  void requireNotHeld() throws StorageException {
    String job = holder;
    if (job != null) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + barcode() + " is in use by job " + job,
          "cat .control/jobs/" + job + "/wait, or: cancel job=" + job);
    }
  }

  /** Opens its files. */
  @FunctionalInterface
  interface Opening {
    Cartridge open() throws StorageException;
  }

  /**
   * What it holds, open for one user more, who gives it back by {@link #release}. Needs LIBRARY.
   */
  Cartridge use(Opening opening) throws StorageException {
    Cartridge now = opened;
    if (now == null) {
      now = opening.open();
      opened = now;
      trouble = null;
    }
    users++;
    return now;
  }

  /** One user less of what {@link #use} opened; the last one closes it. Needs LIBRARY. */
  void release(Cartridge used) {
    Integer others = replaced.get(used);
    if (others != null) {
      if (others > 1) {
        replaced.put(used, others - 1);
        return;
      }
      replaced.remove(used);
    } else if (--users > 0) {
      return;
    } else {
      opened = null;
      records = null; // counts of cuts begin anew
    }
    used.close();
  }

  /** Other files take the place of those that are open: who has them keeps them. Needs LIBRARY. */
  void replaceFiles() {
    Cartridge now = opened;
    if (now != null) {
      replaced.put(now, users);
      users = 0;
      opened = null;
      records = null;
    }
  }

  /** Its records in the block cache. Needs LIBRARY. */
  CachedRecords cached(BlockCache cache) {
    CachedRecords now = records;
    if (now == null) {
      now = new CachedRecords(cache);
      records = now;
    }
    return now;
  }

  /** What it holds now; what its row says where it is not that any more, but an earlier life. */
  public Contents contents() {
    return contents(row.contents().written());
  }

  /** What its files hold, of whatever life, where they are open; else what its row says. */
  public Contents shown() {
    Cartridge cartridge = opened;
    Contents recorded = row.contents();
    if (cartridge == null) {
      return recorded;
    }
    TapeEnd end = cartridge.end();
    return recorded.sameAs(end) ? recorded : Contents.of(end, recorded.written());
  }

  /** What it holds now, to be recorded: what differs was written at that time. */
  Contents contents(@Nullable Instant now) {
    Cartridge cartridge = opened;
    Contents recorded = row.contents();
    if (cartridge == null) {
      return recorded;
    }
    TapeEnd end = cartridge.end();
    return recorded.sameAs(end) || end.lives() < recorded.lives()
        ? recorded
        : Contents.of(end, now);
  }
}
