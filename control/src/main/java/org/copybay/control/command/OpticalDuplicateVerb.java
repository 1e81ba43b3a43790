package org.copybay.control.command;

import static org.copybay.control.report.Errno.EMEDIUMTYPE;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EOPNOTSUPP;
import static org.copybay.control.report.Errno.EPERM;
import static org.copybay.control.report.Errno.EXDEV;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.copybay.copy.engine.Job;
import org.copybay.copy.optical.DuplicatePlan;
import org.copybay.copy.optical.DuplicateSpec;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.copybay.copy.optical.Duplicating;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** The verb that is DUPOPT. */
final class OpticalDuplicateVerb {
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final String NEWVOL = "newvol";
  private static final String CLEAR = "clear";
  private static final String FROMDEV = "fromdev";
  private static final String TODEV = "todev";
  private static final String MEDERR = "mederr";
  private static final String OUTPUT = "output";
  private static final String FROMEND = "fromend";
  private static final String TOEND = "toend";
  private static final String VERIFY = "verify";
  private static final String INCR = "incr";
  private static final String RESUME = "resume";
  private static final String EXCLUSIVE = "exclusive";
  private static final String INTERRUPTIBLE = "interruptible";
  private static final String RATE = "rate";

  /** A target that a machine can be started from, in the original. */
  private static final String BOOT = "*BOOT";

  private final Opticals opticals;
  private final Duplicating duplicating;

  OpticalDuplicateVerb(Opticals opticals) {
    this.opticals = opticals;
    this.duplicating = opticals.optical().duplicating();
  }

  Verb verb() {
    return new Verb(
        "optical-duplicate",
        "optical duplicate from=ID|from=*MOUNTED to=ID[,ID...]|to=*MOUNTED [newvol=ID[,ID...]]"
            + " [clear=no|yes] [fromdev=NAME] [todev=NAME] [mederr=none|file]"
            + " [output=error|none] [fromend=leave|unload] [toend=leave|unload]"
            + " [verify=yes|changed|no] [incr=yes] [resume=yes] [exclusive=yes]"
            + " [interruptible=yes] [rate=SIZE/s]",
        "duplicate an optical volume sector by sector, as a job",
        FROM,
        keys(),
        List.of(FROM, TO),
        rules(),
        List.of(
            "optical duplicate from=ARCH01 to=ERA01 newvol=ARCH01B clear=yes id=nightly",
            "optical duplicate ARCH01 ERA01,ERA02 clear=yes incr=yes",
            "optical duplicate from=*MOUNTED fromdev=OPT01 to=*MOUNTED todev=OPT02 toend=unload"),
        Opticals.errnos(EMEDIUMTYPE, ENOMEDIUM, EXDEV, EOPNOTSUPP, EPERM),
        new LosesData(),
        Verb.Handler.changing(opticals.bay(), this::prepare));
  }

  private static List<Key> keys() {
    return List.of(
        Key.side(FROM, "the volume to duplicate; *MOUNTED: that of fromdev="),
        Key.side(TO, "the volumes that become duplicates; *MOUNTED: that of todev="),
        Key.optional(NEWVOL, "what they are called then: *TOVOL (usual), *FROMVOL, or a name each"),
        Key.special(CLEAR, "yes: what initialized targets hold may be lost"),
        Key.optional(FROMDEV, "the device of the source"),
        Key.optional(TODEV, "the device of the targets"),
        Key.special(MEDERR, "file: leave out the data of damaged files; none (usual): end there"),
        Key.special(OUTPUT, "error (usual): list damaged files; none: do not"),
        Key.special(FROMEND, "unload: take the source out of its drive when all went well"),
        Key.special(TOEND, "the same of the targets"),
        Key.special(VERIFY, "what is read again: yes (all), changed (what was copied), or no"),
        Key.special(INCR, "yes: copy only what changed since the last duplicate to that target"),
        Key.special(RESUME, "yes: go on with a duplicate that did not end"),
        Key.special(EXCLUSIVE, "yes: nobody opens the source meanwhile"),
        Key.special(INTERRUPTIBLE, "yes: pause and cancel are taken"),
        Key.optional(RATE, "limit in bytes a second, as in 50M/s; 0 for none"));
  }

  private static List<String> rules() {
    return List.of(
        "The duplicate is the source as it is when the command is answered, but for the identifier"
            + " and the time of creation, also inside of ISO 9660, Joliet and UDF.",
        "All rules are checked before the first sector is written. A refusal begins with its code,"
            + " ODUP-…; dry-run=yes checks, and says what else is to be known.",
        "Two drives are held for the whole time. The label is written last: after a failure a"
            + " *WORM target is spoiled for ever, another one is incomplete and can be written"
            + " again or resumed. The source never changes.",
        "It cannot be paused or cancelled unless interruptible=yes was said.",
        "verify= is yes, with incr=yes it is changed.",
        "Who writes the line may do it where he may read the source and write the targets.",
        "A target that holds an older duplicate of the source needs no clear=yes with incr=yes.",
        "With clear, incr or resume it is destructive: it goes to the audit log.");
  }

  /** What targets hold may be lost where one of these is said. */
  private static final class LosesData implements Verb.Destroys {
    @Override
    public boolean with(Arguments arguments) throws RefusedException {
      return yes(arguments, CLEAR) || yes(arguments, INCR) || yes(arguments, RESUME);
    }

    @Override
    public boolean byOwner() {
      return false;
    }
  }

  private static boolean yes(Arguments arguments, String key) throws RefusedException {
    return arguments.word(key, "no", "no", "yes").equals("yes");
  }

  // ---- prepare

  private Plan prepare(Request request) throws RefusedException {
    DuplicateSpec wanted = spec(request);
    return plan(request.arguments(), duplicating, wanted, OpticalDuplicateVerb::key);
  }

  /** Says for an error which key is to blame. */
  @FunctionalInterface
  interface Blaming {
    String key(StorageException error);
  }

  /** A duplicate that is checked; the reply has its warnings. */
  static Plan plan(
      Arguments arguments, Duplicating duplicating, DuplicateSpec wanted, Blaming blaming)
      throws RefusedException {
    DuplicatePlan plan;
    try {
      plan = duplicating.check(wanted);
    } catch (StorageException e) {
      throw new RefusedException(e, arguments.column(blaming.key(e)));
    }
    return new Plan(
        Opticals.subject(plan.source()),
        effect(plan),
        () -> {
          try {
            Job job = duplicating.start(wanted);
            return new Reply(job.id(), Subject.NONE, "", plan.warnings());
          } catch (StorageException e) {
            throw new RefusedException(e, arguments.column(blaming.key(e)));
          }
        });
  }

  private static String effect(DuplicatePlan plan) {
    String targets =
        plan.targets().stream()
            .map(
                target ->
                    target.volume().id()
                        + (target.newId().equals(target.volume().id())
                            ? ""
                            : " as " + target.newId()))
            .collect(Collectors.joining(", "));
    String warnings =
        plan.warnings().stream().map(each -> "; " + each).collect(Collectors.joining());
    return "duplicate "
        + plan.source().size()
        + " bytes of volume "
        + plan.source().id()
        + " to "
        + targets
        + warnings;
  }

  /** The key that a refusal is most likely about, by its code. */
  private static String key(StorageException error) {
    String message = String.valueOf(error.getMessage());
    String code = message.substring(0, (message + ":").indexOf(':'));
    return switch (code) {
      case "ODUP-NOSRC", "ODUP-FORMAT", "ODUP-MEDIA" -> FROM;
      case "ODUP-BADNAME", "ODUP-DUPNAME" -> NEWVOL;
      case "ODUP-AUTH", "ODUP-INUSE" -> message.contains("source") ? FROM : TO;
      case "ODUP-EMPTY" -> TODEV;
      default -> code.startsWith("ODUP-") ? TO : FROM;
    };
  }

  private DuplicateSpec spec(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    List<String> to = new ArrayList<>();
    for (String each : arguments.list(TO)) {
      to.add(Opticals.special(each));
    }
    if (to.contains(BOOT)) {
      throw arguments.refuse(
          TO,
          Fault.UNSUPPORTED,
          "*BOOT, a target that a machine is started from, has no meaning here",
          "to=ID");
    }
    boolean incremental = yes(arguments, INCR);
    String verify = arguments.word(VERIFY, incremental ? "changed" : "yes", "yes", "changed", "no");
    return new DuplicateSpec(
        Opticals.special(arguments.text(FROM)),
        textOrNull(arguments, FROMDEV),
        to,
        textOrNull(arguments, TODEV),
        newIds(arguments),
        yes(arguments, CLEAR),
        arguments.word(MEDERR, "none", "none", "file").equals("file"),
        arguments.word(OUTPUT, "error", "error", "none").equals("error"),
        unloads(arguments, FROMEND),
        unloads(arguments, TOEND),
        Verify.valueOf(verify.toUpperCase(Locale.ROOT)),
        incremental,
        yes(arguments, RESUME),
        yes(arguments, EXCLUSIVE),
        yes(arguments, INTERRUPTIBLE),
        arguments.has(RATE) ? JobVerbs.bytesPerSecond(arguments, RATE) : 0,
        arguments.id(),
        arguments.fullLine(),
        request.caller().uid(),
        request.caller().gid(),
        opticals.privileged(request));
  }

  private static List<String> newIds(Arguments arguments) throws RefusedException {
    if (!arguments.has(NEWVOL)) {
      return List.of(DuplicateSpec.TO);
    }
    List<String> ids = new ArrayList<>();
    for (String each : arguments.list(NEWVOL)) {
      ids.add(Opticals.special(each));
    }
    return ids;
  }

  private static @Nullable String textOrNull(Arguments arguments, String key)
      throws RefusedException {
    return arguments.has(key) ? arguments.text(key) : null;
  }

  private static boolean unloads(Arguments arguments, String key) throws RefusedException {
    return arguments.word(key, "leave", "leave", "unload").equals("unload");
  }
}
