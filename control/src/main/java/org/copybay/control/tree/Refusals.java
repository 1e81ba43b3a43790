package org.copybay.control.tree;

import java.util.Set;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** Answers the gestures that nothing below .control takes, with the command to write instead. */
final class Refusals {
  /** What lies in jobs/ beside the jobs. */
  private static final Set<String> JOB_TABLES = Set.of("latest", "running", "done");

  private static final String QUICKOPC = "quickopc/";
  private static final String SAFEGUARD = "safeguard/";
  private static final String POOLS = "tape/pools/";
  private static final String OPTICAL = "optical/";
  private static final String README = "cat .control/README";

  private final ErrorLog errors;

  Refusals(ErrorLog errors) {
    this.errors = errors;
  }

  /** Notes the refusal and returns it. */
  StorageException refuse(Caller caller, Gesture gesture, String path) {
    StorageException error = answer(gesture, path);
    errors.report(caller, path, error);
    return error;
  }

  /** The refusal of a gesture. */
  StorageException answer(Gesture gesture, String path) {
    return new StorageException(Fault.FORBIDDEN, why(gesture, path) + path, remedy(gesture, path));
  }

  private static String why(Gesture gesture, String path) {
    if (path.startsWith("shadow/") && gesture == Gesture.MKDIR) {
      return "a shadow set needs members, so mount makes it, not mkdir: ";
    }
    if (path.startsWith(SAFEGUARD)) {
      return "by hand only a session is made in safeguard/, with mkdir: ";
    }
    if (path.startsWith(POOLS)) {
      return "by hand only a pool is made in tape/pools/, with mkdir: ";
    }
    return path.startsWith(QUICKOPC)
        ? "by hand only a group is made in quickopc/, with mkdir: "
        : "nothing below .control is made, moved or removed by hand: ";
  }

  /** The group that has that directory, or would have it, or null where there is none. */
  static @Nullable String groupOf(String path) {
    return nameIn(QUICKOPC, path);
  }

  /** The safeguarded session that has that directory, or would have it, or null. */
  static @Nullable String sessionOf(String path) {
    return nameIn(SAFEGUARD, path);
  }

  /** The media pool that has that directory, or would have it, or null. */
  static @Nullable String poolOf(String path) {
    return nameIn(POOLS, path);
  }

  /** Whether a gesture would take a safeguarded session, or some of it, away. */
  static boolean removesOfSession(Gesture gesture, String path) {
    boolean removes =
        gesture == Gesture.UNLINK || gesture == Gesture.RMDIR || gesture == Gesture.RENAME;
    return removes && (path + "/").startsWith(SAFEGUARD);
  }

  private static @Nullable String nameIn(String room, String path) {
    String name = path.startsWith(room) ? path.substring(room.length()) : "";
    return name.isEmpty() || name.indexOf('/') >= 0 ? null : name;
  }

  private static String remedy(Gesture gesture, String path) {
    String[] names = path.split("/", 3);
    String name = names.length > 1 ? Words.word(names[1]) : "";
    if (names.length > 1 && names[0].equals("volumes")) {
      return switch (gesture) {
        case MKDIR, CREATE -> command("create volume " + name + " size=SIZE");
        case RMDIR, UNLINK -> command("delete volume=" + name);
        case RENAME -> command("rename volume=" + name + " to=NEW");
        case CHANGE_OWNER -> "the same on volumes/" + name;
        case LINK -> README; // a volume takes none either
      };
    }
    if (names.length > 1 && names[0].equals("shadow")) {
      return switch (gesture) {
        case MKDIR, CREATE -> command("mount set=" + name + " members=VOLUME,VOLUME");
        case RMDIR, UNLINK -> command("dissolve set=" + name);
        case CHANGE_OWNER -> "the same on shadow/" + name;
        case RENAME, LINK -> README; // a virtual unit keeps its name
      };
    }
    if (names.length > 1 && names[0].equals("quickopc")) {
      return quickOpcRemedy(gesture, path.substring(QUICKOPC.length()).split("/", 3));
    }
    if (path.startsWith(OPTICAL)) {
      return opticalRemedy(gesture, path.substring(OPTICAL.length()).split("/", 3));
    }
    if (poolOf(path) != null) {
      return poolRemedy(gesture, Words.word(path.substring(POOLS.length())));
    }
    if (path.startsWith(SAFEGUARD)) {
      return safeguardRemedy(gesture, path.substring(SAFEGUARD.length()).split("/", 2));
    }
    boolean removing = gesture == Gesture.RMDIR || gesture == Gesture.UNLINK;
    boolean job = names.length > 1 && names[0].equals("jobs") && !JOB_TABLES.contains(names[1]);
    if (job && removing) {
      return command("cancel job=" + name);
    }
    if (path.equals("error_log") && removing) {
      return "echo > .control/error_log";
    }
    return README;
  }

  /**
   * The command for a gesture with a group, a pair or what lies in it.
   *
   * @param names that of the group, if there is one that of the pair, and the rest
   */
  private static String quickOpcRemedy(Gesture gesture, String[] names) {
    if (isFixed(names[0])) {
      return README;
    }
    String group = "group=" + Words.word(names[0]);
    boolean ofPair = names.length > 1 && !isFixed(names[1]);
    String pair = ofPair ? " pair=" + Words.word(names[1]) : "";
    return switch (gesture) {
      case MKDIR, CREATE -> {
        if (names.length > 2) {
          yield README;
        }
        yield ofPair
            ? command("quickopc pair add " + group + pair + " source=VOLUME target=VOLUME")
            : "mkdir .control/quickopc/NAME";
      }
      case RMDIR, UNLINK ->
          command("quickopc " + (ofPair ? "pair remove " : "group delete ") + group + pair);
      case RENAME, LINK, CHANGE_OWNER -> README; // they keep their names
    };
  }

  private static String poolRemedy(Gesture gesture, String pool) {
    return switch (gesture) {
      case MKDIR, CREATE -> "mkdir .control/tape/pools/NAME";
      case RMDIR, UNLINK -> command("tape pool name=" + pool + " action=delete");
      case RENAME, LINK, CHANGE_OWNER -> README; // they keep their names
    };
  }

  /**
   * The command for a gesture with a safeguarded session or what lies in it.
   *
   * @param names that of the session and the rest
   */
  private static String safeguardRemedy(Gesture gesture, String[] names) {
    if (isFixed(names[0])) {
      return README;
    }
    boolean removing = gesture == Gesture.RMDIR || gesture == Gesture.UNLINK;
    if (removing) {
      return command("safeguarded delete session=" + Words.word(names[0]));
    }
    boolean making = gesture == Gesture.MKDIR || gesture == Gesture.CREATE;
    return making && names.length == 1 ? "mkdir .control/safeguard/NAME" : README;
  }

  /**
   * The command for a gesture with something of optical storage.
   *
   * @param names its room, its name if there is one, and the rest
   */
  private static String opticalRemedy(Gesture gesture, String[] names) {
    boolean removing = gesture == Gesture.RMDIR || gesture == Gesture.UNLINK;
    boolean making = gesture == Gesture.MKDIR || gesture == Gesture.CREATE;
    if (names.length < 2) {
      return README;
    }
    String name = Words.word(names[1]);
    String line =
        switch (names[0]) {
          case "devices" -> "optical device name=" + name + (making ? "" : " action=delete");
          case "cartridges" ->
              making
                  ? "optical add device=DEVICE media=*ERASE cartridge=" + name
                  : "optical destroy cartridge=" + name;
          case "rotations" ->
              "optical rotation name="
                  + name
                  + (making ? " source=VOLUME targets=VOLUME,VOLUME" : " action=delete");
          case "volumes" ->
              removing
                  ? "optical remove volume=" + name
                  : "optical change volume=" + name + " newvol=NEW";
          default -> "";
        };
    boolean ofVolume = names[0].equals("volumes");
    if (ofVolume && making) {
      return "cp IMAGE.iso optical/" + name;
    }
    if (ofVolume && gesture == Gesture.CHANGE_OWNER) {
      return "the same on optical/" + name;
    }
    boolean known = removing || making || (ofVolume && gesture == Gesture.RENAME);
    return known && !line.isEmpty() ? command(line) : README;
  }

  /** Whether a file beside groups or pairs has that name, which none of them can have. */
  private static boolean isFixed(String name) {
    return name.equals("ctl") || name.startsWith("status");
  }

  /** What to type into a shell: a quote of the shell's own ends and begins its text. */
  private static String command(String line) {
    return "echo '" + line.replace("'", "'\\''") + "' > .control/ctl";
  }
}
