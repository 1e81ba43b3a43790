package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;

/**
 * Home and spill of one volume, by places, and whether they hold what a sync has to make durable.
 * Any thread may call.
 */
final class TrackFiles implements AutoCloseable {
  static final String SPILL = "spill";

  private final Geometry geometry;
  private final StoreFile home;
  private final StoreFile spill;

  // volatile: set after each write returned, unset by the one sync that runs before it syncs
  private volatile boolean homeDirty = true; // what was written before this object was made
  private volatile boolean spillDirty = true;

  TrackFiles(Geometry geometry, StoreFile home, StoreFile spill) {
    this.geometry = geometry;
    this.home = home;
    this.spill = spill;
  }

  StoreFile home() {
    return home;
  }

  StoreFile spill() {
    return spill;
  }

  /** The byte of the file at which a block lies. */
  private long at(long place, long block) {
    return geometry.offset(place == Place.HOME ? block : place);
  }

  /** Reads bytes of a block, and of those that follow it there. */
  void read(long place, long block, int within, ByteBuffer target) throws StorageException {
    if (place == Place.ZERO) {
      while (target.hasRemaining()) {
        target.put((byte) 0);
      }
    } else {
      (place == Place.HOME ? home : spill).read(at(place, block) + within, target);
    }
  }

  /** Writes bytes of a block, and of those that follow it there; fewer where space ends. */
  int write(long place, long block, int within, ByteBuffer source) throws StorageException {
    boolean atHome = place == Place.HOME;
    try {
      return (atHome ? home : spill).writeAcross(at(place, block) + within, source);
    } finally {
      dirty(atHome);
    }
  }

  /** Makes whole blocks read as zeros where they lie. */
  void zero(long place, long block, long count, boolean keepSpace) throws StorageException {
    boolean atHome = place == Place.HOME;
    long offset = at(place, block);
    try {
      long length = geometry.offset(count);
      if (atHome) {
        length = Math.min(length, home.size() - offset);
      }
      (atHome ? home : spill).zero(offset, length, keepSpace);
    } finally {
      dirty(atHome);
    }
  }

  private void dirty(boolean atHome) {
    if (atHome) {
      homeDirty = true;
    } else {
      spillDirty = true;
    }
  }

  /** Makes durable what was written before this call. */
  void sync() throws StorageException {
    if (homeDirty) {
      homeDirty = false;
      home.flush();
    }
    if (spillDirty) {
      spillDirty = false;
      spill.flush();
    }
  }

  /** Lets syncs be tried again. */
  void forgive() {
    home.forgive();
    spill.forgive();
    homeDirty = true;
    spillDirty = true;
  }

  /** Closes the spill; the home belongs to the volume. */
  @Override
  public void close() {
    spill.close();
  }
}
