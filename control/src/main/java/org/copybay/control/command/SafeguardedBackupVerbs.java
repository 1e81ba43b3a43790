package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.BACKUP;
import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.BackupSpec;
import org.copybay.copy.safeguarded.Backups;
import org.copybay.copy.safeguarded.Hold;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.ScheduledBackups;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.VolumeName;

/** The verbs that make backups, keep them and look for them. */
final class SafeguardedBackupVerbs {
  private static final int LONGEST_LABEL_BYTES = 255;
  private static final String LABEL = "label";
  private static final String HOLD = "hold";
  private static final String LOCK = "lock";
  private static final String FOR = "for";
  private static final String UNTIL = "until";

  private final Safeguards safeguards;
  private final Backups backups;

  SafeguardedBackupVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.backups = safeguards.safeguarded().backups();
  }

  List<Verb> verbs() {
    return List.of(backup(), lock(), hold(), release(), refresh());
  }

  // ---- backup

  private Verb backup() {
    return new Verb(
        Verb.SAFEGUARDED + "backup",
        "safeguarded backup session=NAME [label=TEXT] [hold=NAME] [lock=TIME|until=TIME]",
        "keep what all volumes of a session hold at one instant",
        SESSION,
        List.of(
            Safeguards.session(),
            Key.optional(LABEL, "any text of at most 255 bytes, shown beside it"),
            Key.optional(HOLD, "name of a hold that it gets: it stays until that is released"),
            Key.optional(LOCK, "for which nobody can remove it, as 7d; 0 for not at all"),
            Key.optional(UNTIL, "the same as a time, as 2026-12-31T00:00:00Z")),
        List.of(SESSION),
        List.of(
            "Every write that was answered before is in it, on all volumes alike; it is durable when"
                + " it is answered, and can be recovered at once.",
            "Its number is the second since 1970 in which it was made, or the next that is free.",
            "EAGAIN before the minimum interval of the session has passed, and while another backup"
                + " is being made.",
            "Nothing ends a lock before its time; it only grows."),
        List.of(
            "safeguarded backup session=PAYROLL",
            "safeguarded backup session=PAYROLL label=\"before the update\" lock=7d hold=audit"),
        List.of(ENOENT, ENAMETOOLONG, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepareBackup));
  }

  private Plan prepareBackup(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    safeguards.requireOwnVolumes(request, session, "back up a volume of session " + session.name());
    boolean timed = arguments.has(LOCK) || arguments.has(UNTIL);
    if (timed || arguments.has(HOLD)) {
      String key = arguments.has(HOLD) ? HOLD : arguments.has(LOCK) ? LOCK : UNTIL;
      safeguards.owner().require(request.caller(), arguments, key, "lock or hold a backup", null);
    }
    BackupSpec spec =
        new BackupSpec(
            label(arguments),
            arguments.has(HOLD) ? holdName(arguments) : null,
            timed ? Long.valueOf(safeguards.until(arguments, LOCK)) : null,
            request.caller().uid(),
            request.acceptance());
    arguments.require(
        timed ? lockKey(arguments) : SESSION, () -> backups.requireBackup(session, spec));
    return new Plan(
        Safeguards.subject(session),
        "back up session " + session.name(),
        () ->
            arguments.at(
                SESSION,
                () -> {
                  Backup made = backups.make(session.name(), spec);
                  return Reply.text(Subject.NONE, describe(made) + " (SGC1001I)");
                }));
  }

  private static String lockKey(Arguments arguments) {
    return arguments.has(LOCK) ? LOCK : UNTIL;
  }

  private static String label(Arguments arguments) throws RefusedException {
    String label = arguments.has(LABEL) ? arguments.text(LABEL) : "";
    if (label.startsWith(ScheduledBackups.LABEL)) {
      throw RefusedException.badRequest(
          arguments.column(LABEL),
          "a label that begins with "
              + ScheduledBackups.LABEL.strip()
              + " is that of a backup that a session makes by itself");
    }
    if (label.getBytes(StandardCharsets.UTF_8).length > LONGEST_LABEL_BYTES) {
      throw arguments.refuse(
          LABEL,
          Fault.NAME_TOO_LONG,
          "a label has at most " + LONGEST_LABEL_BYTES + " bytes",
          "a shorter one");
    }
    return label;
  }

  private static String holdName(Arguments arguments) throws RefusedException {
    String name = arguments.text(HOLD);
    arguments.require(HOLD, () -> VolumeName.require(name));
    return name;
  }

  /** As in: backup 1751367600 of data,log. */
  private static String describe(Backup backup) {
    String volumes =
        backup.volumes().stream().map(of -> Words.word(of.name())).collect(Collectors.joining(","));
    return "backup " + backup.id() + " of " + volumes;
  }

  // ---- locks and holds

  private Verb lock() {
    return new Verb(
        Verb.SAFEGUARDED + "lock",
        "safeguarded lock session=NAME backup=ID for=TIME|until=TIME",
        "let nobody remove a backup before a time, whoever asks",
        SESSION,
        List.of(
            Safeguards.session(),
            Safeguards.backup(),
            Key.optional(FOR, "from now on, as 7d"),
            Key.optional(UNTIL, "as 2026-12-31T00:00:00Z")),
        List.of(SESSION, BACKUP),
        List.of(
            "A lock only grows: an earlier time is EPERM. Nothing ends it before its time.",
            "It needs its line end and is noted in the audit log: its space is not free before."),
        List.of("safeguarded lock session=PAYROLL backup=latest for=30d"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareLock));
  }

  private Plan prepareLock(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    long id = safeguards.backup(arguments, session);
    if (!arguments.has(FOR) && !arguments.has(UNTIL)) {
      throw RefusedException.badRequest(
          arguments.column(BACKUP), "safeguarded lock needs for=TIME or until=TIME");
    }
    long until = safeguards.until(arguments, FOR);
    String key = arguments.has(FOR) ? FOR : UNTIL;
    if (until == 0) {
      throw RefusedException.badRequest(arguments.column(key), "a lock has a length");
    }
    arguments.require(key, () -> backups.requireLockable(session, id, until));
    return new Plan(
        Safeguards.subject(session),
        "lock backup " + id + " until " + Instant.ofEpochMilli(until),
        () ->
            arguments.at(
                key,
                () -> {
                  Backup now = backups.lock(session.name(), id, until, request.acceptance());
                  Instant end = Instant.ofEpochMilli(now.lockedUntilMillis());
                  return Reply.text(Subject.NONE, "backup " + id + " is locked until " + end);
                }));
  }

  private Verb hold() {
    return new Verb(
        Verb.SAFEGUARDED + "hold",
        "safeguarded hold session=NAME backup=ID hold=NAME",
        "keep a backup until the hold is released",
        SESSION,
        holdKeys(),
        List.of(SESSION, BACKUP, HOLD),
        List.of("A backup can have several holds; EEXIST for a name that one of them has."),
        List.of("safeguarded hold session=PAYROLL backup=1751367600 hold=case-17"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepareHold));
  }

  private static List<Key> holdKeys() {
    return List.of(
        Safeguards.session(), Safeguards.backup(), Key.required(HOLD, "the name of the hold"));
  }

  private Plan prepareHold(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.own(request, "hold a backup");
    long id = safeguards.backup(arguments, session);
    String name = holdName(arguments);
    Backup backup = arguments.at(BACKUP, () -> safeguards.safeguarded().backup(session, id));
    if (backup.record().holds().stream().anyMatch(each -> each.name().equals(name))) {
      throw arguments.refuse(
          HOLD, Fault.EXISTS, "backup " + id + " has the hold " + name, "another name");
    }
    return new Plan(
        Safeguards.subject(session),
        "hold backup " + id + " by " + name,
        () ->
            arguments.at(
                HOLD,
                () -> {
                  Instant now = Instant.ofEpochMilli(safeguards.bay().vaultMillis());
                  Hold hold = new Hold(name, request.caller().uid(), now);
                  Backup held = backups.hold(session.name(), id, hold, request.acceptance());
                  return Reply.text(
                      Subject.NONE, "backup " + id + " is held by " + SafeguardedFacts.holds(held));
                }));
  }

  private Verb release() {
    return new Verb(
        Verb.SAFEGUARDED + "release",
        "safeguarded release session=NAME backup=ID hold=NAME",
        "end a hold of a backup",
        SESSION,
        holdKeys(),
        List.of(SESSION, BACKUP, HOLD),
        List.of("Its lock stays. ENOENT for a hold that it does not have."),
        List.of("safeguarded release session=PAYROLL backup=1751367600 hold=case-17"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareRelease));
  }

  private Plan prepareRelease(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    long id = safeguards.backup(arguments, session);
    String name = arguments.text(HOLD);
    Backup backup = arguments.at(BACKUP, () -> safeguards.safeguarded().backup(session, id));
    arguments.require(HOLD, () -> Backups.requireHeld(backup.record(), name));
    return new Plan(
        Safeguards.subject(session),
        "end the hold " + Words.word(name) + " of backup " + id,
        () ->
            arguments.at(
                HOLD,
                () -> {
                  Backup now = backups.release(session.name(), id, name, request.acceptance());
                  String rest = SafeguardedFacts.holds(now);
                  return Reply.text(
                      Subject.NONE,
                      "backup " + id + (rest == null ? " is not held" : " is held by " + rest));
                }));
  }

  // ---- refresh

  private Verb refresh() {
    return new Verb(
        Verb.SAFEGUARDED + "refresh",
        "safeguarded refresh session=NAME",
        "look again which backups the volumes of a session have",
        SESSION,
        List.of(Safeguards.session()),
        List.of(SESSION),
        List.of("It finds those that another session made of a volume before it was added here."),
        List.of("safeguarded refresh session=PAYROLL"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepareRefresh));
  }

  private Plan prepareRefresh(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.own(request, "refresh a session");
    Catalogue.Change also = request.acceptance();
    return new Plan(
        Safeguards.subject(session),
        "look for backups of the volumes of session " + session.name(),
        () ->
            arguments.at(
                SESSION,
                () -> {
                  int before = session.state().backups().size();
                  int now = backups.refresh(session.name(), also);
                  return Reply.text(
                      Subject.NONE,
                      "session "
                          + session.name()
                          + " has "
                          + now
                          + (now == 1 ? " backup, " : " backups, ")
                          + Math.max(0, now - before)
                          + " of them found now");
                }));
  }
}
