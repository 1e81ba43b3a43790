package org.copybay.control.tree;

import java.util.Set;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;

/** Answers the gestures that nothing below .control takes, with the command to write instead. */
final class Refusals {
  /** What lies in jobs/ beside the jobs. */
  private static final Set<String> JOB_TABLES = Set.of("latest", "running", "done");

  private static final String README = "cat .control/README";

  private final ErrorLog errors;

  Refusals(ErrorLog errors) {
    this.errors = errors;
  }

  /** Notes the refusal and returns it. */
  StorageException refuse(Caller caller, Gesture gesture, String path) {
    boolean set = path.startsWith("shadow/") && gesture == Gesture.MKDIR;
    StorageException error =
        new StorageException(
            Fault.FORBIDDEN,
            set
                ? "a shadow set needs members, so mount makes it, not mkdir: " + path
                : "nothing below .control is made, moved or removed by hand: " + path,
            remedy(gesture, path));
    errors.report(caller, path, error);
    return error;
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

  /** What to type into a shell: a quote of the shell's own ends and begins its text. */
  private static String command(String line) {
    return "echo '" + line.replace("'", "'\\''") + "' > .control/ctl";
  }
}
