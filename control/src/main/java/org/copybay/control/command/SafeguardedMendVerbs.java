package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.command.Safeguards.VOLUME;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EAGAIN;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.List;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.Sealer;
import org.copybay.copy.safeguarded.VaultTime;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;

/** The verbs that mend what a bay cannot by itself: its vault clock, and evidence. */
final class SafeguardedMendVerbs {
  private static final String CONFIRM = "confirm";

  private final Safeguards safeguards;
  private final VaultTime time;
  private final Sealer sealer;

  SafeguardedMendVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.time = safeguards.safeguarded().time();
    this.sealer = safeguards.safeguarded().sealer();
  }

  List<Verb> verbs() {
    return List.of(acceptClock(), discardEvidence());
  }

  private Verb acceptClock() {
    return new Verb(
        Verb.SAFEGUARDED + "accept-clock",
        "safeguarded accept-clock session=NAME",
        "let the vault clock take over the clock of the machine, which is ahead and right",
        SESSION,
        List.of(Safeguards.session()),
        List.of(SESSION),
        List.of(
            "Only while no backup is locked: EPERM. It never goes back, so nothing ends a lead.",
            "It is about all sessions; retention counts on. Where some need two people, name one of"
                + " them.",
            "EALREADY where it is not behind, EAGAIN where the clock of the machine cannot be right."),
        List.of("safeguarded accept-clock session=PAYROLL"),
        List.of(ENOENT, EACCES, EPERM, EALREADY, EAGAIN),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareAcceptClock));
  }

  private Plan prepareAcceptClock(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    arguments.require(SESSION, () -> time.requireAcceptable(session));
    return new Plan(
        Safeguards.subject(session),
        "let the vault clock take over the clock of the machine",
        () -> {
          arguments.require(SESSION, () -> time.accept(session, request.acceptance()));
          return Reply.text(Subject.NONE, "the vault clock says " + safeguards.bay().vault().now());
        });
  }

  private Verb discardEvidence() {
    return new Verb(
        Verb.SAFEGUARDED + "discard-evidence",
        "safeguarded discard-evidence session=NAME volume=VOLUME confirm=yes",
        "remove what proves the backups of a volume, and hash them anew as they are now",
        SESSION,
        List.of(
            Safeguards.session(),
            Key.required(VOLUME, "whose evidence is damaged"),
            Key.word(CONFIRM, "yes: from then on nothing proves what they held before")),
        List.of(SESSION, VOLUME),
        List.of(
            "The way out where the evidence itself is damaged and no copy of it is there: no byte of"
                + " a backup is served then.",
            "It stands in the audit log. The backups stay."),
        List.of("safeguarded discard-evidence session=PAYROLL volume=data confirm=yes"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(safeguards.bay(), this::prepareDiscard));
  }

  private Plan prepareDiscard(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    String name = arguments.text(VOLUME);
    Volume volume = arguments.at(VOLUME, () -> safeguards.bay().find(name));
    if (session.state().findSource(volume.id()) == null) {
      throw arguments.refuse(
          VOLUME,
          Fault.NOT_FOUND,
          "volume " + name + " is not in session " + session.name(),
          "safeguarded list names the volumes of all sessions");
    }
    RefusedException unconfirmed =
        arguments.yes(CONFIRM, false) || arguments.yes("dry-run", false)
            ? null
            : arguments.refuse(
                CONFIRM,
                Fault.FORBIDDEN,
                "nothing proves any more what the backups of volume " + name + " held",
                "the same with confirm=yes");
    return new Plan(
        Safeguards.subject(session),
        "discard the evidence of the backups of volume " + name,
        () -> {
          Catalogue.Change also = request.acceptance();
          arguments.require(VOLUME, () -> sealer.discard(volume, also));
          return Reply.text(Subject.NONE, "the backups of volume " + name + " are hashed anew");
        },
        unconfirmed);
  }
}
