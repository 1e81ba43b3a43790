package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * The refusals of commands, each with a number of ours, as the messages of the original have them.
 */
final class Refusals {
  private Refusals() {}

  static StorageException refusal(Fault fault, String id, String why, @Nullable String remedy) {
    return new StorageException(fault, id + ": " + why, remedy);
  }

  static StorageException noSession(String name) {
    return new StorageException(
        Fault.NOT_FOUND,
        "no safeguarded session " + name,
        "safeguarded create session=" + Words.word(name));
  }

  static StorageException noBackup(String session, long id) {
    return new StorageException(
        Fault.NOT_FOUND,
        "session " + session + " has no backup " + id,
        "safeguarded lsbackups session=" + Words.word(session));
  }

  /** The table of commands says no. */
  static StorageException notTaken(String session, SessionCommand command, Situation situation) {
    Fault fault =
        situation == Situation.BACKING_UP || situation == Situation.TERMINATING
            ? Fault.AGAIN
            : Fault.BUSY;
    return refusal(
        fault,
        "SGC1011E",
        command.original()
            + " is not possible for session "
            + session
            + " in state "
            + situation.word(),
        "cat .control/safeguard/" + Words.word(session) + "/availablecommands");
  }

  /** Before its lock has ended, or its holds were released, a backup stays. */
  static StorageException locked(long id, long untilMillis) {
    return refusal(
        Fault.FORBIDDEN,
        "SGC1006E",
        "backup " + id + " is locked until " + Instant.ofEpochMilli(untilMillis),
        "wait: nothing ends a lock before its time");
  }

  static StorageException held(String session, BackupRecord backup) {
    String names =
        backup.holds().stream()
            .map(hold -> Words.word(hold.name()))
            .collect(Collectors.joining(","));
    return refusal(
        Fault.FORBIDDEN,
        "SGC1006E",
        "backup " + backup.id() + " is held by " + names,
        "safeguarded release session="
            + Words.word(session)
            + " backup="
            + backup.id()
            + " hold="
            + Words.word(backup.holds().get(0).name()));
  }

  /** A backup goes with all that are older, and one of them stays. */
  static StorageException olderStays(StorageException why, long id) {
    return new StorageException(
        why.fault(),
        why.getMessage() + ", and would go with backup " + id + ", which is younger",
        "the same with only=yes, which removes backup " + id + " alone");
  }

  /** Who destroys many says how many. */
  static StorageException unconfirmed(String what, List<Long> ids, long given) {
    return refusal(
        Fault.FORBIDDEN,
        "SGC1007I",
        what
            + " will remove "
            + ids.size()
            + (ids.size() == 1 ? " backup: " : " backups: ")
            + numbers(ids)
            + (given == 0 ? "" : "; confirm=" + given + " was given"),
        "the same with confirm=" + ids.size());
  }

  private static String numbers(List<Long> ids) {
    int shown = 20;
    String text = ids.stream().limit(shown).map(String::valueOf).collect(Collectors.joining(","));
    return ids.size() > shown ? text + ",… " + ids.get(ids.size() - 1) : text;
  }

  static StorageException tooSoon(long minutes, long leftSeconds) {
    return refusal(
        Fault.AGAIN,
        "SGC1004E",
        "minimum interval " + minutes + " min not elapsed (" + leftSeconds + " s left)",
        "try again in " + leftSeconds + " s");
  }

  static StorageException notRecoverable(String session, long id, String why) {
    return refusal(
        Fault.BUSY,
        "SGC1005E",
        "backup " + id + " is not recoverable: " + why,
        "another one: cat .control/safeguard/" + Words.word(session) + "/backups");
  }

  static StorageException recoveryVolume(Fault fault, String why, @Nullable String remedy) {
    return refusal(fault, "SGC1010E", why, remedy);
  }
}
