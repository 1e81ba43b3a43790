package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.store.SealedText;
import org.jspecify.annotations.Nullable;

/**
 * The file of one label. Lines are added at its end without a sync; {@link #sync} makes them
 * survive power loss. It is written anew when it has doubled since it last was, so that a line
 * costs the same however many there are.
 *
 * <p>Thread rule: under the lock of the bay, but for {@link #sync} and what it looks at.
 */
final class LabelFile {
  /** What stands behind the name of one that is being written. */
  static final String NEW = SealedText.NEW;

  private static final int FIRST_RECORDS = 64;

  private final Path path;
  private int records; // see the thread rule
  private int limit; // of records; see the thread rule

  // changed under the lock of the bay, read by every sync
  private final AtomicLong written = new AtomicLong(); // so many times

  // a leaf: one sync at a time, since the kernel tells a lost write to one caller only
  private final Object syncing = new Object();

  // volatile: set under the lock of the bay, looked at by every fence
  private volatile boolean lacking; // a line could not be written
  private volatile boolean unnamed; // its name does not survive power loss

  // volatile: set under syncing, looked at by every fence and under the lock of the bay
  private volatile long synced; // what was written when the last good sync began
  private volatile boolean syncFailed; // until all of it is written anew

  // volatile: for people
  private volatile @Nullable String why;

  LabelFile(Path path) {
    this.path = path;
  }

  /** Whether it lacks something that could not be written, or may have lost it. */
  boolean stale() {
    return lacking || syncFailed;
  }

  /** Why it lacks something, or null where it says all. */
  @Nullable String failure() {
    String now = why;
    return stale() ? now : null;
  }

  /** Why it could not be brought up to date. */
  void failed(String reason) {
    why = reason;
  }

  /** Whether a {@link #sync} has something to do, or to wait for. */
  boolean unsynced() {
    return written.get() != synced;
  }

  /** Whether it must be written anew: nothing of it is known, or it has grown enough. */
  boolean wantsWhole() {
    return stale() || records >= limit;
  }

  /** It is there with so many lines, and says all. */
  void whole(int lines) {
    records = lines;
    limit = Math.max(FIRST_RECORDS, 2 * lines);
    lacking = false;
    syncFailed = false;
    why = null;
  }

  /** Adds lines. After an error it is stale. */
  void add(List<String> lines) throws StorageException {
    boolean added = false;
    try (NativeFile file = NativeFile.open(path)) {
      put(file, file.status().size(), lines);
      added = true;
    } finally {
      if (!added) {
        lacking = true;
      }
    }
    records += lines.size();
    written.incrementAndGet();
  }

  /**
   * Writes all of it. A new file is only written; one that is there is replaced in one step, and
   * the new one survives power loss before that. After an error it is stale.
   */
  void write(List<String> lines) throws StorageException {
    lacking = true;
    Path made = path.resolveSibling(path.getFileName() + NEW);
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      Files.deleteIfExists(made);
      boolean replaces = Files.exists(path);
      try (NativeFile file = NativeFile.create(made)) {
        put(file, 0, lines);
        if (replaces) {
          file.sync();
        }
      }
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw FileFailure.of("write " + path, e);
    }
    unnamed = true;
    whole(lines.size());
    written.incrementAndGet();
  }

  private static void put(NativeFile file, long offset, List<String> lines)
      throws StorageException {
    byte[] bytes = String.join("", lines).getBytes(StandardCharsets.UTF_8);
    ByteBuffer source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    for (long at = offset; source.hasRemaining(); ) {
      at += file.write(at, source);
    }
  }

  /** Makes what was written survive power loss. After an error it is stale. */
  void sync() throws StorageException {
    synchronized (syncing) {
      long upTo = written.get();
      if (upTo == synced) {
        return; // by the one that was waited for
      }
      boolean done = false;
      try (NativeFile file = NativeFile.open(path)) {
        file.sync();
        if (unnamed) {
          unnamed = false; // a failure lets all be written anew, which names it again
          NativeFile.syncEntry(path);
        }
        done = true;
      } catch (StorageException e) {
        if (e.fault() != Fault.NOT_FOUND) { // else it went with its volume
          throw e;
        }
        done = true;
      } finally {
        if (done) {
          synced = upTo;
        } else {
          syncFailed = true;
        }
      }
    }
  }
}
