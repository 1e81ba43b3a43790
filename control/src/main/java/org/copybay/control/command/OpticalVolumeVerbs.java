package org.copybay.control.command;

import static org.copybay.control.command.Opticals.DEVICE_OF_MOUNTED;
import static org.copybay.control.command.Opticals.VOLUME;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.ENOMEDIUM;
import static org.copybay.control.report.Errno.EOPNOTSUPP;
import static org.copybay.control.report.Errno.EPERM;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.copybay.copy.optical.Initializing;
import org.copybay.copy.optical.Labels;
import org.copybay.copy.optical.Labels.Changing;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.SideRecord;
import org.copybay.copy.optical.SideState;
import org.copybay.copy.optical.VolumeType;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.media.MediaFormat;
import org.jspecify.annotations.Nullable;

/** The verbs that change what the label of an optical volume says. */
final class OpticalVolumeVerbs {
  private static final String NEWVOL = "newvol";
  private static final String THRESHOLD = "threshold";
  private static final String CHECK = "check";
  private static final String CLEAR = "clear";
  private static final String TEXT = "text";
  private static final String TYPE = "type";
  private static final String FORMAT = "format";
  private static final String CCSID = "ccsid";
  private static final String ENDOPT = "endopt";
  private static final String PROTECT = "protect";

  /** The identifier that a volume has. */
  private static final String SAME = "*VOL";

  /** What the format, or the type of the volume, asks for. */
  private static final String CALCULATED = "*CALC";

  /** The identifier of the primary volume that a backup volume was of. */
  private static final String PRIMARY = "*PRVPRIVOL";

  private final Opticals opticals;
  private final Labels labels;

  OpticalVolumeVerbs(Opticals opticals) {
    this.opticals = opticals;
    this.labels = opticals.optical().labels();
  }

  List<Verb> verbs() {
    return List.of(initialize(), change(), convert());
  }

  // ---- initialize

  private Verb initialize() {
    return new Verb(
        "optical-initialize",
        "optical initialize volume=ID|volume=*MOUNTED [device=NAME] [newvol=ID|newvol=*VOL]"
            + " [threshold=1-100|threshold=*CALC] [check=no|yes] [clear=no|yes] [text=TEXT]"
            + " [type=*PRIMARY|type=*BACKUP] [format=*MEDTYPE|format=*HPOFS|format=*UDF]"
            + " [ccsid=*CALC|ccsid=500|ccsid=850] [endopt=*LEAVE|endopt=*UNLOAD]",
        "give an optical volume a label; what it held is lost",
        VOLUME,
        List.of(
            Key.side(VOLUME, "the volume, by its identifier or its key; *MOUNTED: of device="),
            DEVICE_OF_MOUNTED,
            Key.optional(NEWVOL, "its identifier from then on; usually *VOL: the one that it has"),
            Key.optional(THRESHOLD, "percent of it that may be written; *CALC (usual)"),
            Key.special(CHECK, "yes: refuse a volume that is initialized (EEXIST)"),
            Key.special(CLEAR, "no or yes: either way what it held is erased"),
            Key.optional(TEXT, "description, at most 50 characters"),
            Key.special(TYPE, "*PRIMARY (usual), or *BACKUP: only duplicates write it"),
            Key.special(FORMAT, "*HPOFS or *UDF; usually *MEDTYPE: what the medium has"),
            Key.special(CCSID, "*CALC or a number; it has no effect"),
            Key.special(ENDOPT, "*LEAVE (usual), or *UNLOAD: take it out of its drive then")),
        List.of(VOLUME, NEWVOL),
        List.of(
            "*WORM is initialized once. The threshold is 95 of *HPOFS, 100 of *UDF, 99 of *BACKUP,"
                + " and only that of *HPOFS can be another.",
            "Copybay writes no directory: the format is what the label says, and a program such as"
                + " mkudffs makes the directory in optical/ID.",
            "Where something is lost it is destructive: it goes to the audit log."),
        List.of(
            "optical initialize volume=251121093107 newvol=ARCH01 text=\"invoices 2025\"",
            "optical initialize volume=*MOUNTED device=OPT01 newvol=BKU01 type=*BACKUP"),
        Opticals.errnos(EPERM, ENOMEDIUM, EOPNOTSUPP),
        new LosesData(),
        Verb.Handler.changing(opticals.bay(), this::prepareInitialize));
  }

  /** A volume that holds something, or is known as something, loses it. */
  private final class LosesData implements Verb.Destroys {
    @Override
    public boolean with(Arguments arguments) {
      try {
        OpticalVolume volume = opticals.volume(arguments);
        return volume.row().state() != SideState.UNINITIALIZED || volume.size() > 0;
      } catch (RefusedException e) {
        return false; // the verb says why
      }
    }

    @Override
    public boolean byOwner() {
      return false;
    }
  }

  private Plan prepareInitialize(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalVolume volume = opticals.volume(arguments);
    opticals.requireOwn(request, volume, VOLUME, "initialize volume " + volume.id());
    opticals.requireReachable(arguments, volume);
    arguments.word(CLEAR, "no", "no", "yes");
    if (arguments.has(CCSID) && !arguments.text(CCSID).equalsIgnoreCase("calc")) {
      arguments.number(CCSID);
    }
    boolean unload = arguments.word(ENDOPT, "leave", "leave", "unload").equals("unload");
    Initializing.Spec wanted = initializing(arguments, volume);
    arguments.require(
        blame(arguments, wanted.id().equals(volume.id())),
        () -> opticals.optical().initializing().requireInitializable(volume, wanted));
    String lost =
        volume.size() > 0 ? "; the " + volume.size() + " bytes that it holds are lost" : "";
    return new Plan(
        Opticals.subject(volume),
        "give volume " + volume.id() + " the label " + wanted.id() + lost,
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  opticals
                      .optical()
                      .initializing()
                      .initialize(volume, wanted, request.acceptance());
                  return initialized(arguments, volume, unload);
                }));
  }

  private Reply initialized(Arguments arguments, OpticalVolume volume, boolean unload) {
    List<String> notices = new ArrayList<>();
    if (arguments.has(CCSID)) {
      notices.add(
          "ccsid= has no effect: identifiers have characters that are alike in all of them");
    }
    if (unload) {
      notices.add(opticals.takenOut(volume));
    }
    SideRecord.Label label = volume.row().label();
    return Opticals.reply(
            "volume "
                + volume.id()
                + " is initialized as "
                + label.format().word()
                + ", "
                + label.threshold()
                + " percent of "
                + volume.medium().capacity()
                + " bytes may be written")
        .with(notices);
  }

  /** What is to blame for a refusal that may be about several keys. */
  private static String blame(Arguments arguments, boolean sameId) {
    if (arguments.has(NEWVOL) && !sameId) {
      return NEWVOL;
    }
    return VOLUME;
  }

  private Initializing.Spec initializing(Arguments arguments, OpticalVolume volume)
      throws RefusedException {
    VolumeType type =
        VolumeType.valueOf(
            arguments.word(TYPE, "primary", "primary", "backup").toUpperCase(Locale.ROOT));
    String format = arguments.word(FORMAT, "medtype", "medtype", "hpofs", "udf");
    return new Initializing.Spec(
        id(arguments, volume),
        threshold(arguments, 0),
        arguments.word(CHECK, "no", "no", "yes").equals("yes"),
        arguments.has(TEXT) ? arguments.text(TEXT) : "",
        type,
        format.equals("medtype") ? null : MediaFormat.valueOf(format.toUpperCase(Locale.ROOT)));
  }

  private static String id(Arguments arguments, OpticalVolume volume) throws RefusedException {
    if (!arguments.has(NEWVOL)) {
      return volume.id();
    }
    String text = Opticals.special(arguments.text(NEWVOL));
    return text.equals(SAME) ? volume.id() : text;
  }

  private static int threshold(Arguments arguments, int calculated) throws RefusedException {
    if (arguments.has(THRESHOLD)
        && Opticals.special(arguments.text(THRESHOLD)).equals(CALCULATED)) {
      return calculated;
    }
    return Numbers.of(arguments, THRESHOLD, calculated, 1, 100);
  }

  // ---- change

  private Verb change() {
    return new Verb(
        "optical-change",
        "optical change volume=ID|volume=*MOUNTED [device=NAME] [threshold=1-100] [text=TEXT]"
            + " [protect=yes|no] [newvol=ID]",
        "change what the label of an optical volume says",
        VOLUME,
        List.of(
            Key.side(VOLUME, "the volume"),
            DEVICE_OF_MOUNTED,
            Key.optional(THRESHOLD, "percent of it that may be written, of *HPOFS only"),
            Key.optional(TEXT, "description, at most 50 characters"),
            Key.special(PROTECT, "yes: nothing changes it"),
            Key.optional(NEWVOL, "its identifier from then on; mv in optical/ does the same")),
        List.of(VOLUME),
        List.of(
            "What is written stays as it is; so do the identifiers inside of it. An identifier"
                + " inside changes in a duplicate with newvol=."),
        List.of(
            "optical change volume=ARCH01 threshold=100",
            "optical change ARCH01 protect=yes text=\"closed 2025\""),
        Opticals.errnos(EALREADY, EPERM, ENOMEDIUM, EOPNOTSUPP),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(opticals.bay(), this::prepareChange));
  }

  private Plan prepareChange(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalVolume volume = opticals.volume(arguments);
    opticals.requireOwn(request, volume, VOLUME, "change volume " + volume.id());
    Integer threshold = arguments.has(THRESHOLD) ? (Integer) threshold(arguments, 0) : null;
    String text = arguments.has(TEXT) ? arguments.text(TEXT) : null;
    Boolean protect =
        arguments.has(PROTECT)
            ? (Boolean) arguments.word(PROTECT, "no", "no", "yes").equals("yes")
            : null;
    String id = arguments.has(NEWVOL) ? arguments.text(NEWVOL) : null;
    if (threshold == null && text == null && protect == null && id == null) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(),
          "optical change needs something to change",
          "optical change volume=" + Words.word(volume.id()) + " text=TEXT");
    }
    Changing wanted = new Changing(id, threshold, text, protect);
    arguments.require(
        blame(arguments, volume.id().equals(id)), () -> labels.requireChange(volume, wanted));
    String words = words(wanted);
    return new Plan(
        Opticals.subject(volume),
        "set of volume " + volume.id() + ":" + words,
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  labels.change(volume, wanted, request.acceptance());
                  return Opticals.reply("volume " + volume.id() + " has" + words);
                }),
        isSo(volume, wanted)
            ? arguments.refuse(
                VOLUME, Fault.ALREADY, "volume " + volume.id() + " has" + words + " already", null)
            : null);
  }

  private static String words(Changing wanted) {
    StringBuilder words = new StringBuilder();
    add(words, THRESHOLD, wanted.threshold());
    String text = wanted.text();
    add(words, TEXT, text == null ? null : Words.quote(text));
    Boolean protect = wanted.protect();
    add(words, PROTECT, protect == null ? null : protect ? "yes" : "no");
    add(words, NEWVOL, wanted.id());
    return words.toString();
  }

  private static void add(StringBuilder words, String key, @Nullable Object value) {
    if (value != null) {
      words.append(' ').append(key).append('=').append(value);
    }
  }

  private static boolean isSo(OpticalVolume volume, Changing wanted) {
    SideRecord.Label label = volume.row().label();
    Integer threshold = wanted.threshold();
    String text = wanted.text();
    Boolean protect = wanted.protect();
    String id = wanted.id();
    return (threshold == null || threshold == label.threshold())
        && (text == null || text.equals(label.text()))
        && (protect == null || protect == label.writeProtected())
        && (id == null || id.equals(volume.id()));
  }

  // ---- convert

  private Verb convert() {
    return new Verb(
        "optical-convert",
        "optical convert volume=ID [newvol=ID|newvol=*PRVPRIVOL]",
        "make a primary volume of a backup volume",
        VOLUME,
        List.of(
            Key.side(VOLUME, "the *BACKUP volume"),
            Key.optional(
                NEWVOL,
                "its identifier from then on; *PRVPRIVOL: that of the volume it is the copy of")),
        List.of(VOLUME, NEWVOL),
        List.of(
            "For when the primary volume is lost. The way back is to initialize it again.",
            "Without newvol= it keeps its identifier."),
        List.of("optical convert volume=BKU01 newvol=*PRVPRIVOL"),
        Opticals.errnos(),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(opticals.bay(), this::prepareConvert));
  }

  private Plan prepareConvert(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    OpticalVolume volume = opticals.volume(arguments);
    opticals.requireOwn(request, volume, VOLUME, "convert volume " + volume.id());
    String before = volume.id();
    arguments.require(VOLUME, () -> labels.requireConvert(volume, null));
    String id = primaryId(arguments, volume);
    arguments.require(NEWVOL, () -> labels.requireConvert(volume, id));
    return new Plan(
        Opticals.subject(volume),
        "make primary volume " + (id == null ? before : id) + " of backup volume " + before,
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  labels.convert(volume, id, request.acceptance());
                  return Opticals.reply(before + " is primary volume " + volume.id() + " now");
                }));
  }

  private @Nullable String primaryId(Arguments arguments, OpticalVolume volume)
      throws RefusedException {
    if (!arguments.has(NEWVOL)) {
      return null;
    }
    String text = Opticals.special(arguments.text(NEWVOL));
    if (!text.equals(PRIMARY)) {
      return text;
    }
    SideRecord.Duplicate of = volume.row().duplicate();
    if (of == null) {
      throw arguments.refuse(
          NEWVOL,
          Fault.BAD_REQUEST,
          "volume " + volume.id() + " is the copy of no volume",
          "newvol=ID; optical convert volume=" + volume.id() + " lets it keep its identifier");
    }
    return of.of();
  }
}
