package org.copybay.control.command;

import static org.copybay.control.command.OpcPairs.GROUP;
import static org.copybay.control.command.OpcPairs.PAIR;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.copybay.copy.engine.Job;
import org.copybay.copy.quickopc.Direction;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.SessionCommands;
import org.copybay.copy.quickopc.StartSpec;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/** The verbs that start sessions of QuickOPC, restore from them and undo that. */
final class OpcStartVerbs {
  private static final String MODE = "mode";
  private static final String CONCURRENT = "concurrent";
  private static final String OPEN = "open";
  private static final String DISCARD = "discard";
  private static final String RATE = "rate";
  private static final String PAUSED = "paused";

  private final OpcPairs pairs;
  private final SessionCommands commands;

  OpcStartVerbs(OpcPairs pairs) {
    this.pairs = pairs;
    this.commands = new SessionCommands(pairs.opc());
  }

  List<Verb> verbs() {
    return List.of(start(), undo());
  }

  private static List<Key> keys(Key... own) {
    List<Key> all = new ArrayList<>(OpcPairs.keys());
    all.addAll(List.of(own));
    all.add(Key.word(OPEN, "allow: also where the target is open for writing; else EBUSY"));
    all.add(Key.optional(RATE, "bytes a second of the copy at most, as in 50M; 0 for no limit"));
    all.add(Key.word(PAUSED, "yes: the copy waits for quickopc resume"));
    all.add(OpcPairs.format("of the reply"));
    return all;
  }

  // ---- start

  private Verb start() {
    return new Verb(
        Verb.QUICKOPC + "start",
        "quickopc start group=NAME [pair=NAME] [mode=full|diff|auto|restore] [concurrent=yes]"
            + " [discard=refuse] [open=allow] [rate=SIZE] [paused=yes] [format=text|xml|json]",
        "let targets show what their sources hold now; the copy runs behind it",
        PAIR,
        keys(
            Key.word(MODE, "full (usual), diff: what changed, auto: diff where it can be, restore"),
            Key.word(CONCURRENT, "yes: all pairs of the group at one instant, all or none"),
            Key.word(DISCARD, "refuse: not where changes of a target would be lost (mode=diff)")),
        List.of(GROUP, PAIR),
        List.of(
            "When it is answered, the target shows the source as of one instant, for reading and"
                + " writing; each pair has a job that copies.",
            "full is refused while the session is tracking (EEXIST, ccm4013); diff without a session"
                + " (ENOENT, ccm4012), while a copy runs that records nothing, and after an error"
                + " (EBUSY, ccm4014). auto takes full then, in place of what there is.",
            "diff copies what changed on either side: changes of the target are lost.",
            "restore copies back what differs; a point restore-GROUP-PAIR-N is made before, to which"
                + " quickopc undo goes back.",
            "Without concurrent=yes the pairs of a group are started one after the other; the error"
                + " of one does not keep the others from it: last_error has the result of each.",
            "dry-run=yes says how many bytes are copied, and how many changes are lost."),
        List.of(
            "quickopc start group=backup pair=pay",
            "quickopc start group=backup mode=diff concurrent=yes",
            "quickopc start group=backup pair=pay mode=restore",
            "acopc start -g backup -p payroll:copy -diff"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(pairs.bay(), this::prepareStart));
  }

  private Plan prepareStart(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpcPairs.requireFormat(arguments);
    List<PairRecord> wanted = pairs.some(arguments);
    boolean concurrent = arguments.yes(CONCURRENT, false);
    Mode mode = mode(arguments);
    if (concurrent && mode == Mode.RESTORE) {
      throw RefusedException.badRequest(
          arguments.column(CONCURRENT), "concurrent=yes and mode=restore do not go together");
    }
    return plan(
        request,
        wanted,
        mode,
        concurrent
            ? OpcSteps.atOnce(pairs, arguments, OpcQuery.STARTED, wanted)
            : OpcSteps.oneByOne(pairs, arguments, OpcQuery.STARTED, wanted));
  }

  private Plan plan(Request request, List<PairRecord> wanted, Mode mode, OpcSteps steps)
      throws RefusedException {
    boolean backward = mode == Mode.RESTORE || mode == Mode.UNDO;
    for (PairRecord pair : wanted) {
      pairs.requireOwn(request, pair, backward, "copy to ");
    }
    StartSpec spec = spec(request, mode, null, Catalogue.Change.NOTHING);
    StartSpec accepting = spec(request, mode, request.arguments().id(), request.acceptance());
    return new Plan(
        pairs.subject(wanted),
        steps.effect(step -> effect(step, spec)),
        () -> run(steps, spec, accepting));
  }

  private Mode mode(Arguments arguments) throws RefusedException {
    String word = arguments.word(MODE, "full", "full", "diff", "auto", "restore");
    return Mode.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private StartSpec spec(Request request, Mode mode, @Nullable String id, Catalogue.Change also)
      throws RefusedException {
    Arguments arguments = request.arguments();
    return new StartSpec(
        mode,
        arguments.word(OPEN, "refuse", "refuse", "allow").equals("allow"),
        arguments.has(DISCARD)
            && arguments.word(DISCARD, "allow", "refuse", "allow").equals("refuse"),
        arguments.has(RATE) ? arguments.size(RATE) : null,
        arguments.yes(PAUSED, false),
        id,
        arguments.fullLine(),
        request.caller().uid(),
        also);
  }

  private String effect(List<PairRecord> step, StartSpec spec) throws StorageException {
    List<String> each = new ArrayList<>();
    for (var plan : commands.plan(step, spec)) {
      if (plan.direction() == Direction.UNDO) {
        each.add(
            "let "
                + plan.target().name()
                + " hold again what it held before its last restore, losing "
                + plan.lostBytes()
                + " bytes that were changed since");
        continue;
      }
      String what = plan.full() ? "all of " : "what changed of ";
      each.add(
          "copy "
              + what
              + plan.source().name()
              + " to "
              + plan.target().name()
              + ": "
              + plan.sendBytes()
              + " bytes, losing "
              + plan.lostBytes()
              + " bytes that were changed there");
    }
    return String.join("; ", each);
  }

  private Reply run(OpcSteps steps, StartSpec spec, StartSpec accepting) throws RefusedException {
    List<Session> started = new ArrayList<>();
    List<String> lines =
        steps.run(
            (step, accepts) -> started.addAll(commands.start(step, accepts ? accepting : spec)));
    List<String> jobs =
        started.stream()
            .map(session -> pairs.opc().findJob(session.record()))
            .filter(Objects::nonNull)
            .map(Job::id)
            .toList();
    if (started.size() == 1) {
      return Reply.lines(jobs.isEmpty() ? null : jobs.get(0), Subject.NONE, lines);
    }
    String all = jobs.isEmpty() ? "" : Reply.JOBS + String.join(",", jobs);
    return new Reply(null, Subject.NONE, all, lines);
  }

  // ---- undo

  private Verb undo() {
    return new Verb(
        Verb.QUICKOPC + "undo",
        "quickopc undo group=NAME [pair=NAME] [open=allow] [rate=SIZE] [paused=yes]",
        "let the source show what it held before its last restore",
        PAIR,
        keys(),
        List.of(GROUP, PAIR),
        List.of(
            "Everything that changed on the source since then is lost, the restore too, also while"
                + " it is not whole yet.",
            "The point restore-GROUP-PAIR-N stays, and is dropped by: drop point=NAME."),
        List.of("quickopc undo group=backup pair=pay"),
        List.of(ENOENT, EALREADY, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(pairs.bay(), this::prepareUndo));
  }

  private Plan prepareUndo(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    List<PairRecord> one = List.of(pairs.one(arguments));
    return plan(
        request, one, Mode.UNDO, OpcSteps.oneByOne(pairs, arguments, OpcQuery.STARTED, one));
  }
}
