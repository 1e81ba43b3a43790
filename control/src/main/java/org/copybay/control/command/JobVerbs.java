package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.List;
import java.util.Locale;
import org.copybay.copy.duplicate.DuplicateSpec;
import org.copybay.copy.duplicate.Duplicates;
import org.copybay.copy.engine.Checks;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** The verbs that start jobs, and those that give orders to them. */
final class JobVerbs {
  private static final String JOB = "job";
  private static final String LIMIT = "limit";
  private static final String RESUME = "resume";
  private static final Key JOB_KEY = Key.job(JOB, "the id of the job");

  private final Bay bay;
  private final Owner owner;
  private final Jobs jobs;
  private final Duplicates duplicates;
  private final Checks checks;

  JobVerbs(Bay bay, Owner owner, Jobs jobs, Duplicates duplicates, Checks checks) {
    this.bay = bay;
    this.owner = owner;
    this.jobs = jobs;
    this.duplicates = duplicates;
    this.checks = checks;
  }

  List<Verb> verbs() {
    return List.of(
        duplicate(),
        check(),
        order("cancel", "end a job; what it made so far goes", "cancelling", Job::cancel),
        order(
            "pause",
            "stop a job until resume; it stays stopped over a remount",
            "paused",
            Job::pause),
        order(RESUME, "let a paused job go on", "resumed", Job::resume),
        rate());
  }

  // ---- verbs that start a job

  private Verb duplicate() {
    return new Verb(
        "duplicate",
        "duplicate from=NAME to=NEW [replace=yes] [share=auto|never] [verify=yes|no] [rate=SIZE/s]",
        "copy a volume, as a job; the copy appears whole at the end or not at all",
        "from",
        List.of(
            Key.volume("from", "the volume to copy"),
            new Key("to", Key.Holds.VOLUME, true, "the name of the copy"),
            Key.word("replace", "yes: the copy takes the place of a volume of that name"),
            Key.word("share", "auto (may share extents where the disk can) or never"),
            Key.word("verify", "no: do not compare source and copy at the end"),
            Key.optional("rate", "limit in bytes a second, as in 50M/s; 0 for none")),
        List.of("from", "to"),
        List.of(
            "The copy is what the source holds when the command is answered, synced or not.",
            "The source may be in use, and written while it is copied.",
            "Until the job ends it cannot be deleted, replaced or made smaller.",
            "replace=yes is destructive: it goes to the audit log."),
        List.of(
            "duplicate from=payroll to=payroll-copy",
            "duplicate from=payroll to=test replace=yes id=nightly-2025-11-21",
            "then: cat .control/jobs/ID/wait"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.whenYes("replace"),
        Verb.Handler.changing(bay, this::prepareDuplicate));
  }

  private Plan prepareDuplicate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Volume source = free(arguments, "from", "be duplicated");
    if (!source.row().owner().mayRead(request.caller().uid(), request.caller().gid())) {
      throw arguments.refuse(
          "from",
          Fault.DENIED,
          "uid " + request.caller().uid() + " may not read volume " + source.name(),
          "ls -l volumes/" + Words.word(source.name()));
    }
    arguments.require("from", source::requireFinished);
    arguments.require("from", source::requireSound);
    DuplicateSpec wanted = spec(request);
    if (wanted.to().equals(wanted.from())) {
      throw RefusedException.badRequest(
          arguments.column("to"), "from= and to= name the same volume " + wanted.from());
    }
    arguments.require("to", () -> bay.requireName(wanted.to()));
    Volume old = bay.findOrNull(wanted.to());
    if (old != null && !wanted.replace()) {
      throw arguments.refuse(
          "to",
          Fault.EXISTS,
          "volume " + wanted.to() + " exists",
          "add replace=yes to put the copy in its place");
    }
    if (old != null) {
      Volume replaced = free(arguments, "to", "be replaced");
      arguments.require("to", () -> replaced.requireHoldable("being replaced"));
      arguments.require("to", () -> bay.points().requireNone(replaced, "replace it"));
    }
    String effect =
        "copy " + source.size() + " bytes of volume " + wanted.from() + " to " + wanted.to();
    return new Plan(
        Subject.of(source),
        effect + (old == null ? "" : ", replacing that volume"),
        () -> started(arguments, "from", source, () -> duplicates.start(wanted)));
  }

  private static DuplicateSpec spec(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    return new DuplicateSpec(
        arguments.text("from"),
        arguments.text("to"),
        arguments.yes("replace", false),
        arguments.word("share", "auto", "auto", "never").equals("auto"),
        arguments.yes("verify", true),
        arguments.has("rate") ? bytesPerSecond(arguments, "rate") : 0,
        arguments.id(),
        arguments.fullLine(),
        request.caller().uid(),
        request.caller().gid());
  }

  static long bytesPerSecond(Arguments arguments, String key) throws RefusedException {
    String text = arguments.text(key);
    boolean perSecond = text.toLowerCase(Locale.ROOT).endsWith("/s");
    String size = perSecond ? text.substring(0, text.length() - 2) : text;
    return arguments.at(key, () -> Sizes.parse(size));
  }

  private Verb check() {
    return new Verb(
        "check",
        "check volume=NAME",
        "read a whole volume to see whether the disk still gives it, as a job",
        "volume",
        List.of(Key.volume("volume", "the volume")),
        List.of("volume"),
        List.of(
            "A volume that takes no writes after an error of the store takes them again when every"
                + " byte could be read."),
        List.of("check volume=payroll"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareCheck));
  }

  private Plan prepareCheck(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Volume volume = free(arguments, "volume", "check it");
    arguments.require("volume", () -> volume.requireHoldable("being checked"));
    String id = arguments.id();
    int uid = request.caller().uid();
    return new Plan(
        Subject.of(volume),
        "read " + volume.size() + " bytes of volume " + volume.name(),
        () ->
            started(
                arguments,
                "volume",
                volume,
                () -> checks.start(volume.name(), id, arguments.fullLine(), uid)));
  }

  private static Reply started(
      Arguments arguments, String key, Volume subject, Arguments.Fallible<Job> start)
      throws RefusedException {
    return Reply.job(arguments.at(key, start).id(), subject.row().generation());
  }

  /** The volume of that key, made and not held by a job. */
  private Volume free(Arguments arguments, String key, String what) throws RefusedException {
    String name = arguments.text(key);
    Volume volume = arguments.at(key, () -> bay.findMade(name, what));
    Hold hold = volume.hold();
    if (hold != null) {
      throw arguments.refuse(
          key,
          Fault.BUSY,
          "volume " + name + " is " + hold.reason() + " by job " + hold.job(),
          "cat .control/jobs/" + hold.job() + "/wait");
    }
    return volume;
  }

  // ---- orders to a job

  /** An order to a job. */
  @FunctionalInterface
  private interface Order {
    JobOrder give(Job job) throws StorageException;
  }

  /**
   * What became of an order, in words.
   *
   * @param taken the reply when the job follows the order
   */
  static Reply answer(Job job, JobOrder order, String taken) {
    return Reply.text(
        Subject.NONE,
        switch (order) {
          case TAKEN -> taken;
          case ALREADY -> "already " + job.state().word();
          case TOO_LATE -> "too late: the job is ending";
        });
  }

  /**
   * @param taken the reply when the job follows the order
   */
  private Verb order(String name, String summary, String taken, Order order) {
    boolean resume = name.equals(RESUME);
    return new Verb(
        name,
        name + " job=ID",
        summary,
        JOB,
        List.of(JOB_KEY),
        List.of(JOB),
        List.of(
            resume
                ? "A job that is not paused answers EALREADY."
                : "A job that has ended stays as it is, and the answer is ok."),
        List.of(name + " job=17"),
        resume ? List.of(ENOENT, EALREADY) : List.of(ENOENT),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, request -> prepareOrder(request, name, taken, order)));
  }

  private Plan prepareOrder(Request request, String name, String taken, Order order)
      throws RefusedException {
    Arguments arguments = request.arguments();
    Job job = job(request);
    return new Plan(
        subject(job),
        name + " job " + job.id(),
        () -> arguments.at(JOB, () -> answer(job, order.give(job), taken)),
        name.equals(RESUME) ? notPaused(arguments, JOB, job) : null);
  }

  /** The refusal to resume a job that is not paused, or null. */
  static @Nullable RefusedException notPaused(Arguments arguments, String key, Job job) {
    return job.state() == JobState.PAUSED
        ? null
        : arguments.refuse(
            key,
            Fault.ALREADY,
            "job " + job.id() + " is not paused: it is " + job.state().word(),
            null);
  }

  private Verb rate() {
    return new Verb(
        "rate",
        "rate job=ID limit=SIZE",
        "limit the bytes a second of a job from now on",
        JOB,
        List.of(JOB_KEY, Key.required(LIMIT, "bytes a second, as in 50M or 50M/s; 0 for none")),
        List.of(JOB, LIMIT),
        List.of(),
        List.of("rate job=17 limit=50M"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareRate));
  }

  private Plan prepareRate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Job job = job(request);
    long limit = bytesPerSecond(arguments, LIMIT);
    return new Plan(
        subject(job),
        "limit job " + job.id() + " to " + limit + " bytes a second",
        () -> arguments.at(JOB, () -> answer(job, job.setRate(limit), "limit=" + limit)));
  }

  /** The job, for who may give it orders. */
  private Job job(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String id = arguments.text(JOB);
    Job job = jobs.find(id);
    if (job == null) {
      throw arguments.refuse(
          JOB, Fault.NOT_FOUND, "no job " + id, "cat .control/jobs/running shows what there is");
    }
    owner.requireOrOwnerOf(job.row().uid(), request.caller(), arguments, JOB, "give it orders");
    return job;
  }

  private static Subject subject(Job job) {
    return new Subject(
        "job " + job.id(), job.state().word(), Subject.words(JobState.values()), Subject.NONE);
  }
}
