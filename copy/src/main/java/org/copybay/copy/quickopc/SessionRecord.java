package org.copybay.copy.quickopc;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The row of one session.
 *
 * @param id its number
 * @param group of its pair
 * @param pair its pair
 * @param direction which way it copies
 * @param source id of the volume that is copied, as of the point
 * @param target id of the volume that shows it
 * @param stamp by which the target knows the last start; rises
 * @param started the instant of the last start
 * @param point key of the point that is copied, or null when all was copied
 * @param tracking whether both volumes have a write bitmap of it
 * @param generation of these bitmaps
 * @param switched whether the target shows the last start; else a mount makes it so
 * @param full whether the last start was one of all bytes
 * @param error why it is suspended, or null
 * @param rate bytes a second of its copy at most, 0 for no limit
 * @param safety name of the point that was made before a restore, or null
 * @param startBytes what the last start had to copy
 */
public record SessionRecord(
    int id,
    String group,
    String pair,
    Direction direction,
    UUID source,
    UUID target,
    long stamp,
    Instant started,
    @Nullable String point,
    boolean tracking,
    int generation,
    boolean switched,
    boolean full,
    @Nullable String error,
    long rate,
    @Nullable String safety,
    long startBytes) {
  /** What the keys of the points of sessions begin with. */
  static final String POINTS = "quickopc-";

  /** What the names of their bitmaps begin with, and what they use. */
  static final String NAMES = "quickopc/";

  /** The session as messages and others call it. */
  public String describe() {
    return "QuickOPC session " + id + " (" + group + "/" + pair + ")";
  }

  /** Name of the hidden bitmap of a side in a generation. */
  String bitmap(boolean ofSource, int ofGeneration) {
    return NAMES + id + (ofSource ? "/source/" : "/target/") + ofGeneration;
  }

  SessionRecord withSwitched() {
    return copy(point, tracking, true, error, rate, startBytes);
  }

  SessionRecord withError(@Nullable String why) {
    return copy(point, tracking, switched, why, rate, startBytes);
  }

  SessionRecord withoutPoint() {
    return copy(null, tracking, switched, error, rate, startBytes);
  }

  SessionRecord withTracking(boolean now) {
    return copy(point, now, switched, error, rate, startBytes);
  }

  SessionRecord withRate(long now) {
    return copy(point, tracking, switched, error, now, startBytes);
  }

  SessionRecord withStartBytes(long now) {
    return copy(point, tracking, switched, error, rate, now);
  }

  private SessionRecord copy(
      @Nullable String newPoint,
      boolean newTracking,
      boolean newSwitched,
      @Nullable String newError,
      long newRate,
      long newStartBytes) {
    return new SessionRecord(
        id,
        group,
        pair,
        direction,
        source,
        target,
        stamp,
        started,
        newPoint,
        newTracking,
        generation,
        newSwitched,
        full,
        newError,
        newRate,
        safety,
        newStartBytes);
  }

  /** The next start of the same session. */
  SessionRecord restarted(long newStamp, Instant when, String newPoint, boolean newFull) {
    return new SessionRecord(
        id,
        group,
        pair,
        direction,
        source,
        target,
        newStamp,
        when,
        newPoint,
        tracking,
        generation + 1,
        false,
        newFull,
        null,
        rate,
        safety,
        startBytes);
  }
}
