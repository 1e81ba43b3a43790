package org.copybay.control.command;

import static org.copybay.control.command.OpcPairs.GROUP;
import static org.copybay.control.command.OpcPairs.PAIR;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.report.Errno;
import org.copybay.copy.engine.Job;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.SessionCommands;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;

/** The verbs that look at sessions of QuickOPC, end them and look after their copies. */
final class OpcVerbs {
  private static final String FORCE = "force";
  private static final String RESTORE = "restore";
  private static final String WHAT = "what";
  private static final String LIMIT = "limit";
  private static final String VOLUME = "volume";

  private final OpcPairs pairs;
  private final SessionCommands commands;

  OpcVerbs(OpcPairs pairs) {
    this.pairs = pairs;
    this.commands = new SessionCommands(pairs.opc());
  }

  List<Verb> verbs() {
    return List.of(
        cancel(), stopTracking(), query(), diff(), verify(), pause(), resume(), rate(), accept());
  }

  private static List<Key> keys(Key... own) {
    List<Key> all = new ArrayList<>(OpcPairs.keys());
    all.addAll(List.of(own));
    return all;
  }

  // ---- ends

  private Verb cancel() {
    return new Verb(
        Verb.QUICKOPC + "cancel",
        "quickopc cancel group=NAME [pair=NAME] [restore=yes] [force=yes] [format=text|xml|json]",
        "end the session of a pair, or of every pair of a group",
        PAIR,
        keys(
            Key.word(RESTORE, "yes: end the restore of the pair, not its session"),
            Key.word(FORCE, "yes: also one that ends by itself when all is copied"),
            OpcPairs.format("of the reply")),
        List.of(GROUP, PAIR),
        List.of(
            "In phase Tracking the target is a whole, independent volume then.",
            "While a copy runs it is INVALID then: reads and writes fail with EIO until something"
                + " is copied to it as a whole, or quickopc accept-partial takes it as it is.",
            "The pairs of a group are ended one after the other; the error of one does not keep the"
                + " others from it: last_error has the result of each.",
            "ENOENT (ccm4012) without a session; EBUSY (ccm4014) in phase Copying without force=yes;"
                + " EBUSY while a session or a point uses a target that is not whole."),
        List.of("quickopc cancel group=backup pair=pay", "acopc cancel -g backup -force"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(pairs.bay(), this::prepareCancel));
  }

  private Plan prepareCancel(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpcPairs.requireFormat(arguments);
    List<PairRecord> wanted = pairs.some(arguments);
    boolean backward = arguments.yes(RESTORE, false);
    boolean force = arguments.yes(FORCE, false);
    for (PairRecord pair : wanted) {
      pairs.requireOwn(request, pair, backward, "end a copy to ");
    }
    OpcSteps steps = OpcSteps.oneByOne(pairs, arguments, OpcQuery.CANCELLED, wanted);
    return new Plan(
        pairs.subject(wanted),
        steps.effect(step -> effect(commands.planCancel(step.get(0), backward, force))),
        () -> cancel(request, steps, backward, force));
  }

  private static String effect(SessionCommands.Cancel cancel) {
    String invalid = ", leaving " + cancel.session().target().name() + " INVALID";
    return "end " + cancel.session().record().describe() + (cancel.invalid() ? invalid : "");
  }

  private Reply cancel(Request request, OpcSteps steps, boolean backward, boolean force)
      throws RefusedException {
    List<String> targets = new ArrayList<>();
    List<String> lines =
        steps.run(
            (step, accepts) -> {
              Catalogue.Change also = accepts ? request.acceptance() : Catalogue.Change.NOTHING;
              SessionCommands.Cancel done = commands.cancel(step.get(0), backward, force, also);
              String target = done.session().target().name();
              targets.add(target + (done.invalid() ? " is INVALID" : " is usable"));
            });
    return new Reply(null, Subject.NONE, String.join(", ", targets), lines);
  }

  private Verb stopTracking() {
    return new Verb(
        Verb.QUICKOPC + "stop-tracking",
        "quickopc stop-tracking group=NAME [pair=NAME]",
        "record no changes any more: the session ends when all is copied",
        PAIR,
        keys(),
        List.of(GROUP, PAIR),
        List.of(
            "The target is whole then; the next start copies everything.",
            "Until then the phase is Copying, and cancel needs force=yes."),
        List.of("quickopc stop-tracking group=backup pair=pay"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(pairs.bay(), this::prepareStop));
  }

  private Plan prepareStop(Request request) throws RefusedException {
    PairRecord pair = ownPair(request, "stop recording changes of ");
    return new Plan(
        pairs.subject(List.of(pair)),
        "stop recording changes of " + pair.path(),
        () ->
            OpcPairs.at(
                request.arguments(),
                () -> {
                  Session session = commands.stopTracking(pair, request.acceptance());
                  return Reply.text(
                      Subject.NONE, session.record().describe() + " records nothing any more");
                }));
  }

  /** The pair, for who may change its target. */
  private PairRecord ownPair(Request request, String what) throws RefusedException {
    PairRecord pair = pairs.one(request.arguments());
    pairs.requireOwn(request, pair, false, what);
    return pair;
  }

  private Verb accept() {
    return new Verb(
        Verb.QUICKOPC + "accept-partial",
        "quickopc accept-partial volume=NAME",
        "take an INVALID volume as it is: part copy, part what it held before",
        VOLUME,
        List.of(Key.volume(VOLUME, "the volume")),
        List.of(VOLUME),
        List.of(
            "Before it, .control/volumes/NAME/uncopied lists which bytes were not copied.",
            "Reads and writes work again; nothing says any more what was not copied."),
        List.of("quickopc accept-partial volume=copy"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(pairs.bay(), this::prepareAccept));
  }

  private Plan prepareAccept(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Volume volume = pairs.volume(request, VOLUME, "be taken as it is");
    return new Plan(
        Subject.of(volume),
        "take volume " + volume.name() + " as it is",
        () ->
            arguments.at(
                VOLUME,
                () ->
                    Reply.text(
                        volume.row().generation(),
                        "volume "
                            + volume.name()
                            + " is valid; "
                            + commands.acceptPartial(volume)
                            + " bytes of it were never copied")));
  }

  // ---- looks

  private Verb query() {
    return new Verb(
        Verb.QUICKOPC + "query",
        "quickopc query [group=NAME] [pair=NAME] [what=pairs|sessions] [format=text|xml|json]",
        "tell the phase of pairs, or all sessions of the bay",
        PAIR,
        keys(
            Key.word(WHAT, "pairs of the group, or sessions: all of the bay"),
            OpcPairs.format("of the reply"),
            Key.word(RESTORE, "yes: of the restores of the pairs")),
        List.of(GROUP, PAIR),
        List.of("The files below .control/quickopc/GROUP/PAIR tell the same."),
        List.of("quickopc query group=backup", "acopc query -g backup -xml", "accopy query"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        this::prepareQuery);
  }

  private Plan prepareQuery(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpcPairs.requireFormat(arguments);
    boolean restores = arguments.yes(RESTORE, false);
    boolean named = arguments.names(GROUP) || arguments.names(PAIR);
    String what = arguments.word(WHAT, named ? "pairs" : "sessions", "pairs", "sessions");
    OpcQuery query = new OpcQuery(pairs.bay(), pairs.opc());
    if (what.equals("sessions")) {
      return new Plan(
          Subject.none("sessions"),
          "tell all sessions",
          () ->
              arguments.at(
                  WHAT,
                  () ->
                      Reply.lines(null, Subject.NONE, query.sessions(OpcPairs.format(arguments)))));
    }
    String group = pairs.group(arguments);
    List<PairRecord> wanted = pairs.some(arguments);
    return new Plan(
        pairs.subject(wanted),
        "tell of " + group,
        () ->
            OpcPairs.at(
                arguments,
                () ->
                    Reply.lines(
                        null,
                        Subject.NONE,
                        query.pairs(group, wanted, restores, OpcPairs.format(arguments)))));
  }

  private Verb diff() {
    return new Verb(
        Verb.QUICKOPC + "diff",
        "quickopc diff group=NAME [pair=NAME] [format=text|json]",
        "say where the ranges stand that are not copied, or changed on either side",
        PAIR,
        keys(Key.word(OpcPairs.FORMAT, "which file the reply names: text or json")),
        List.of(GROUP, PAIR),
        List.of(),
        List.of("quickopc diff group=backup pair=pay"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        request -> {
          String format = request.arguments().word(OpcPairs.FORMAT, "text", "text", "json");
          PairRecord pair = pairs.one(request.arguments());
          String file = format.equals("json") ? "diff.json" : "diff";
          String text = "cat .control/quickopc/" + pair.path() + "/" + file;
          return new Plan(
              pairs.subject(List.of(pair)), "say: " + text, () -> Reply.text(Subject.NONE, text));
        });
  }

  private Verb verify() {
    return new Verb(
        Verb.QUICKOPC + "verify",
        "quickopc verify group=NAME [pair=NAME]",
        "compare both sides where nothing says that they differ, as a job",
        PAIR,
        keys(),
        List.of(GROUP, PAIR),
        List.of(
            "Both sides are compared as of one instant, while programs go on.",
            "The job fails with EIO and names the first region that is not the same."),
        List.of("quickopc verify group=backup pair=pay"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(pairs.bay(), this::prepareVerify));
  }

  private Plan prepareVerify(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    PairRecord pair = pairs.one(arguments);
    String id = arguments.id();
    int uid = request.caller().uid();
    return new Plan(
        pairs.subject(List.of(pair)),
        "compare both sides of " + pair.path(),
        () ->
            OpcPairs.at(
                arguments,
                () -> {
                  Job job = commands.verify(pair, id, arguments.fullLine(), uid);
                  return Reply.job(job.id(), Subject.NONE);
                }));
  }

  // ---- the copy

  private Verb pause() {
    return order(
        "pause",
        "stop the copy of a pair until it is resumed",
        List.of("The target shows the source all the same."),
        List.of(ENOENT, EACCES),
        this::preparePause);
  }

  private Plan preparePause(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    PairRecord pair = copiedPair(request, "pause the copy to ");
    Job job = OpcPairs.at(arguments, () -> commands.job(pair));
    return new Plan(
        pairs.subject(List.of(pair)),
        "pause job " + job.id(),
        () -> OpcPairs.at(arguments, () -> JobVerbs.answer(job, job.pause(), "paused")));
  }

  private Verb resume() {
    return order(
        "resume",
        "let the copy of a pair go on that is paused, or suspended by an error",
        List.of(
            "A suspended one is tried again where it stopped, by a job of its own; so is a restore"
                + " or an undo.",
            "EIO where what suspended it is still there. A copy that runs answers EALREADY."),
        List.of(ENOENT, EALREADY, EACCES),
        this::prepareResume);
  }

  private Plan prepareResume(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    PairRecord pair = copiedPair(request, "resume the copy to ");
    Session session = pairs.opc().findCopying(pair);
    boolean suspended = session != null && session.record().error() != null;
    Job job = suspended ? null : OpcPairs.at(arguments, () -> commands.job(pair));
    return new Plan(
        pairs.subject(List.of(pair)),
        job == null ? "try again to copy for " + pair.path() : "resume job " + job.id(),
        () ->
            OpcPairs.at(
                arguments,
                () -> {
                  String id = commands.resume(pair).id();
                  return new Reply(id, Subject.NONE, "resumed", List.of());
                }),
        job == null ? null : JobVerbs.notPaused(arguments, OpcPairs.blamed(arguments), job));
  }

  /** The pair, for who may change what is copied to. */
  private PairRecord copiedPair(Request request, String what) throws RefusedException {
    PairRecord pair = pairs.one(request.arguments());
    pairs.requireOwn(request, pair, pairs.opc().findBackward(pair) != null, what);
    return pair;
  }

  private Verb order(
      String word, String summary, List<String> rules, List<Errno> errnos, Verb.Handler handler) {
    return new Verb(
        Verb.QUICKOPC + word,
        "quickopc " + word + " group=NAME [pair=NAME]",
        summary,
        PAIR,
        keys(),
        List.of(GROUP, PAIR),
        rules,
        List.of("quickopc " + word + " group=backup pair=pay"),
        errnos,
        Verb.Destroys.NEVER,
        Verb.Handler.changing(pairs.bay(), handler));
  }

  private Verb rate() {
    return new Verb(
        Verb.QUICKOPC + "rate",
        "quickopc rate group=NAME [pair=NAME] limit=SIZE",
        "limit the copies of a pair from now on",
        PAIR,
        keys(Key.required(LIMIT, "bytes a second, as in 50M; 0 for no limit")),
        List.of(GROUP, PAIR, LIMIT),
        List.of("It stays for later starts of the session."),
        List.of("quickopc rate group=backup pair=pay limit=50M"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(pairs.bay(), this::prepareRate));
  }

  private Plan prepareRate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    PairRecord pair = ownPair(request, "limit the copy to ");
    long limit = arguments.text(LIMIT).equals("0") ? 0 : arguments.size(LIMIT);
    return new Plan(
        pairs.subject(List.of(pair)),
        "limit the copies of " + pair.path() + " to " + limit + " bytes/s",
        () ->
            OpcPairs.at(
                arguments,
                () -> {
                  commands.setRate(pair, limit, request.acceptance());
                  return Reply.text(Subject.NONE, "limit=" + limit);
                }));
  }
}
