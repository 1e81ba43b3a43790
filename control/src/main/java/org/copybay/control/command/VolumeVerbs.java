package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.EALREADY;
import static org.copybay.control.report.Errno.EFBIG;
import static org.copybay.control.report.Errno.ENAMETOOLONG;
import static org.copybay.control.report.Errno.ENOENT;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.copybay.control.report.Caller;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.bay.VolumeState;
import org.jspecify.annotations.Nullable;

/** The verbs that make, change and delete volumes. */
final class VolumeVerbs {
  private static final String VOLUME = "volume";
  private static final String CACHE_WORDS = "page (the kernel's page cache) or block (our own)";

  /** A command makes a volume for the one who wrote it. */
  private static final int MODE = 0600;

  private final Bay bay;
  private final Owner owner;
  private final SetResize ofSets;
  private final OutsidePath outside;

  /**
   * @param mountPoint where the bay is mounted, absolute and without symbolic links
   */
  VolumeVerbs(Bay bay, Units units, Path mountPoint) {
    this.bay = bay;
    this.owner = units.owner();
    this.ofSets = new SetResize(units);
    this.outside = new OutsidePath(mountPoint);
  }

  List<Verb> verbs() {
    return List.of(create(), resize(), finish(), rename(), delete(), cache());
  }

  // ---- create

  private Verb create() {
    return new Verb(
        "create",
        "create volume NAME size=SIZE [path=/DIRECTORY] [cache=page|block]",
        "make a volume of fixed size, all zeros",
        "",
        List.of(
            new Key("kind", Key.Holds.WORD, true, "the word volume"),
            Key.volume("name", "the name below volumes/"),
            Key.required("size", "bytes, or with K M G T P (powers of 1024) or b (512)"),
            Key.optional("path", "directory for its bytes, outside of the bay and its mount"),
            Key.word("cache", CACHE_WORDS)),
        List.of("kind", "name"),
        List.of(
            "The owner is the writer of the command, the mode is 0600.",
            "path= is for the one who mounted and root: the daemon can write where others cannot."),
        List.of("create volume payroll size=4G", "create volume logs size=1T path=/disk2/bay"),
        List.of(EFBIG, ENAMETOOLONG, EACCES),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareCreate));
  }

  private Plan prepareCreate(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    arguments.word("kind", "", VOLUME);
    NewVolume wanted = newVolume(arguments, request.caller());
    requireFree(arguments, "name");
    return new Plan(
        Subject.none(VOLUME + " " + wanted.name()),
        "make volume " + wanted.name() + " of " + wanted.size() + " bytes",
        () -> made(arguments.at("name", () -> bay.create(wanted, request.acceptance()))));
  }

  private NewVolume newVolume(Arguments arguments, Caller caller) throws RefusedException {
    long size = arguments.size("size");
    if (size < 1) {
      throw RefusedException.badRequest(arguments.column("size"), "a volume has at least 1 byte");
    }
    return new NewVolume(
        arguments.text("name"),
        size,
        directory(arguments, caller),
        mode(arguments, "cache"),
        new VolumeRecord.Owner(caller.uid(), caller.gid(), MODE));
  }

  private @Nullable Path directory(Arguments arguments, Caller caller) throws RefusedException {
    if (!arguments.has("path")) {
      return null;
    }
    owner.requireMounter(
        caller, arguments, "path", "choose a directory", "the same line without path=");
    try {
      Path path = Path.of(arguments.text("path"));
      if (path.isAbsolute()) {
        return arguments.at("path", () -> outside.resolve(path));
      }
    } catch (InvalidPathException e) {
      // told below, with the caret
    }
    throw RefusedException.badRequest(
        arguments.column("path"), "path= is an absolute directory", "path=/disk2/directory");
  }

  private static CacheMode mode(Arguments arguments, String key) throws RefusedException {
    return arguments.word(key, "page", "page", "block").equals("block")
        ? CacheMode.BLOCK
        : CacheMode.PAGE;
  }

  private static Reply made(Volume volume) {
    return Reply.text(
        volume.row().generation(), VOLUME + " " + volume.name() + " has " + bytes(volume));
  }

  private static String bytes(Volume volume) {
    return volume.size() + " bytes";
  }

  // ---- resize, finish, cache

  private Verb resize() {
    return new Verb(
        "resize",
        "resize volume=NAME|set=DSAn size=SIZE [shrink=yes]",
        "change the size of a volume or a shadow set; what is new reads as zeros",
        VOLUME,
        List.of(
            Key.volume(VOLUME, "the volume"),
            new Key("set", Key.Holds.SET, false, "or the shadow set, with all of its members"),
            Key.required("size", "the new size: bytes, or with K M G T P or b"),
            Key.word("shrink", "yes: the bytes past the new end are lost")),
        List.of(VOLUME, "size"),
        List.of(
            "A volume can grow while it is open; to make it smaller it must be closed.",
            "A shadow set can only grow; members that are smaller grow with it, and are merged there.",
            "shrink=yes is destructive: it goes to the audit log."),
        List.of("resize volume=payroll size=8G", "resize set=DSA42 size=8G"),
        List.of(ENOENT, EFBIG, EACCES, EALREADY),
        Verb.Destroys.whenYes("shrink"),
        Verb.Handler.changing(bay, this::prepareResize));
  }

  private Plan prepareResize(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    if (arguments.names("set")) {
      return ofSets.prepare(request);
    }
    Volume volume = own(request, "resize it");
    arguments.require(VOLUME, volume::requireWritable);
    arguments.require(VOLUME, volume::requireFinished);
    long size = arguments.size("size");
    boolean shrink = arguments.yes("shrink", false);
    if (size < 1) {
      throw RefusedException.badRequest(arguments.column("size"), "a volume has at least 1 byte");
    }
    if (size < volume.size() && !shrink) {
      throw RefusedException.badRequest(
          arguments.column("size"),
          "volume " + volume.name() + " has " + bytes(volume) + ": " + size + " would lose its end",
          "resize volume=" + Words.word(volume.name()) + " size=" + size + " shrink=yes");
    }
    requireNoHold(arguments, volume);
    if (size < volume.size()) {
      arguments.require(VOLUME, () -> bay.points().requireNone(volume, "make it smaller"));
      arguments.require(VOLUME, () -> volume.requireClosed("make it smaller"));
    }
    return new Plan(
        Subject.of(volume),
        "resize volume " + volume.name() + " from " + volume.size() + " to " + size + " bytes",
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  bay.resize(volume, size, shrink, request.acceptance());
                  return made(volume);
                }),
        size == volume.size()
            ? reached(arguments, "size", "volume " + volume.name() + " has " + bytes(volume))
            : null);
  }

  private Verb finish() {
    return new Verb(
        "finish",
        "finish volume=NAME",
        "end the making of a volume that a crash left unfinished",
        VOLUME,
        List.of(Key.volume(VOLUME, "the volume, in state making")),
        List.of(VOLUME),
        List.of("A volume that is made by writing a new file is finished by its last close."),
        List.of("finish volume=image"),
        List.of(ENOENT, EALREADY),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareFinish));
  }

  private Plan prepareFinish(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Volume volume = own(request, "finish it");
    boolean making = volume.state() == VolumeState.MAKING;
    if (making) {
      arguments.require(VOLUME, volume::requireWritable);
      arguments.require(VOLUME, volume::requireSized);
      arguments.require(VOLUME, () -> volume.requireClosed("finish it"));
    }
    return new Plan(
        Subject.of(volume),
        "finish volume " + volume.name() + " with " + bytes(volume),
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  bay.finish(volume, request.acceptance());
                  return made(volume);
                }),
        making ? null : reached(arguments, VOLUME, "volume " + volume.name() + " is finished"));
  }

  private Verb cache() {
    return new Verb(
        "cache",
        "cache volume=NAME mode=page|block",
        "say who keeps the blocks of a volume in memory",
        VOLUME,
        List.of(
            Key.volume(VOLUME, "the volume"), new Key("mode", Key.Holds.WORD, true, CACHE_WORDS)),
        List.of(VOLUME, "mode"),
        List.of(
            "It takes effect at once, also for who has the volume open.",
            "block pays for bytes that fit into 32 MiB, are read in large pieces with O_DIRECT and"
                + " seldom written: see cache_hit_percent in its status."),
        List.of("cache volume=payroll mode=block"),
        List.of(ENOENT, EALREADY),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareCache));
  }

  private Plan prepareCache(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    CacheMode mode = mode(arguments, "mode");
    Volume volume = own(request, "change its cache");
    return new Plan(
        Subject.of(volume),
        "set cache of volume " + volume.name() + " to " + mode.word(),
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  bay.setCacheMode(volume, mode, request.acceptance());
                  return Reply.text(volume.row().generation(), "cache is " + mode.word());
                }),
        mode == volume.row().cache()
            ? reached(arguments, "mode", "cache of volume " + volume.name() + " is " + mode.word())
            : null);
  }

  // ---- rename, delete

  private Verb rename() {
    return new Verb(
        "rename",
        "rename volume=NAME to=NEW",
        "give a volume another name",
        VOLUME,
        List.of(
            Key.volume(VOLUME, "the volume"),
            new Key("to", Key.Holds.VOLUME, true, "its new name, which must be free")),
        List.of(VOLUME, "to"),
        List.of("mv in volumes/ does the same, and replaces a volume of that name as mv does."),
        List.of("rename volume=payroll to=payroll-2025"),
        List.of(ENOENT, ENAMETOOLONG),
        Verb.Destroys.NEVER,
        Verb.Handler.changing(bay, this::prepareRename));
  }

  private Plan prepareRename(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    Volume volume = own(request, "rename it");
    String from = volume.name();
    String to = arguments.text("to");
    if (!from.equals(to)) {
      requireFree(arguments, "to");
    }
    requireNoHold(arguments, volume);
    return new Plan(
        Subject.of(volume),
        "rename volume " + from + " to " + to,
        () ->
            arguments.at(
                "to",
                () -> {
                  bay.rename(from, to, true, request.acceptance());
                  return Reply.text(volume.row().generation(), from + " is now " + to);
                }));
  }

  private Verb delete() {
    return new Verb(
        "delete",
        "delete volume=NAME",
        "delete a volume and its bytes",
        VOLUME,
        List.of(Key.volume(VOLUME, "the volume")),
        List.of(VOLUME),
        List.of(
            "rm in volumes/ does the same. Both are noted in .control/audit.",
            "Who has the volume open keeps its bytes until the last close."),
        List.of("delete volume=payroll-2024"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.ALWAYS,
        Verb.Handler.changing(bay, this::prepareDelete));
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(VOLUME);
    Volume volume = arguments.at(VOLUME, () -> bay.find(name));
    requireNoHold(arguments, volume);
    arguments.require(VOLUME, () -> bay.points().requireNone(volume, "delete it"));
    return new Plan(
        Subject.of(volume),
        "delete volume " + name + " of " + bytes(volume),
        () ->
            arguments.at(
                VOLUME,
                () -> {
                  bay.remove(name, request.acceptance());
                  return Reply.text(Subject.NONE, "volume " + name + " is deleted");
                }));
  }

  // ---- what several of them check

  /** The named volume, once nobody is making it any more, for who may change it. */
  private Volume own(Request request, String what) throws RefusedException {
    Arguments arguments = request.arguments();
    String name = arguments.text(VOLUME);
    Volume volume = arguments.at(VOLUME, () -> bay.findMade(name, what));
    owner.requireOrOwnerOf(volume.row().owner().uid(), request.caller(), arguments, VOLUME, what);
    return volume;
  }

  private static RefusedException reached(Arguments arguments, String key, String what) {
    return arguments.refuse(key, Fault.ALREADY, what + " already", null);
  }

  private void requireFree(Arguments arguments, String key) throws RefusedException {
    String name = arguments.text(key);
    arguments.require(key, () -> bay.requireName(name));
    if (bay.findOrNull(name) != null) {
      throw arguments.refuse(key, Fault.EXISTS, "volume " + name + " exists", null);
    }
  }

  private static void requireNoHold(Arguments arguments, Volume volume) throws RefusedException {
    Hold hold = volume.hold();
    if (hold != null) {
      throw new RefusedException(
          new StorageException(
              Fault.BUSY,
              "volume " + volume.name() + " is " + hold.reason() + " by job " + hold.job(),
              "cat .control/jobs/" + hold.job() + "/wait"),
          arguments.column(VOLUME));
    }
  }
}
