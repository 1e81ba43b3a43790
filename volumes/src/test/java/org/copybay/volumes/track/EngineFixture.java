package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/** An engine over a store, without the volume around it. */
final class EngineFixture implements AutoCloseable {
  static final UUID VOLUME = new UUID(1, 2);

  final TrackStore store;
  final long size;
  final Passages gate = new Passages(1);
  final Passages epochs = new Passages(2);
  final JournalRoom room = new JournalRoom(() -> {});
  final Map<Long, byte[]> origins = new ConcurrentHashMap<>(); // by stamp
  private final OriginReader reader = new OriginReader(epochs, () -> engine());
  boolean keepsUp = true; // else a thread of the test does
  private final TrackSetting setting;
  private @Nullable TrackEngine engine;

  EngineFixture(TrackStore store, int blockBytes, long journalBytes, RecoverMode recover)
      throws StorageException {
    this.store = store;
    this.size = store.home().size();
    this.setting =
        new TrackSetting(
            store,
            () -> new VolumeIdentity(VOLUME, "a", size),
            gate,
            epochs,
            room,
            new SpillLimit(blockBytes),
            () -> {},
            new MapPages(1 << 16),
            recover,
            new Geometry(blockBytes),
            journalBytes);
    engine = TrackEngine.open(setting, false);
    if (engine == null) {
      engine = TrackEngine.create(setting);
    }
  }

  TrackEngine engine() {
    TrackEngine open = engine;
    if (open == null) {
      throw new IllegalStateException("closed");
    }
    return open;
  }

  // ---- as the layers above call it

  void write(long offset, byte[] bytes) throws StorageException {
    ByteBuffer source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    while (source.hasRemaining()) {
      write(offset + source.position(), source);
    }
  }

  int write(long offset, ByteBuffer source) throws StorageException {
    if (room.full() && keepsUp) {
      upkeep();
    }
    room.await();
    int ticket = enter(offset, source.remaining());
    try {
      return engine().write(offset, source);
    } finally {
      gate.leave(ticket);
    }
  }

  /** Enters the gate with nothing left to fill before a change. */
  private int enter(long offset, long length) throws StorageException {
    while (true) {
      engine().fillBefore(offset, length);
      int ticket = gate.enter();
      boolean ready = false;
      try {
        ready = !engine().needsFill(offset, length);
      } finally {
        if (!ready) {
          gate.leave(ticket);
        }
      }
      if (ready) {
        return ticket;
      }
    }
  }

  /** Shows an origin in some blocks, or in all where there are none, unless points forbid it. */
  boolean switchTo(byte[] origin, long stamp, Map<Long, Integer> masks) throws StorageException {
    Unfilled unfilled = engine().unfilled();
    if (unfilled.any()
        && engine().points().stream().anyMatch(p -> p.number() > unfilled.now().mark())) {
      return false;
    }
    origins.put(stamp, origin);
    try (var closed = gate.close()) { // a crash may have left some
      engine().needSwitch();
      engine().switchTo(Unfilled.Where.UNPREPARED, 0, 0, null);
    }
    for (Map.Entry<Long, Integer> mask : masks.entrySet()) {
      int ticket = gate.enter();
      try {
        engine().prepare(mask.getKey(), 1, mask.getValue());
      } finally {
        gate.leave(ticket);
      }
    }
    try (var closed = gate.close()) {
      engine().needSwitch();
      Unfilled.Where where = masks.isEmpty() ? Unfilled.Where.ALL : Unfilled.Where.PREPARED;
      engine().switchTo(where, size, stamp, new ByteImage(origin));
    }
    return true;
  }

  /** Says where unfilled blocks come from, as after a start. */
  void setOrigin() {
    byte[] origin = origins.get(engine().unfilled().now().stamp());
    engine().unfilled().setOrigin(origin == null ? null : new ByteImage(origin));
  }

  TrackOrigin.@Nullable Filled fillNext(long track, int tracks) throws StorageException {
    if (room.full() && keepsUp) {
      upkeep();
    }
    int bytes = Geometry.TRACK_BLOCKS * setting.geometry().blockBytes();
    return engine().fillNext(track, ByteBuffer.allocateDirect(tracks * bytes));
  }

  void zero(long offset, long length, boolean keepSpace) throws StorageException {
    int ticket = enter(offset, length);
    try {
      engine().zero(offset, length, keepSpace, size);
    } finally {
      gate.leave(ticket);
    }
  }

  byte[] read(int point, long offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    reader.read(point, offset, target, (at, into) -> engine().read(point, at, into));
    byte[] bytes = new byte[length];
    target.flip().get(bytes);
    return bytes;
  }

  byte[] read(int point) throws StorageException {
    return read(point, 0, (int) size);
  }

  int freeze() throws StorageException {
    try (var closed = gate.close()) {
      return engine().freeze(size, 1000);
    }
  }

  void drop(int number) throws StorageException {
    try (var closed = gate.close()) {
      engine().drop(number);
    }
  }

  void lock(int number, long untilMillis) throws StorageException {
    try (var closed = gate.close()) {
      engine().lock(number, untilMillis);
    }
  }

  /** Begins again after a failed fence. */
  void restart() throws StorageException {
    TrackEngine failed = engine();
    store.home().forgive();
    engine = TrackEngine.restart(setting, failed);
    failed.close();
  }

  void upkeep() throws StorageException {
    engine().upkeep(() -> false);
  }

  @Override
  public void close() {
    engine().close();
  }
}
