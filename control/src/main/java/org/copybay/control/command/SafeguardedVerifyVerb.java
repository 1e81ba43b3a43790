package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.BACKUP;
import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.Verifications;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** The verb that compares backups with what they were. */
final class SafeguardedVerifyVerb {
  private static final String RATE = "rate";

  private final Safeguards safeguards;
  private final Verifications verifications;

  SafeguardedVerifyVerb(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.verifications = safeguards.safeguarded().verifications();
  }

  Verb verb() {
    return new Verb(
        Verb.SAFEGUARDED + "verify",
        "safeguarded verify session=NAME [backup=ID] [rate=SIZE]",
        "read backups and compare all of them with what they were, as jobs",
        SESSION,
        List.of(
            Safeguards.session(),
            Key.optional(BACKUP, "only this one, or latest"),
            Key.optional(RATE, "bytes a second of each job at most, as in 50M; 0 for no limit")),
        List.of(SESSION, BACKUP),
        List.of(
            "There is a job for each volume. A backup that is not hashed yet is waited for.",
            "A job that found something fails (EIO, SGC1005E): its error names the first track, its"
                + " log the first hundred. The backup cannot be recovered then, until another"
                + " verification finds nothing.",
            "EBUSY while another job verifies backups of a volume."),
        List.of(
            "safeguarded verify session=PAYROLL",
            "safeguarded verify session=PAYROLL backup=1751367600 rate=50M"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(safeguards.bay(), this::prepare));
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.own(request, "verify backups");
    long backup = arguments.has(BACKUP) ? safeguards.backup(arguments, session) : 0;
    long rate = arguments.has(RATE) ? arguments.size(RATE) : 0;
    @Nullable String id = arguments.id();
    List<Volume> volumes = Safeguards.at(arguments, () -> verifications.plan(session, backup));
    String what =
        (backup == 0 ? "all backups" : "backup " + backup) + " of " + Safeguards.names(volumes);
    return new Plan(
        Safeguards.subject(session),
        "verify " + what,
        () ->
            Safeguards.at(
                arguments,
                () -> {
                  List<Job> jobs =
                      verifications.start(
                          session.name(),
                          backup,
                          rate,
                          id,
                          arguments.fullLine(),
                          request.caller().uid());
                  return Safeguards.reply(jobs, "verifying " + what);
                }));
  }
}
