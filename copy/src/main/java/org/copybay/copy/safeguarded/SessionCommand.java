package org.copybay.copy.safeguarded;

import static org.copybay.copy.safeguarded.Situation.BACKING_UP;
import static org.copybay.copy.safeguarded.Situation.COPIED;
import static org.copybay.copy.safeguarded.Situation.COPYING;
import static org.copybay.copy.safeguarded.Situation.DEFINED;
import static org.copybay.copy.safeguarded.Situation.NOCOPY;
import static org.copybay.copy.safeguarded.Situation.PROTECTED;
import static org.copybay.copy.safeguarded.Situation.TERMINATING;

import java.util.EnumSet;
import java.util.Set;

/**
 * The commands of a session, and in which situations it takes them: the one table that guards them
 * and that availablecommands shows (IBM Copy Services Manager, Safeguarded Copy commands). What a
 * command needs besides is looked at when it is carried out.
 */
public enum SessionCommand {
  /** A new backup of all volumes. */
  BACKUP("Backup", "backup", DEFINED, PROTECTED, NOCOPY, COPYING, COPIED),
  /** Recovery volumes show a backup; with other sets also while one is in use. */
  RECOVER("Recover", "recover", PROTECTED),
  /** All that recovery volumes show is copied to them. */
  INITIATE_BACKGROUND_COPY(
      "InitiateBackgroundCopy", "initiate-background-copy", NOCOPY, COPYING, COPIED),
  /** Ends the relation of recovery volumes to their backup. */
  TERMINATE_H1R1("TerminateH1R1", "terminate-h1r1", NOCOPY, COPYING, COPIED),
  /** Removes a backup and all before it. */
  EXPIRE("Expire Backup", "expire", PROTECTED, NOCOPY, COPYING, COPIED),
  /** Looks again which backups its volumes have. */
  REFRESH_STATES(
      "Refresh States",
      "refresh",
      DEFINED,
      PROTECTED,
      BACKING_UP,
      NOCOPY,
      COPYING,
      COPIED,
      TERMINATING),
  /** Removes all backups and recoveries. */
  TERMINATE("Terminate", "terminate", PROTECTED, BACKING_UP, NOCOPY, COPYING, COPIED),
  /** Writes a backup back over the volumes of the session. */
  RESTORE("Restore Backup to Production", "restore", PROTECTED, NOCOPY, COPYING, COPIED),
  /** Adds volumes. */
  ADD_COPY_SETS("Add Copy Sets", "add", DEFINED, PROTECTED, NOCOPY, COPYING, COPIED),
  /** Removes volumes, whose backups they keep. */
  REMOVE_COPY_SETS("Remove Copy Sets", "remove", DEFINED, PROTECTED, NOCOPY, COPYING, COPIED),
  /** Ends the session. */
  DELETE("Delete Session", "delete", DEFINED);

  private final String name;
  private final String word;

  @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
  private final Set<Situation> situations;

  SessionCommand(String name, String word, Situation first, Situation... more) {
    this.name = name;
    this.word = word;
    this.situations = EnumSet.of(first, more);
  }

  /** What the original calls it. */
  public String original() {
    return name;
  }

  /** The verb of the modern form, behind "safeguarded". */
  public String word() {
    return word;
  }

  /** Whether a session takes it then. */
  public boolean takenIn(Situation situation) {
    return situations.contains(situation);
  }
}
