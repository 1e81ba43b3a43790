package org.copybay.control.command;

import static org.copybay.control.command.Opticals.DEVICE;
import static org.copybay.control.command.Opticals.DEVICE_OF_MOUNTED;
import static org.copybay.control.command.Opticals.VOLUME;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EOPNOTSUPP;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.copybay.copy.engine.Job;
import org.copybay.copy.optical.Checking;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** The verbs that look at optical volumes: CHKOPTVOL, DSPOPT, WRKOPTVOL. */
final class OpticalLookVerbs {
  private static final String OUTPUT = "output";
  private static final String DATA = "data";
  private static final String ALL = "*ALL";

  private final Opticals opticals;
  private final Checking checking;
  private final OpticalFacts facts;

  OpticalLookVerbs(Opticals opticals) {
    this.opticals = opticals;
    this.checking = opticals.optical().checking();
    this.facts = new OpticalFacts(opticals.optical());
  }

  List<Verb> verbs() {
    return List.of(check(), show());
  }

  // ---- check

  private Verb check() {
    return new Verb(
        "optical-check",
        "optical check volume=ID|volume=*ALL|volume=*MOUNTED [device=NAME]"
            + " [output=error|none|print]",
        "read every written sector and every directory of an optical volume, as a job",
        VOLUME,
        List.of(
            Key.side(VOLUME, "the volume; *ALL: each in a device; *MOUNTED: that of device="),
            DEVICE_OF_MOUNTED,
            Key.special(OUTPUT, "error (usual): list damaged files; print: list the others too")),
        List.of(VOLUME),
        List.of(
            "Nobody opens the volume meanwhile. The list is jobs/ID/log; a damaged file, and a"
                + " damaged directory, end the job with EIO.",
            "*ALL begins one job for each volume that a drive is free for, and names the others."),
        List.of("optical check volume=ARCH01 output=print id=chk1", "optical check volume=*ALL"),
        Opticals.errnos(ENOMEDIUM, EOPNOTSUPP),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(opticals.bay(), this::prepareCheck));
  }

  private Plan prepareCheck(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String output = arguments.word(OUTPUT, "error", "error", "none", "print");
    if (arguments.text(VOLUME).equalsIgnoreCase(ALL)) {
      return prepareCheckAll(request, output);
    }
    OpticalVolume volume = opticals.volume(arguments);
    requireReader(request, volume);
    opticals.requireReachable(arguments, volume);
    arguments.require(VOLUME, () -> checking.require(volume));
    Checking.Spec wanted = spec(request, output, arguments.id());
    return new Plan(
        Opticals.subject(volume),
        "read " + volume.size() + " bytes of volume " + volume.id(),
        () -> {
          Job job = arguments.at(VOLUME, () -> checking.start(volume, wanted));
          return Reply.job(job.id(), Subject.NONE);
        });
  }

  private static Checking.Spec spec(Request request, String output, @Nullable String id) {
    return new Checking.Spec(
        !output.equals("none"),
        output.equals("print"),
        id,
        request.arguments().fullLine(),
        request.caller().uid());
  }

  private void requireReader(Request request, OpticalVolume volume) throws RefusedException {
    int uid = request.caller().uid();
    boolean may =
        opticals.privileged(request) || volume.owner().mayRead(uid, request.caller().gid());
    if (!may) {
      throw request
          .arguments()
          .refuse(
              VOLUME,
              Fault.DENIED,
              "uid " + uid + " may not read optical volume " + volume.id(),
              "ls -l optical/" + Words.word(volume.id()));
    }
  }

  private Plan prepareCheckAll(Request request, String output) throws RefusedException {
    Arguments arguments = request.arguments();
    opticals.requireOwner(request, VOLUME, "check all volumes");
    List<OpticalVolume> all = new ArrayList<>();
    for (OpticalVolume each : opticals.optical().active()) {
      boolean inDevice = !arguments.has(DEVICE);
      if (!inDevice) {
        OpticalDevice wanted = opticals.device(arguments, DEVICE);
        inDevice = opticals.optical().deviceOf(each) == wanted;
      }
      if (inDevice && !each.row().state().broken()) {
        all.add(each);
      }
    }
    if (all.isEmpty()) {
      throw arguments.refuse(
          VOLUME, Fault.NOT_FOUND, "no volume is in a device", "ls .control/optical/volumes");
    }
    return new Plan(
        Subject.none("all optical volumes"),
        "read volumes " + Opticals.ids(all),
        () -> checkAll(request, output, all));
  }

  private Reply checkAll(Request request, String output, List<OpticalVolume> all)
      throws RefusedException {
    List<Job> jobs = new ArrayList<>();
    List<String> not = new ArrayList<>();
    RefusedException first = null;
    for (OpticalVolume each : all) {
      try {
        jobs.add(
            request
                .arguments()
                .at(VOLUME, () -> checking.start(each, spec(request, output, null))));
      } catch (RefusedException e) {
        first = first == null ? e : first;
        not.add("not checked: " + each.id() + ": " + e.error().getMessage());
      }
    }
    if (jobs.isEmpty() && first != null) {
      throw first;
    }
    return Safeguards.reply(jobs, jobs.size() + " of " + all.size() + " volumes are being checked")
        .with(not);
  }

  // ---- show

  private Verb show() {
    return new Verb(
        "optical-show",
        "optical show [volume=ID|volume=*ALL|volume=*MOUNTED] [device=NAME] [data=volatr]",
        "tell the attributes of an optical volume, or a table of all",
        VOLUME,
        List.of(
            new Key(VOLUME, Key.Holds.SIDE, false, "the volume; a table where none is named"),
            Key.optional(DEVICE, "only of that device"),
            Key.special(DATA, "volatr, the attributes of a volume, and nothing else")),
        List.of(VOLUME),
        List.of(
            "The reply has more lines below that which begins with ok.",
            "Programs read .control/optical/volumes/ID/status.json instead."),
        List.of("optical show", "optical show volume=ARCH01 data=volatr"),
        List.of(ENOENT, ENOMEDIUM, EOPNOTSUPP),
        Verb.Destroys.NEVER,
        this::prepareShow);
  }

  /** What status and format tell of a volume. */
  private Map<String, @Nullable Object> all(OpticalVolume volume) {
    Map<String, @Nullable Object> facts = this.facts.volume(volume);
    facts.putAll(this.facts.format(volume));
    return facts;
  }

  private Plan prepareShow(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    arguments.word(DATA, "volatr", "volatr");
    boolean every = !arguments.names(VOLUME) || arguments.text(VOLUME).equalsIgnoreCase(ALL);
    if (!every) {
      OpticalVolume volume = opticals.volume(arguments);
      return new Plan(
          Opticals.subject(volume),
          "show volume " + volume.id(),
          () -> Reply.lines(null, Subject.NONE, OpticalFacts.lines(all(volume))));
    }
    OpticalDevice device = arguments.has(DEVICE) ? opticals.device(arguments, DEVICE) : null;
    List<OpticalVolume> some =
        opticals.optical().volumes().stream()
            .filter(each -> device == null || opticals.optical().deviceOf(each) == device)
            .toList();
    return new Plan(
        Subject.none("all optical volumes"),
        "show " + (some.isEmpty() ? "nothing: there is no optical volume" : Opticals.ids(some)),
        () -> Reply.lines(null, Subject.NONE, facts.table(some)));
  }
}
