package org.copybay.control.command;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.copybay.copy.quickopc.Direction;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.SessionRecord;
import org.copybay.copy.quickopc.Sets;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a session of a pair, or of a pair that has none, as it was at one moment. What is
 * null does not apply, or cannot be told because a volume or a bitmap of it is damaged.
 *
 * @param pair that it belongs to
 * @param type of the group of the pair
 * @param source name of the source of the pair, also where that is what is copied to; null where it
 *     was not said yet, or is gone
 * @param target the same of the target of the pair
 * @param session its row, or null
 * @param phase what it does
 * @param copiedBytes of what the last start had to copy
 * @param leftBytes of that what is not copied yet
 * @param trackedSource bytes that were updated on the source since the last start
 * @param trackedTarget the same of the target
 * @param elapsedSeconds since the last start
 */
record OpcRow(
    PairRecord pair,
    String type,
    @Nullable String source,
    @Nullable String target,
    @Nullable SessionRecord session,
    Phase phase,
    @Nullable Long copiedBytes,
    @Nullable Long leftBytes,
    @Nullable Long trackedSource,
    @Nullable Long trackedTarget,
    @Nullable Long elapsedSeconds) {
  private static final int BLOCK_BYTES = 512;

  /** What is told of a pair, whose session that is, or that has none of the kind. */
  static OpcRow of(Bay bay, PairRecord pair, String type, @Nullable Session session, Instant now) {
    String source = name(bay, pair.source());
    String target = name(bay, pair.target());
    if (session == null) {
      return new OpcRow(pair, type, source, target, null, Phase.NONE, null, null, null, null, null);
    }
    SessionRecord record = session.record();
    Long left = at(session::leftBytes);
    return new OpcRow(
        pair,
        type,
        source,
        target,
        record,
        session.phase(),
        left == null ? null : Math.max(0, record.startBytes() - left),
        left,
        tracked(session, Sets.Which.TS),
        tracked(session, Sets.Which.TD),
        Math.max(0, Duration.between(record.started(), now).toSeconds()));
  }

  private static @Nullable String name(Bay bay, @Nullable UUID id) {
    Volume found = id == null ? null : bay.findOrNull(id);
    return found == null ? null : found.name();
  }

  private static @Nullable Long tracked(Session session, Sets.Which which) {
    return session.record().tracking() ? at(() -> Sets.of(session).bytes(which)) : null;
  }

  /** A number that is not told where something is damaged. */
  @FunctionalInterface
  private interface Told {
    long get() throws StorageException;
  }

  private static @Nullable Long at(Told told) {
    try {
      return told.get();
    } catch (StorageException e) {
      return null;
    }
  }

  /** Which way it copies, or null where there is no session. */
  @Nullable Direction direction() {
    return session == null ? null : session.direction();
  }

  /** The arrow between source and target. */
  String mark() {
    Direction direction = direction();
    return direction == null ? "====" : direction == Direction.FORWARD ? "==>" : "<==";
  }

  /** What kind of session it is. */
  String kind() {
    Direction direction = direction();
    return direction == Direction.REVERSE ? "Restore" : direction == Direction.UNDO ? "Undo" : type;
  }

  /** The number of the session, or null. */
  @Nullable String sid() {
    return session == null ? null : "0x" + Integer.toHexString(session.id());
  }

  /** Blocks of 512 bytes that were copied, or null. */
  @Nullable Long copiedBlocks() {
    return blocks(copiedBytes);
  }

  /** Blocks of 512 bytes that were updated on the source since the last start, or null. */
  @Nullable Long trackedBlocks() {
    return blocks(trackedSource);
  }

  private static @Nullable Long blocks(@Nullable Long bytes) {
    return bytes == null ? null : (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
  }

  /** The time since the last start, in one unit, or null. */
  @Nullable String elapsed() {
    if (elapsedSeconds == null) {
      return null;
    }
    Duration time = Duration.ofSeconds(elapsedSeconds);
    if (time.toDays() > 0) {
      return time.toDays() + "day";
    }
    if (time.toHours() > 0) {
      return time.toHours() + "hour";
    }
    return time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " sec";
  }

  /** The facts as elements of XML, in the order of the documentation. */
  Map<String, @Nullable Object> elements() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("Group", pair.group());
    all.put("Pair", pair.name());
    all.put("Kind", kind());
    all.put("Source", source);
    all.put("Target", target);
    all.put("Direction", directionWord());
    all.put("SID", sid());
    all.put("Status", phase.status());
    all.put("Phase", phase.word());
    all.put("CopiedBlock", copiedBlocks());
    all.put("TrackingUpdate", trackedBlocks());
    all.put("ElapsedSeconds", elapsedSeconds);
    all.put("Error", session == null ? null : session.error());
    return all;
  }

  /** The facts for JSON. */
  Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("group", pair.group());
    all.put("pair", pair.name());
    all.put("kind", kind());
    all.put("source", source);
    all.put("target", target);
    all.put("direction", directionWord());
    all.put("session", session == null ? null : session.id());
    all.put("status", phase.status());
    all.put("phase", phase.word());
    all.put("state", phase.state());
    all.put("copied_bytes", copiedBytes);
    all.put("left_bytes", leftBytes);
    all.put("tracked_source_bytes", trackedSource);
    all.put("tracked_target_bytes", trackedTarget);
    all.put("started", session == null ? null : session.started().toString());
    all.put("elapsed_seconds", elapsedSeconds);
    all.put("error", session == null ? null : session.error());
    return all;
  }

  private @Nullable String directionWord() {
    Direction direction = direction();
    return direction == null ? null : direction.word();
  }
}
