package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.Caller;
import org.copybay.control.report.Errno;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one written line: parse, bind, claim, check, run, remember. A line that returns a reply took
 * effect; a line that is refused changed nothing, but for what its outcomes tell.
 */
final class Interpreter {
  private static final Logger LOG = LoggerFactory.getLogger(Interpreter.class);

  private final VerbTable verbs;
  private final AcceptedIds accepted;
  private final AuditLog audit;
  private final Owner owner;
  private final DclParser dcl;
  private final OpcParser opc;
  private final OmniParser omni;
  private final Claims claims = new Claims();

  Interpreter(
      VerbTable verbs,
      AcceptedIds accepted,
      AuditLog audit,
      Owner owner,
      Devices devices,
      Tapes tapes) {
    this.verbs = verbs;
    this.accepted = accepted;
    this.audit = audit;
    this.owner = owner;
    this.dcl = new DclParser(devices);
    this.opc = new OpcParser(name -> devices.volumes().contains(name));
    this.omni = new OmniParser(tapes);
  }

  /** The reply to the line, or null where it holds no command. */
  @Nullable String run(Scope scope, Caller caller, String line) throws RefusedException {
    Command command = parse(scope, line);
    if (command == null) {
      return null;
    }
    Verb verb = verbs.find(command, scope);
    Arguments arguments = Arguments.bind(verb, scope, command);
    try (Claims.Claim claim = claim(verb, arguments, caller)) {
      String id = arguments.id();
      if (id != null && wasAccepted(id, arguments)) {
        return "ok " + id + " (already accepted)";
      }
      AcceptedIds.Acceptance acceptance =
          id == null ? null : accepted.new Acceptance(id, arguments.canonical());
      Request request =
          new Request(
              arguments,
              caller,
              acceptance == null ? Catalogue.Change.NOTHING : acceptance,
              false,
              this::kept);
      boolean destroys = verb.destroys().with(arguments);
      if (arguments.yes("dry-run", false)) {
        if (destroys) {
          requireOwner(caller, verb, arguments);
        }
        return "ok dry-run: would " + checked(verb, request).effect();
      }
      Reply reply = destroys ? audited(scope.path(), verb, request) : execute(verb, request);
      if (id != null && acceptance != null) {
        remember(id, acceptance);
      }
      return reply.with(command.notices()).render(id);
    }
  }

  // ---- commands that were kept

  /** The command of a line of .control/ctl that was kept. */
  private KeptCommand kept(String line) throws RefusedException {
    Command command = LineParser.parse(line);
    if (command == null) {
      throw RefusedException.badRequest(0, "the command that was kept is empty");
    }
    Verb verb = verbs.find(command, Scope.bay());
    return new KeptCommand(this, verb, Arguments.bind(verb, Scope.bay(), command));
  }

  /** What {@link KeptCommand#prepare} says. */
  Plan prepareKept(
      Verb verb, Arguments arguments, Caller writer, String place, Catalogue.Change also)
      throws RefusedException {
    String id = arguments.id();
    if (id != null && wasAccepted(id, arguments)) {
      throw arguments.refuse("id", Fault.EXISTS, "id " + id + " was accepted already", null);
    }
    AcceptedIds.Acceptance acceptance =
        id == null ? null : accepted.new Acceptance(id, arguments.canonical());
    Catalogue.Change all =
        connection -> {
          also.run(connection);
          if (acceptance != null) {
            acceptance.run(connection);
          }
        };
    Request request = new Request(arguments, writer, all, true, this::kept);
    requireOwner(writer, verb, arguments);
    Plan plan = checked(verb, request);
    return new Plan(
        plan.subject(),
        plan.effect(),
        () -> {
          try (Claims.Claim claim = claim(verb, arguments, writer)) {
            Reply reply = carriedOut(place, verb, request, plan);
            if (id != null && acceptance != null) {
              remember(id, acceptance);
            }
            return reply;
          }
        });
  }

  // ---- steps

  /** The command of a line, whatever its dialect, or null where the line holds none. */
  private @Nullable Command parse(Scope scope, String line) throws RefusedException {
    if (OpcParser.takes(line, scope.kind().isQuickOpc())) {
      return opc.parse(line);
    }
    if (CsmParser.takes(line, scope.kind().isSafeguarded())) {
      return CsmParser.parse(line, scope.kind().isSafeguarded());
    }
    if (ClParser.takes(line)) {
      return ClParser.parse(line);
    }
    if (omni.takes(line)) {
      return omni.parse(line);
    }
    if (RoomParser.OPTICAL.takes(line, scope.kind().isOptical())) {
      return RoomParser.OPTICAL.parse(line);
    }
    if (RoomParser.TAPE.takes(line, scope.kind().isTape())) {
      return RoomParser.TAPE.parse(line);
    }
    return DclParser.takes(line) ? dcl.parse(line) : LineParser.parse(line);
  }

  /** Whether the line holds a command that destroys bytes; what is no command destroys none. */
  boolean destroys(Scope scope, String line) throws RefusedException {
    Command command = parse(scope, line);
    if (command == null) {
      return false;
    }
    Verb verb = verbs.find(command, scope);
    return verb.destroys().with(Arguments.bind(verb, scope, command));
  }

  private Claims.Claim claim(Verb verb, Arguments arguments, Caller caller)
      throws RefusedException {
    List<String> objects = new ArrayList<>();
    arguments.volumes().forEach(volume -> objects.add("volume " + volume));
    arguments.sets().forEach(set -> objects.add("set " + set));
    arguments.sides().forEach(side -> objects.add("optical volume " + side));
    arguments.barcodes().forEach(barcode -> objects.add("cartridge " + barcode));
    String id = arguments.id();
    if (id != null) {
      objects.add("id " + id);
    }
    String holder = verb.name() + (id == null ? "" : " id=" + id) + " of pid " + caller.pid();
    return arguments.at(verb.subject(), () -> claims.take(objects, holder));
  }

  private boolean wasAccepted(String id, Arguments arguments) throws RefusedException {
    String before = arguments.at("id", () -> Optional.ofNullable(accepted.find(id))).orElse(null);
    if (before == null) {
      return wasStarted(id, arguments);
    }
    if (!before.equals(arguments.canonical())) {
      throw arguments.refuse(
          "id",
          Fault.EXISTS,
          "id " + id + " was given to another command: " + before,
          "another id, or none");
    }
    return true;
  }

  /** Whether a job of that id was started by this command, whose id a crash left unrecorded. */
  private boolean wasStarted(String id, Arguments arguments) throws RefusedException {
    String line = accepted.jobLine(id);
    if (line != null && arguments.canonical().equals(canonical(line))) {
      return true;
    }
    if (accepted.namesJob(id)) {
      throw arguments.refuse("id", Fault.EXISTS, "job " + id + " exists", "choose another id=");
    }
    return false;
  }

  /** The line as ctl takes it in canonical form, or null where another version knew its verb. */
  private @Nullable String canonical(String line) {
    try {
      Command command = parse(Scope.bay(), line);
      return command == null
          ? null
          : Arguments.bind(verbs.find(command, Scope.bay()), Scope.bay(), command).canonical();
    } catch (RefusedException e) {
      return null;
    }
  }

  private static void remember(String id, AcceptedIds.Acceptance acceptance) {
    try {
      acceptance.ensure();
    } catch (StorageException e) {
      // The command took effect, so its writer must hear ok; only its repetition is not covered.
      LOG.error("id={} not recorded: {}", id, e.getMessage());
    }
  }

  private static void requireConditions(Subject subject, Arguments arguments)
      throws RefusedException {
    if (arguments.has("if-state")) {
      String wanted = arguments.word("if-state", "", subject.states().toArray(String[]::new));
      if (!wanted.equals(subject.state())) {
        throw arguments.refuse(
            "if-state",
            Fault.AGAIN,
            subject.label() + " is " + subject.state() + ", wanted " + wanted,
            null);
      }
    }
    if (arguments.has("expect-gen")) {
      long wanted = arguments.number("expect-gen");
      if (subject.generation() == Subject.NONE) {
        throw arguments.refuse(
            "expect-gen", Fault.BAD_REQUEST, subject.label() + " has no generation", null);
      }
      if (wanted != subject.generation()) {
        throw arguments.refuse(
            "expect-gen",
            Fault.STALE,
            subject.label() + " has generation " + subject.generation() + ", expected " + wanted,
            "look at it again, then expect-gen=" + subject.generation());
      }
    }
  }

  private static Plan checked(Verb verb, Request request) throws RefusedException {
    Plan plan = verb.handler().prepare(request);
    requireConditions(plan.subject(), request.arguments());
    RefusedException reached = plan.reached();
    if (reached != null) {
      throw reached;
    }
    return plan;
  }

  private static Reply execute(Verb verb, Request request) throws RefusedException {
    return checked(verb, request).action().run();
  }

  private Reply audited(String place, Verb verb, Request request) throws RefusedException {
    Plan plan;
    try {
      requireOwner(request.caller(), verb, request.arguments());
      plan = checked(verb, request);
    } catch (RefusedException e) {
      refused(place, verb, request, Errno.of(e.error().fault()));
      throw e;
    } catch (RuntimeException | Error e) {
      refused(place, verb, request, Errno.EIO);
      throw e;
    }
    return carriedOut(place, verb, request, plan);
  }

  private Reply carriedOut(String place, Verb verb, Request request, Plan plan)
      throws RefusedException {
    Arguments arguments = request.arguments();
    long entry =
        arguments.at(
            verb.subject(),
            () -> audit.begin(request.caller(), place, verb.name(), arguments.line()));
    try {
      Reply reply = plan.action().run();
      end(entry, "ok");
      return reply;
    } catch (RefusedException e) {
      end(entry, Errno.of(e.error().fault()).name());
      throw e;
    } catch (RuntimeException | Error e) {
      end(entry, Errno.EIO.name());
      throw e;
    }
  }

  /** Notes what was refused before it had any effect; it is refused also where that fails. */
  private void refused(String place, Verb verb, Request request, Errno result) {
    String line = request.arguments().line();
    try {
      audit.refused(request.caller(), place, verb.name(), line, result.name());
    } catch (StorageException e) {
      LOG.error("audit command={} result={} not recorded: {}", line, result, e.getMessage());
    }
  }

  private void requireOwner(Caller caller, Verb verb, Arguments arguments) throws RefusedException {
    if (verb.destroys().byOwner()) {
      owner.require(caller, arguments, verb.subject(), verb.name(), null);
    }
  }

  private void end(long entry, String result) {
    try {
      audit.end(entry, result);
    } catch (StorageException e) {
      LOG.error("audit entry={} result={} not recorded: {}", entry, result, e.getMessage());
    }
  }
}
