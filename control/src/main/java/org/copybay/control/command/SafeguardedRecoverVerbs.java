package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.BACKUP;
import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.command.Safeguards.SET;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.copy.engine.Job;
import org.copybay.copy.safeguarded.BackupSpec;
import org.copybay.copy.safeguarded.RecoverPlan;
import org.copybay.copy.safeguarded.RecoverSpec;
import org.copybay.copy.safeguarded.Recoveries;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** The verbs that let volumes show a backup, and end that. */
final class SafeguardedRecoverVerbs {
  private static final String TO = "to";
  private static final String COPY = "copy";
  private static final String OPEN = "open";
  private static final String REPLACE = "replace";
  private static final String RATE = "rate";
  private static final String CONFIRM = "confirm";
  private static final String FORCE = "force";

  private final Safeguards safeguards;
  private final Recoveries recoveries;

  SafeguardedRecoverVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.recoveries = safeguards.safeguarded().recoveries();
  }

  List<Verb> verbs() {
    return List.of(recover(), restore(), initiate(), terminate());
  }

  private static Key open() {
    return Key.word(OPEN, "allow: also where a volume is open for writing; else EBUSY");
  }

  private static Key rate() {
    return Key.optional(RATE, "bytes a second of each copy at most, as in 50M; 0 for no limit");
  }

  // ---- recover

  private Verb recover() {
    return new Verb(
        Verb.SAFEGUARDED + "recover",
        "safeguarded recover session=NAME backup=ID [set=R1] [to=SOURCE:TARGET[,SOURCE:TARGET...]]"
            + " [copy=nocopy|background] [open=allow] [replace=yes] [rate=SIZE]",
        "let recovery volumes show a backup, at once, for reading and writing",
        SESSION,
        List.of(
            Safeguards.session(),
            Safeguards.backup(),
            Safeguards.set(),
            Key.optional(
                TO, "which volumes show it, in place of the recovery volumes of the session"),
            Key.word(COPY, "nocopy: only what is written is; background: all is, as jobs"),
            open(),
            Key.word(
                REPLACE, "yes: a recovery of the set whose volumes are whole gives place to it"),
            rate()),
        List.of(SESSION, BACKUP),
        List.of(
            "What the recovery volumes held is lost. The volumes of the session go on.",
            "Several sets at a time: each has a name (set=) and volumes of its own (to=).",
            "Volumes that are not in the backup, or have no recovery volume, are left out; the reply"
                + " names them.",
            "Without copy= it is what safeguarded set recover_copy= says, at first nocopy."),
        List.of(
            "safeguarded recover session=PAYROLL backup=latest",
            "safeguarded recover session=PAYROLL backup=1751367600 copy=background rate=50M",
            "safeguarded recover session=PAYROLL backup=1751367600 set=look to=data:x,log:y"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareRecover));
  }

  private Plan prepareRecover(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    long id = safeguards.backup(arguments, session);
    String set = Safeguards.set(arguments);
    if (set.equals(Recovery.RESTORE)) {
      throw RefusedException.badRequest(
          arguments.column(SET), "the set restore is that of safeguarded restore");
    }
    String copy = arguments.word(COPY, "", "nocopy", "background");
    RecoverSpec spec =
        spec(
            request,
            set,
            targets(arguments, session),
            copy.isEmpty() ? null : copy.equals("background"),
            arguments.yes(REPLACE, false));
    RecoverPlan plan = Safeguards.at(arguments, () -> recoveries.plan(session, id, spec));
    return new Plan(
        Safeguards.subject(session),
        "let " + pairs(plan) + " show backup " + id + copied(plan) + skipped(plan),
        () ->
            Safeguards.at(
                arguments,
                () -> {
                  RecoverPlan done = recoveries.recover(session.name(), id, spec);
                  String text = "backup " + id + " is recovered to " + pairs(done);
                  return reply(done, text + copied(done) + skipped(done));
                }));
  }

  /** The volumes of to=, by the id of the source. */
  private Map<UUID, Volume> targets(Arguments arguments, SafeguardedSession session)
      throws RefusedException {
    Map<UUID, Volume> targets = new LinkedHashMap<>();
    if (!arguments.has(TO)) {
      return targets;
    }
    for (String item : arguments.list(TO)) {
      int colon = colon(session, item);
      if (colon < 0) {
        throw RefusedException.badRequest(
            arguments.column(TO),
            "\"" + item + "\" is no SOURCE:TARGET with a volume of session " + session.name());
      }
      String target = item.substring(colon + 1);
      Volume source = Objects.requireNonNull(source(session, item.substring(0, colon)));
      Volume volume = arguments.at(TO, () -> safeguards.bay().findMade(target, "be recovered to"));
      if (targets.put(source.id(), volume) != null) {
        throw RefusedException.badRequest(
            arguments.column(TO), "volume " + source.name() + " is named twice");
      }
    }
    return targets;
  }

  /** The first colon that has a volume of the session before it, or -1. */
  private int colon(SafeguardedSession session, String item) {
    int colon = item.indexOf(':');
    while (colon >= 0 && source(session, item.substring(0, colon)) == null) {
      colon = item.indexOf(':', colon + 1);
    }
    return colon;
  }

  private @Nullable Volume source(SafeguardedSession session, String name) {
    Volume volume = safeguards.bay().findOrNull(name);
    return volume != null && session.state().findSource(volume.id()) != null ? volume : null;
  }

  private static RecoverSpec spec(
      Request request,
      String set,
      Map<UUID, Volume> targets,
      @Nullable Boolean background,
      boolean replace)
      throws RefusedException {
    Arguments arguments = request.arguments();
    return new RecoverSpec(
        set,
        targets,
        background,
        arguments.word(OPEN, "refuse", "refuse", "allow").equals("allow"),
        replace,
        arguments.has(RATE) ? arguments.size(RATE) : 0,
        arguments.id(),
        arguments.fullLine(),
        request.caller().uid(),
        request.acceptance());
  }

  private static String pairs(RecoverPlan plan) {
    return String.join(
        ",", plan.items().stream().map(item -> Words.word(item.target().name())).toList());
  }

  private static String copied(RecoverPlan plan) {
    return plan.background() ? ", and copy all of it" : "";
  }

  private static String skipped(RecoverPlan plan) {
    if (plan.skipped().isEmpty()) {
      return "";
    }
    return "; without " + String.join(",", plan.skipped().stream().map(Words::word).toList());
  }

  /** Names the jobs that copy: one where an id stands, several as jobs=. */
  private Reply reply(RecoverPlan plan, String text) {
    List<Job> jobs =
        plan.items().stream()
            .map(item -> recoveries.findJob(item.target().id()))
            .filter(Objects::nonNull)
            .toList();
    return Safeguards.reply(jobs, text);
  }

  // ---- restore

  private Verb restore() {
    return new Verb(
        Verb.SAFEGUARDED + "restore",
        "safeguarded restore session=NAME backup=ID confirm=yes [open=allow] [rate=SIZE]",
        "write a backup back over the volumes of a session themselves",
        SESSION,
        List.of(
            Safeguards.session(),
            Safeguards.backup(),
            Key.word(CONFIRM, "yes: it is meant so; else EPERM"),
            open(),
            rate()),
        List.of(SESSION, BACKUP),
        List.of(
            "Before it a backup of what they hold now is made, whatever the minimum interval is, with"
                + " the label \"before restore of ID\": restore that to go back.",
            "They show the backup at once; what differs is copied behind it, as jobs.",
            "EBUSY while another restore is not whole."),
        List.of("safeguarded restore session=PAYROLL backup=1751367600 confirm=yes"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareRestore));
  }

  private Plan prepareRestore(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    long id = safeguards.backup(arguments, session);
    boolean confirmed = arguments.yes(CONFIRM, false);
    RecoverSpec spec = spec(request, Recovery.RESTORE, Map.of(), true, false);
    RecoverPlan plan = Safeguards.at(arguments, () -> recoveries.plan(session, id, spec));
    String volumes = pairs(plan);
    RefusedException unconfirmed =
        confirmed || arguments.yes("dry-run", false)
            ? null
            : arguments.refuse(
                arguments.has(CONFIRM) ? CONFIRM : BACKUP,
                Fault.FORBIDDEN,
                "SGC1007I: restore writes backup " + id + " over " + volumes,
                "the same with confirm=yes");
    BackupSpec safety =
        new BackupSpec(
            "before restore of " + id,
            null,
            null,
            request.caller().uid(),
            Catalogue.Change.NOTHING);
    return new Plan(
        Safeguards.subject(session),
        "back up session "
            + session.name()
            + ", then write backup "
            + id
            + " over "
            + volumes
            + skipped(plan),
        () ->
            Safeguards.at(
                arguments,
                () -> {
                  long last = newest(session);
                  String invalid = invalid(plan);
                  RecoverPlan done = recoveries.restore(session.name(), id, safety, spec);
                  String before =
                      newest(session) == last
                          ? "; no backup was made before it: " + invalid + " was INVALID"
                          : "; before it was backup "
                              + newest(session)
                              + (invalid.isEmpty() ? "" : " without " + invalid + ", INVALID");
                  String text = "backup " + id + " is restored over " + pairs(done);
                  return reply(done, text + skipped(done) + before);
                }),
        unconfirmed);
  }

  private static String invalid(RecoverPlan plan) {
    return plan.items().stream()
        .map(item -> item.target())
        .filter(target -> target.invalidity() != null)
        .map(target -> Words.word(target.name()))
        .collect(Collectors.joining(","));
  }

  private static long newest(SafeguardedSession session) {
    return session.state().backups().isEmpty() ? 0 : session.state().backups().lastKey();
  }

  // ---- background copy

  private Verb initiate() {
    return new Verb(
        Verb.SAFEGUARDED + "initiate-background-copy",
        "safeguarded initiate-background-copy session=NAME [set=R1] [rate=SIZE]",
        "copy all that recovery volumes show to them, as jobs",
        SESSION,
        List.of(Safeguards.session(), Safeguards.set(), rate()),
        List.of(SESSION),
        List.of(
            "When all is copied the volumes depend on no backup any more.",
            "One that was suspended by an error is tried again."),
        List.of("safeguarded initiate-background-copy session=PAYROLL"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepareInitiate));
  }

  private Plan prepareInitiate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.own(request, "copy a recovery set");
    String set = Safeguards.set(arguments);
    requireThere(arguments, session, set);
    Recovery recovery = atSet(arguments, () -> recoveries.requireInitiable(session, set));
    RecoverSpec spec = spec(request, set, Map.of(), true, false);
    return new Plan(
        Safeguards.subject(session),
        "copy all of backup " + recovery.backup() + " to recovery set " + set,
        () ->
            atSet(
                arguments,
                () -> {
                  List<Job> jobs = recoveries.initiate(session.name(), set, spec);
                  String text = "recovery set " + set + " of backup " + recovery.backup();
                  return Safeguards.reply(
                      jobs, text + (jobs.isEmpty() ? " is whole" : " is being copied"));
                }));
  }

  /** NOT_FOUND for a set that is named and is not there. */
  private void requireThere(Arguments arguments, SafeguardedSession session, String set)
      throws RefusedException {
    if (arguments.has(SET)) {
      arguments.require(SET, () -> Objects.requireNonNull(recoveries.find(session, set)));
    }
  }

  private static <T> T atSet(Arguments arguments, Arguments.Fallible<T> call)
      throws RefusedException {
    return arguments.at(arguments.has(SET) ? SET : SESSION, call);
  }

  // ---- terminate

  private Verb terminate() {
    return new Verb(
        Verb.SAFEGUARDED + "terminate-h1r1",
        "safeguarded terminate-h1r1 session=NAME [set=R1] [force=yes]",
        "end the relation of recovery volumes to their backup",
        SESSION,
        List.of(
            Safeguards.session(),
            Safeguards.set(),
            Key.word(FORCE, "yes: also where they do not hold all of it, and are INVALID then")),
        List.of(SESSION),
        List.of(
            "A volume that holds all of it is a volume like any other then.",
            "EBUSY (SGC1012E) where one does not, without force=yes."),
        List.of("safeguarded terminate-h1r1 session=PAYROLL"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareTerminate));
  }

  private Plan prepareTerminate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    String set = Safeguards.set(arguments);
    boolean force = arguments.yes(FORCE, false);
    requireThere(arguments, session, set);
    Recovery recovery = atSet(arguments, () -> recoveries.requireTerminable(session, set, force));
    String invalid = recovery.whole() ? "" : ", leaving what is not whole INVALID";
    return new Plan(
        Safeguards.subject(session),
        "end recovery set " + set + " of backup " + recovery.backup() + (force ? invalid : ""),
        () ->
            atSet(
                arguments,
                () -> {
                  List<String> lost =
                      recoveries.terminate(session.name(), set, force, request.acceptance());
                  String text = "recovery set " + set + " is ended";
                  String names = String.join(",", lost.stream().map(Words::word).toList());
                  return Reply.text(
                      Subject.NONE, text + (lost.isEmpty() ? "" : "; INVALID: " + names));
                }));
  }
}
