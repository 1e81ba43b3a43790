package org.copybay.control.command;

import static org.copybay.control.report.Errno.EMEDIUMTYPE;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EPERM;
import static org.copybay.control.report.Errno.EXDEV;

import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.library.Protection;
import org.copybay.copy.smartcopy.CopyPolicy;
import org.copybay.copy.smartcopy.SmartCopies;
import org.copybay.copy.smartcopy.SmartCopySpec;
import org.jspecify.annotations.Nullable;

/** The verb that copies a cartridge to a destination library. */
final class TapeCopyVerb {
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final String POOL = "pool";
  private static final String PROTECT = "protect";
  private static final String CLEAR = "clear";
  private static final String VERIFY = "verify";
  private static final String EJECT = "eject";
  private static final String RATE = "rate";

  private final TapeCommands commands;

  TapeCopyVerb(TapeCommands commands) {
    this.commands = commands;
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            "tape-copy",
            "tape copy from=BARCODE [to=BARCODE | library=NAME] [pool=NAME|none]"
                + " [protect=same|none|permanent|TIME] [clear=yes|no] [verify=yes|no] [eject=yes|no] [rate=SIZE]",
            "copy a cartridge to one of a destination library (smart media copy)",
            TapeCommands.LIBRARY,
            List.of(
                Key.barcode(FROM, "the source, in no drive"),
                new Key(TO, Key.Holds.BARCODE, false, "the target; usually the first that fits"),
                new Key(
                    TapeCommands.LIBRARY,
                    Key.Holds.LIBRARY,
                    false,
                    "the destination library to find one in"),
                Key.optional(POOL, "media pool of the copy; usually that of the source; none"),
                Key.optional(
                    PROTECT,
                    "until when nothing of the copy is overwritten: same as the source (usual),"
                        + " none, permanent, or a time like 30d or 2027-01-31T00:00:00Z"),
                Key.word(
                    CLEAR, "yes: the target of to= may hold something that was never protected"),
                Key.word(VERIFY, "yes (usual): the copy is read again"),
                Key.word(EJECT, "yes: the copy is put on the shelf at the end"),
                Key.optional(RATE, "bytes a second at most")),
            List.of(FROM, TO),
            List.of(
                "Data records and filemarks are the same; the copy has its own barcode and medium"
                    + " id. Nothing is appended to either afterwards.",
                "A target that is chosen is of the pool of the copy, of its free pool, or blank and in no"
                    + " pool.",
                "A target is blank, or the protection of what it holds has ended. There are no"
                    + " copies of copies.",
                "Until the copy is whole the target is blank; after a crash the job begins anew."),
            List.of(
                "tape copy from=VT0001L8 library=VAULT id=vault-0001",
                "tape copy VT0001L8 PH0001L8 protect=365d eject=yes"),
            TapeCommands.errnos(ENOMEDIUM, EXDEV, EPERM, EMEDIUMTYPE),
            Verb.Destroys.whenYes(CLEAR),
            commands.changing(this::prepare)));
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, FROM, "copy cartridges");
    SmartCopySpec wanted = wanted(request);
    String blame = arguments.has(TO) ? TO : arguments.has(POOL) ? POOL : FROM;
    SmartCopies.Plan plan = arguments.at(blame, () -> commands.copies().plan(wanted));
    return new Plan(
        TapeCommands.subject(plan.source()),
        "copy cartridge " + plan.source().barcode() + " to " + plan.target().barcode(),
        () ->
            arguments.at(
                blame,
                () -> {
                  Job job = commands.copies().start(wanted);
                  return Reply.job(job.id(), Subject.NONE);
                }));
  }

  private SmartCopySpec wanted(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    return new SmartCopySpec(
        arguments.text(FROM),
        arguments.has(TO) ? arguments.text(TO) : null,
        arguments.names(TapeCommands.LIBRARY) ? commands.library(arguments).name() : null,
        CopyPolicy.SlotRange.ALL,
        pool(arguments),
        arguments.yes(CLEAR, false),
        protection(arguments),
        arguments.yes(VERIFY, true),
        arguments.yes(EJECT, false),
        arguments.has(RATE) ? arguments.size(RATE) : 0,
        arguments.id(),
        arguments.fullLine(),
        request.caller().uid());
  }

  private static @Nullable String pool(Arguments arguments) throws RefusedException {
    if (!arguments.has(POOL)) {
      return null;
    }
    String name = arguments.text(POOL);
    return name.equals("none") ? "" : name;
  }

  private @Nullable Protection protection(Arguments arguments) throws RefusedException {
    return !arguments.has(PROTECT) || arguments.text(PROTECT).equals("same")
        ? null
        : commands.protection(arguments, PROTECT);
  }
}
