package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.command.Safeguards.VOLUME;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.copy.safeguarded.Capacity;
import org.copybay.copy.safeguarded.FullPolicy;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionProperties;
import org.copybay.copy.safeguarded.SessionSetup;
import org.copybay.copy.schedule.Schedule;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** The verbs that make and end safeguarded sessions, and say what they have and how they are. */
final class SafeguardedSetupVerbs {
  private static final String RECOVERY = "recovery";
  private static final String MINIMUM_INTERVAL = "minimum_interval";
  private static final String RETENTION = "retention";
  private static final String CAPACITY = "capacity";
  private static final String ON_FULL = "on_full";
  private static final String EXPIRE_ON_AUTO_ROLL = "expire_on_auto_roll";
  private static final String RECOVER_COPY = "recover_copy";
  private static final String LOCK = "lock";
  private static final String MAX_LOCK = "max_lock";

  private final Safeguards safeguards;
  private final SessionSetup setup;

  SafeguardedSetupVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.setup = safeguards.safeguarded().setup();
  }

  List<Verb> verbs() {
    return List.of(create(), delete(), add(), remove(), set());
  }

  // ---- sessions

  private Verb create() {
    return new Verb(
        Verb.SAFEGUARDED + "create",
        "safeguarded create session=NAME",
        "make a safeguarded session, without volumes yet",
        "",
        List.of(Key.required(SESSION, "its name, which must be free")),
        List.of(SESSION),
        List.of("mkdir .control/safeguard/NAME makes one too."),
        List.of("safeguarded create session=PAYROLL"),
        List.of(ENAMETOOLONG, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepareCreate));
  }

  private Plan prepareCreate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(SESSION);
    safeguards.owner().require(request.caller(), arguments, SESSION, "make a session", null);
    arguments.require(SESSION, () -> setup.requireFree(name));
    return new Plan(
        Subject.none("safeguarded session " + name),
        "make safeguarded session " + name,
        () ->
            arguments.at(
                SESSION,
                () -> {
                  SafeguardedSession made = setup.create(name, request.acceptance());
                  return Reply.text(Subject.NONE, "session " + made.name());
                }));
  }

  private Verb delete() {
    return new Verb(
        Verb.SAFEGUARDED + "delete",
        "safeguarded delete session=NAME",
        "end a session that has no backups and no recoveries",
        SESSION,
        List.of(Safeguards.session()),
        List.of(SESSION),
        List.of(
            "With backups it is refused: EBUSY, or EPERM while one is locked or held.",
            "safeguarded terminate removes what may be removed."),
        List.of("safeguarded delete session=PAYROLL"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareDelete));
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    arguments.require(SESSION, () -> setup.requireDeletable(session));
    return new Plan(
        Safeguards.subject(session),
        "end safeguarded session " + session.name(),
        () ->
            arguments.at(
                SESSION,
                () -> {
                  setup.delete(session.name(), request.acceptance());
                  return Reply.text(Subject.NONE, "session " + session.name() + " is deleted");
                }));
  }

  // ---- copy sets

  private Verb add() {
    return new Verb(
        Verb.SAFEGUARDED + "add",
        "safeguarded add session=NAME volume=VOLUME[,VOLUME...] [recovery=VOLUME[,VOLUME...]]",
        "let a session protect volumes, or say other recovery volumes of them",
        SESSION,
        List.of(
            Safeguards.session(),
            Key.required(VOLUME, "the volumes (H1), with commas between them"),
            Key.optional(RECOVERY, "of each in this order the volume that shows it later (R1)")),
        List.of(SESSION, VOLUME),
        List.of(
            "Older backups do not have a volume that is added, and can be recovered without it.",
            "A recovery volume is at least as long as its volume; a Recover overwrites it.",
            "Backups that the volume has of another session are found by safeguarded refresh."),
        List.of(
            "safeguarded add session=PAYROLL volume=data,log recovery=data-r,log-r",
            "safeguarded add session=PAYROLL volume=data recovery=data-r2"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepareAdd));
  }

  private Plan prepareAdd(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.own(request, "add volumes to a session");
    List<Volume> sources = safeguards.volumes(arguments, VOLUME, "be protected");
    List<Volume> recoveries =
        arguments.has(RECOVERY)
            ? safeguards.volumes(arguments, RECOVERY, "be recovered to")
            : List.of();
    if (arguments.has(RECOVERY) && recoveries.size() != sources.size()) {
      throw RefusedException.badRequest(
          arguments.column(RECOVERY),
          sources.size() + " volumes, but " + recoveries.size() + " recovery volumes");
    }
    for (int i = 0; i < sources.size(); i++) {
      Volume source = sources.get(i);
      Volume recovery = recoveries.isEmpty() ? null : recoveries.get(i);
      arguments.require(VOLUME, () -> setup.requireAddable(session, source, recovery));
      if (recovery != null && sources.contains(recovery)) {
        throw RefusedException.badRequest(
            arguments.column(RECOVERY), "volume " + recovery.name() + " is named for both");
      }
    }
    String to = recoveries.isEmpty() ? "" : ", with recovery to " + Safeguards.names(recoveries);
    return new Plan(
        Safeguards.subject(session),
        "protect " + Safeguards.names(sources) + " by session " + session.name() + to,
        () -> addAll(request, session, sources, recoveries));
  }

  private Reply addAll(
      Request request, SafeguardedSession session, List<Volume> sources, List<Volume> recoveries)
      throws RefusedException {
    for (int i = 0; i < sources.size(); i++) {
      Volume source = sources.get(i);
      @Nullable Volume recovery = recoveries.isEmpty() ? null : recoveries.get(i);
      Catalogue.Change also = last(i, sources) ? request.acceptance() : Catalogue.Change.NOTHING;
      request.arguments().require(VOLUME, () -> setup.add(session.name(), source, recovery, also));
    }
    return Reply.text(
        Subject.NONE, "session " + session.name() + " protects " + Safeguards.names(sources));
  }

  /** The id of a command is noted with its last step. */
  private static boolean last(int index, List<Volume> all) {
    return index == all.size() - 1;
  }

  private Verb remove() {
    return new Verb(
        Verb.SAFEGUARDED + "remove",
        "safeguarded remove session=NAME volume=VOLUME[,VOLUME...]",
        "let a session no longer protect volumes",
        SESSION,
        List.of(Safeguards.session(), Key.required(VOLUME, "the volumes")),
        List.of(SESSION, VOLUME),
        List.of(
            "EPERM while a backup of the volume is locked or held; EBUSY while a recovery uses it.",
            "Its backups stay with the volume; a session that it is added to finds them by"
                + " safeguarded refresh.",
            "A backup that was rolled off only on this volume can be recovered then."),
        List.of("safeguarded remove session=PAYROLL volume=log"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareRemove));
  }

  private Plan prepareRemove(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    List<Volume> volumes = safeguards.volumes(arguments, VOLUME, "leave its session");
    for (Volume volume : volumes) {
      arguments.require(VOLUME, () -> setup.requireRemovable(session, volume));
    }
    return new Plan(
        Safeguards.subject(session),
        "no longer protect " + Safeguards.names(volumes) + " by session " + session.name(),
        () -> {
          arguments.require(
              VOLUME, () -> setup.remove(session.name(), volumes, request.acceptance()));
          return Reply.text(
              Subject.NONE,
              "session " + session.name() + " no longer protects " + Safeguards.names(volumes));
        });
  }

  // ---- properties

  private Verb set() {
    return new Verb(
        Verb.SAFEGUARDED + "set",
        "safeguarded set session=NAME [minimum_interval=TIME] [retention=TIME] [capacity=SIZE]"
            + " [on_full=auto-roll|block-writes|fail-writes|spill-to-pool]"
            + " [expire_on_auto_roll=yes|no] [recover_copy=nocopy|background] [lock=TIME]"
            + " [max_lock=TIME] [schedule=WHEN|none] [dual_control=off|sgc]"
            + " [approvers=USER[,USER...]]",
        "say how a session treats its backups",
        SESSION,
        keys(
            Safeguards.session(),
            Key.optional(MINIMUM_INTERVAL, "between two backups, as 30m; 0 for any"),
            Key.optional(
                RETENTION, "a backup expires when the last recoverable one is so much newer"),
            Key.optional(CAPACITY, "that the backups of each volume may need; 0 for any"),
            Key.word(ON_FULL, "what happens when they need more"),
            Key.word(EXPIRE_ON_AUTO_ROLL, "yes: what is rolled off one volume expires on all"),
            Key.word(RECOVER_COPY, "whether Recover copies, where the command does not say"),
            Key.optional(LOCK, "for which each new backup is locked, as 7d; 0 for not"),
            Key.optional(MAX_LOCK, "the longest lock that a command may ask for; 0 for any"),
            SafeguardedSchedule.key()),
        List.of(SESSION),
        List.of(
            "What is not named stays. Locks that were given stay.",
            "TIME is a whole number with s m h d or w, as 30m 6h 7d, or several in a row.",
            "It needs its line end and is noted in the audit log: retention removes backups."),
        List.of(
            "safeguarded set session=PAYROLL minimum_interval=30m retention=7d lock=3d",
            "safeguarded set session=PAYROLL capacity=10G on_full=auto-roll",
            "safeguarded set session=PAYROLL schedule=\"every 6h\"",
            "safeguarded set session=PAYROLL dual_control=sgc approvers=1001,1002"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareSet));
  }

  private static List<Key> keys(Key... own) {
    List<Key> all = new ArrayList<>(List.of(own));
    all.addAll(SecondPerson.keys());
    return all;
  }

  private Plan prepareSet(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    SessionProperties before = session.state().properties();
    SessionProperties wanted = wanted(arguments, before);
    safeguards.second().requireSecond(arguments, wanted.dual());
    if (wanted.maxLockMillis() > 0 && wanted.lockMillis() > wanted.maxLockMillis()) {
      throw RefusedException.badRequest(
          arguments.column(arguments.has(LOCK) ? LOCK : MAX_LOCK),
          "lock="
              + Spans.word(wanted.lockMillis())
              + " is more than max_lock="
              + Spans.word(wanted.maxLockMillis()));
    }
    boolean timed = arguments.has(SafeguardedSchedule.KEY);
    Schedule schedule = timed ? SafeguardedSchedule.wanted(arguments) : null;
    String when =
        timed
            ? SafeguardedSchedule.word(schedule)
            : SafeguardedSchedule.word(safeguards.safeguarded().scheduled(), session);
    String words = words(wanted) + " " + SafeguardedSchedule.KEY + "=" + Words.word(when);
    return new Plan(
        Safeguards.subject(session),
        "let session " + session.name() + " have " + words,
        () ->
            arguments.at(
                SESSION,
                () -> {
                  Catalogue.Change also = request.acceptance();
                  if (timed) {
                    setup.setScheduled(session.name(), before, wanted, schedule, also);
                  } else {
                    setup.setProperties(session.name(), before, wanted, also);
                  }
                  return Reply.text(Subject.NONE, words)
                      .with(SafeguardedSchedule.warnings(schedule));
                }));
  }

  private static SessionProperties wanted(Arguments arguments, SessionProperties is)
      throws RefusedException {
    String copy = arguments.word(RECOVER_COPY, "", "nocopy", "background");
    return new SessionProperties(
        span(arguments, MINIMUM_INTERVAL, is.minimumIntervalMillis()),
        span(arguments, RETENTION, is.retentionMillis()),
        arguments.yes(EXPIRE_ON_AUTO_ROLL, is.expireOnAutoRoll()),
        arguments.has(CAPACITY) ? capacity(arguments) : is.capacityBytes(),
        policy(arguments, is.onFull()),
        copy.isEmpty() ? is.background() : copy.equals("background"),
        span(arguments, LOCK, is.lockMillis()),
        span(arguments, MAX_LOCK, is.maxLockMillis()),
        SecondPerson.wanted(arguments, is.dual()));
  }

  private static long capacity(Arguments arguments) throws RefusedException {
    long bytes = arguments.size(CAPACITY);
    if (bytes > 0 && bytes < Capacity.LEAST_BYTES) {
      throw arguments.refuse(
          CAPACITY,
          Fault.BAD_REQUEST,
          "capacity="
              + bytes
              + " is less than a block, which has "
              + Capacity.LEAST_BYTES
              + " bytes",
          "capacity=" + Capacity.LEAST_BYTES + " or more, or capacity=0 for no limit");
    }
    return bytes;
  }

  private static long span(Arguments arguments, String key, long absent) throws RefusedException {
    return arguments.has(key) ? Safeguards.span(arguments, key) : absent;
  }

  private static FullPolicy policy(Arguments arguments, FullPolicy absent) throws RefusedException {
    String[] words = Stream.of(FullPolicy.values()).map(FullPolicy::word).toArray(String[]::new);
    String word = arguments.word(ON_FULL, absent.word(), words);
    return Stream.of(FullPolicy.values())
        .filter(each -> each.word().equals(word))
        .findFirst()
        .orElse(absent);
  }

  /** All of them as safeguarded set takes them. */
  private static String words(SessionProperties is) {
    List<String> words = new ArrayList<>();
    SafeguardedFacts.properties(is).forEach((key, value) -> words.add(key + "=" + value));
    return String.join(" ", words);
  }
}
