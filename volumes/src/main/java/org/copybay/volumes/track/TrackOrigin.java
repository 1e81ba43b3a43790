package org.copybay.volumes.track;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * What a volume shows in place of blocks that have no bytes of their own yet: those of an origin,
 * from a switch on until they are filled. Reads, points that are made meanwhile, and what is
 * changed in part see the content of the origin; nobody else sees where it comes from.
 *
 * <p>Any thread may call. An origin is an image that never changes while some block is unfilled. It
 * is read with no lock of this volume, and outside of its epochs, since it may be a point of it.
 */
public final class TrackOrigin {
  private final TrackDevice device;

  TrackOrigin(TrackDevice device) {
    this.device = device;
  }

  // ---- facts

  private @Nullable Unfilled unfilled() {
    TrackEngine engine = device.engine();
    return engine == null ? null : engine.unfilled();
  }

  /** Whether any block is unfilled. */
  public boolean any() {
    Unfilled now = unfilled();
    return now != null && now.any();
  }

  /** What the last switch was given to be known by; 0 where there is none, or all is forgotten. */
  public long stamp() {
    Unfilled now = unfilled();
    return now == null ? 0 : now.now().stamp();
  }

  /** The number of the last point that was made before the last switch. */
  public int mark() {
    Unfilled now = unfilled();
    return now == null ? 0 : now.now().mark();
  }

  /** {@link #unfilledBytes} where nothing holds what they show; else 0. */
  public long lostBytes() {
    Unfilled found = unfilled();
    Unfilled.State now = found == null ? null : found.now(); // one look: it may be filled meanwhile
    return now == null || now.origin() != null ? 0 : bytes(now);
  }

  /** Bytes of unfilled blocks; the last one counts as whole. */
  public long unfilledBytes() {
    Unfilled now = unfilled();
    return now == null ? 0 : bytes(now.now());
  }

  private static long bytes(Unfilled.State state) {
    return state.blocks().blockCount() * Geometry.STANDARD.blockBytes();
  }

  /** How many tracks have an unfilled block. */
  public long unfilledTracks() {
    Unfilled now = unfilled();
    return now == null ? 0 : now.now().blocks().trackCount();
  }

  /** Whether blocks are prepared for a switch that was not made. */
  public boolean prepared() {
    Unfilled now = unfilled();
    return now != null && now.prepared();
  }

  /** The unfilled blocks of a track. */
  public int mask(long track) {
    Unfilled now = unfilled();
    return now == null ? 0 : now.mask(track);
  }

  /**
   * The next bytes at or after an offset that are unfilled, in whole blocks of one track; null when
   * there are none.
   */
  public @Nullable Extent nextUnfilled(long offset) {
    return device.nextUnfilled(offset);
  }

  /** The first track at or after that one that has an unfilled block, or -1. */
  public long next(long track) {
    Unfilled now = unfilled();
    return now == null ? -1 : now.next(track);
  }

  // ---- switching

  /** Makes sure that the volume can have unfilled blocks, until {@link #release}. NO_SPACE. */
  public void hold() throws StorageException {
    TrackEngine held = device.hold();
    assert held != null;
  }

  /** Ends {@link #hold}: what is not needed any more may go. */
  public void release() {
    device.endFreeze();
  }

  /** Says what holds the bytes of unfilled blocks, after a start; null for nothing any more. */
  public void setOrigin(@Nullable Image origin) {
    try (var closed = device.gate().close()) {
      Unfilled now = unfilled();
      if (now != null) {
        now.setOrigin(origin);
      }
    }
  }

  /**
   * Prepares blocks for the next switch, besides what is prepared. It is held; not within a closed
   * gate. NO_SPACE.
   */
  public void prepare(long track, long count, int mask) throws StorageException {
    device.awaitRoom();
    int ticket = device.gate().enter();
    try {
      held().prepare(track, count, mask);
    } finally {
      device.gate().leave(ticket);
    }
  }

  /** Forgets what was prepared. It is held. */
  public void forgetPrepared() throws StorageException {
    try (var closed = device.gate().close()) {
      held().needSwitch();
      held().switchTo(Unfilled.Where.UNPREPARED, 0, 0, null);
    }
  }

  private TrackEngine held() {
    TrackEngine engine = device.engine();
    if (engine == null) {
      throw new IllegalStateException("no engine: it is not held");
    }
    return engine;
  }

  /** Prepares what could not be known before the gates were closed. */
  @FunctionalInterface
  public interface Late {
    /** Called with the gate closed; tells what is to be unfilled besides what is prepared. */
    void prepare(Preparing into) throws StorageException;
  }

  /** Takes blocks that are to be unfilled. */
  public final class Preparing {
    private final TrackEngine engine = held();

    private Preparing() {}

    /** These blocks of a track; returns false where they are prepared already. */
    @CanIgnoreReturnValue
    public boolean add(long track, int mask) throws StorageException {
      boolean more = (mask & ~engine.unfilled().preparedMask(track)) != 0;
      if (more) {
        engine.prepare(track, 1, mask);
      }
      return more;
    }
  }

  /**
   * What is to be switched.
   *
   * @param volume held
   * @param number of the gate of the volume
   * @param allBytes how many bytes from the first on are to be unfilled; 0: what is prepared,
   *     besides what is unfilled
   * @param stamp by which the switch is known after a start, not 0
   * @param origin what the blocks hold
   * @param late called with all gates closed, before any of them is switched
   * @param switched called with all gates closed, after all were switched
   */
  public record Switch(
      TrackOrigin volume,
      long number,
      long allBytes,
      long stamp,
      Image origin,
      Late late,
      Runnable switched) {}

  /**
   * Switches some volumes at one instant, at which their gates are closed: every read that begins
   * later sees the origins. Durable after a flush of each. An error of a preparation leaves all as
   * they are (P7).
   */
  public static void switchAll(List<Switch> wanted) throws StorageException {
    List<Switch> ordered = new ArrayList<>(wanted);
    ordered.sort(Comparator.comparingLong(Switch::number));
    Deque<Passages.Closed> closed = new ArrayDeque<>();
    try {
      ordered.forEach(each -> closed.push(each.volume.device.gate().close()));
      for (Switch each : ordered) {
        each.volume.requireNoPointSince();
        each.late.prepare(each.volume.new Preparing());
        each.volume.held().needSwitch();
      }
      for (Switch each : ordered) {
        Unfilled.Where where = each.allBytes > 0 ? Unfilled.Where.ALL : Unfilled.Where.PREPARED;
        each.volume.held().switchTo(where, each.allBytes, each.stamp, each.origin);
        each.switched.run();
      }
    } finally {
      closed.forEach(Passages.Closed::close);
    }
  }

  /** Unfilled.INV-3. BUSY. */
  private void requireNoPointSince() throws StorageException {
    TrackEngine engine = held();
    Unfilled.State now = engine.unfilled().now();
    if (now.blocks().trackCount() > 0
        && engine.points().stream().anyMatch(point -> point.number() > now.mark())) {
      throw new StorageException(
          Fault.BUSY,
          "a point in time was made of the volume since the last copy to it began, which is not"
              + " whole yet",
          "wait until it is, or drop the point");
    }
  }

  /** From here on every block has the bytes that lie at its place, whatever they are. */
  public void giveUp() throws StorageException {
    hold();
    try (var closed = device.gate().close()) {
      held().needSwitch();
      held().switchTo(Unfilled.Where.NONE, 0, 0, null);
    } finally {
      release();
    }
  }

  // ---- filling

  /**
   * Tracks that were filled.
   *
   * @param track the first
   * @param count how many
   * @param dataBytes that were read of the origin: holes stay holes
   */
  public record Filled(long track, int count, long dataBytes) {}

  /**
   * Fills the first tracks from that one on that have unfilled blocks, as many as the buffer has
   * room for, a multiple of a track. It waits for room in the journal.
   *
   * @return null when there are none
   */
  public @Nullable Filled fillNext(long track, ByteBuffer buffer) throws StorageException {
    TrackEngine engine = device.engine();
    Filled filled = engine == null ? null : engine.fillNext(track, buffer);
    if (filled == null) {
      device.wakeUpkeep();
    }
    return filled;
  }
}
