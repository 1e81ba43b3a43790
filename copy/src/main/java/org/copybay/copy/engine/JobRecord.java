package org.copybay.copy.engine;

import java.time.Instant;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * One row of the catalogue's job table.
 *
 * @param id name of the job, unique
 * @param verb what it does: duplicate, check
 * @param line the command as it was written
 * @param options the command's options for its work, as "key=value" words
 * @param source name of the volume that is read
 * @param sourceId its id
 * @param target name of the volume that is made, or empty
 * @param targetId its id, or null
 * @param uid who asked
 * @param state the state
 * @param rate limit in bytes a second, 0 for none
 * @param checkpoint bytes of the address space that are safe on the target
 * @param created when it was accepted
 * @param ended when it ended, or null
 * @param fault why it failed, or null
 * @param message the sentence for that
 * @param result "key=value" words that its work left
 */
public record JobRecord(
    String id,
    String verb,
    String line,
    String options,
    String source,
    UUID sourceId,
    String target,
    @Nullable UUID targetId,
    int uid,
    JobState state,
    long rate,
    long checkpoint,
    Instant created,
    @Nullable Instant ended,
    @Nullable Fault fault,
    @Nullable String message,
    String result) {

  /** The row of a job that was just accepted. */
  public static JobRecord accepted(
      String id,
      String verb,
      String line,
      String options,
      String source,
      UUID sourceId,
      String target,
      @Nullable UUID targetId,
      int uid,
      long rate,
      Instant now) {
    return new JobRecord(
        id,
        verb,
        line,
        options,
        source,
        sourceId,
        target,
        targetId,
        uid,
        JobState.QUEUED,
        rate,
        0,
        now,
        null,
        null,
        null,
        "");
  }

  /** The same, of a job that does nothing until it is resumed. */
  public JobRecord paused() {
    return withState(JobState.PAUSED);
  }

  /** The volume that is read. NOT_FOUND also when another one has its name now. */
  public Volume requireSource(Bay bay) throws StorageException {
    Volume volume = bay.find(source);
    if (!volume.id().equals(sourceId)) {
      throw new StorageException(
          Fault.NOT_FOUND, "volume " + source + " is not the one that job " + id + " was given");
    }
    return volume;
  }

  /** As a mount finds it that goes on with it, or does not. */
  JobRecord found(boolean goesOn) {
    if (state.ended() || (goesOn && state == JobState.PAUSED)) {
      return this;
    }
    return withState(goesOn ? JobState.QUEUED : JobState.INTERRUPTED);
  }

  /** When it ended, or the end of time. */
  Instant end() {
    return ended == null ? Instant.MAX : ended;
  }

  JobRecord withState(JobState newState) {
    return with(newState, rate, checkpoint, ended, fault, message, result);
  }

  JobRecord withCheckpoint(long newCheckpoint) {
    return with(state, rate, newCheckpoint, ended, fault, message, result);
  }

  JobRecord withRate(long newRate) {
    return with(state, newRate, checkpoint, ended, fault, message, result);
  }

  /** Ended well, with what the work says of it. */
  public JobRecord done(Instant when, String newResult) {
    return with(JobState.DONE, rate, checkpoint, when, null, null, newResult);
  }

  JobRecord failed(Instant when, StorageException error) {
    JobState how = error.fault() == Fault.CANCELLED ? JobState.CANCELLED : JobState.FAILED;
    return with(how, rate, checkpoint, when, error.fault(), error.getMessage(), result);
  }

  private JobRecord with(
      JobState newState,
      long newRate,
      long newCheckpoint,
      @Nullable Instant newEnded,
      @Nullable Fault newFault,
      @Nullable String newMessage,
      String newResult) {
    return new JobRecord(
        id,
        verb,
        line,
        options,
        source,
        sourceId,
        target,
        targetId,
        uid,
        newState,
        newRate,
        newCheckpoint,
        created,
        newEnded,
        newFault,
        newMessage,
        newResult);
  }
}
