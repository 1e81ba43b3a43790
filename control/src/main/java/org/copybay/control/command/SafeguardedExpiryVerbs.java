package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.BACKUP;
import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.copybay.copy.safeguarded.Expiring;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.RecoveryPair;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** The verbs that remove backups. */
final class SafeguardedExpiryVerbs {
  private static final String ONLY = "only";
  private static final String CONFIRM = "confirm";
  private static final String FORCE = "force";

  private final Safeguards safeguards;
  private final Expiring expiring;

  SafeguardedExpiryVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.expiring = new Expiring(safeguards.safeguarded());
  }

  List<Verb> verbs() {
    return List.of(expire(), terminate());
  }

  private static Key confirm() {
    return Key.optional(CONFIRM, "how many backups go; needed where it is more than one");
  }

  private static long confirmed(Arguments arguments) throws RefusedException {
    return arguments.has(CONFIRM) ? arguments.number(CONFIRM) : 0;
  }

  // ---- expire

  private Verb expire() {
    return new Verb(
        Verb.SAFEGUARDED + "expire",
        "safeguarded expire session=NAME backup=ID [only=yes] [confirm=N]",
        "remove a backup and all that are older",
        SESSION,
        List.of(
            Safeguards.session(),
            Safeguards.backup(),
            Key.word(ONLY, "yes: only this one; the others keep what they have"),
            confirm()),
        List.of(SESSION, BACKUP),
        List.of(
            "EPERM where one of them is locked or held, then none goes; and where more than one goes"
                + " without confirm=N (SGC1007I). dry-run=yes says which.",
            "One that a recovery needs becomes dependent_deleting, and goes when the recovery needs"
                + " it no more.",
            "Its space is free a little later."),
        List.of(
            "safeguarded expire session=PAYROLL backup=1751367600 dry-run=yes",
            "safeguarded expire session=PAYROLL backup=1751367600 confirm=3",
            "safeguarded expire session=PAYROLL backup=1751367600 only=yes"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareExpire));
  }

  private Plan prepareExpire(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    long id = safeguards.backup(arguments, session);
    boolean only = arguments.yes(ONLY, false);
    long confirm = confirmed(arguments);
    Expiring.Plan plan = arguments.at(BACKUP, () -> expiring.plan(session, id, only));
    return new Plan(
        Safeguards.subject(session),
        "remove " + count(plan.all()) + ": " + told(plan),
        () ->
            arguments.at(
                BACKUP,
                () -> {
                  Expiring.Plan done =
                      expiring.expire(session.name(), id, only, confirm, request.acceptance());
                  return Reply.text(Subject.NONE, count(done.all()) + " expired: " + told(done));
                }),
        unconfirmed(arguments, BACKUP, "Expire Backup " + id, plan));
  }

  /** The refusal of a command that does not say how many go, unless it only asks that; or null. */
  private static @Nullable RefusedException unconfirmed(
      Arguments arguments, String key, String what, Expiring.Plan plan) throws RefusedException {
    long confirm = confirmed(arguments);
    try {
      if (!arguments.yes("dry-run", false)) {
        Expiring.requireConfirmed(what, plan, confirm);
      }
      return null;
    } catch (StorageException e) {
      return new RefusedException(e, arguments.column(key));
    }
  }

  private static String count(List<Long> ids) {
    return ids.size() + (ids.size() == 1 ? " backup" : " backups");
  }

  private static String told(Expiring.Plan plan) {
    List<String> parts = new ArrayList<>();
    if (!plan.now().isEmpty()) {
      parts.add(Safeguards.ids(plan.now()));
    }
    if (!plan.later().isEmpty()) {
      parts.add(Safeguards.ids(plan.later()) + " when no recovery needs it any more (SGC1009W)");
    }
    return String.join("; ", parts);
  }

  // ---- terminate

  private Verb terminate() {
    return new Verb(
        Verb.SAFEGUARDED + "terminate",
        "safeguarded terminate session=NAME [force=yes] [confirm=N]",
        "end all recoveries of a session and remove all of its backups",
        SESSION,
        List.of(
            Safeguards.session(),
            Key.word(FORCE, "yes: also where recovery volumes are INVALID then"),
            confirm()),
        List.of(SESSION),
        List.of(
            "EPERM where a backup is locked or held, then nothing goes; and where more than one goes"
                + " without confirm=N (SGC1007I). dry-run=yes says which.",
            "EBUSY where a recovery volume does not hold all of its backup yet, without force=yes."),
        List.of("safeguarded terminate session=PAYROLL confirm=24"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareTerminate));
  }

  private Plan prepareTerminate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    boolean force = arguments.yes(FORCE, false);
    long confirm = confirmed(arguments);
    Expiring.Plan plan = arguments.at(SESSION, () -> expiring.planTerminate(session, force));
    return new Plan(
        Safeguards.subject(session),
        recoveries(session) + "remove " + count(plan.all()) + ids(plan),
        () ->
            arguments.at(
                SESSION,
                () -> {
                  Expiring.Plan done =
                      expiring.terminate(session.name(), force, confirm, request.acceptance());
                  return Reply.text(
                      Subject.NONE,
                      "session "
                          + session.name()
                          + " is terminated: "
                          + count(done.all())
                          + " removed"
                          + ids(done));
                }),
        unconfirmed(arguments, SESSION, "Terminate", plan));
  }

  private static String ids(Expiring.Plan plan) {
    return plan.all().isEmpty() ? "" : ": " + Safeguards.ids(plan.all());
  }

  /** What becomes of the recoveries, if there are some. */
  private String recoveries(SafeguardedSession session) {
    StringBuilder text = new StringBuilder();
    for (Recovery recovery : session.state().recoveries().values()) {
      text.append("end recovery set ").append(recovery.set());
      text.append(
          recovery.pairs().stream().map(this::target).collect(Collectors.joining(",", " (", ")")));
      text.append("; ");
    }
    return text.toString();
  }

  private String target(RecoveryPair pair) {
    Volume target = safeguards.bay().findOrNull(pair.target());
    String name = target == null ? pair.target().toString() : Words.word(target.name());
    return name + (pair.whole() ? "" : " INVALID");
  }
}
