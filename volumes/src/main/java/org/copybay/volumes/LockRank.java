package org.copybay.volumes;

/**
 * The order of all locks, outermost first: a thread that holds a lock takes only locks of a later
 * rank, or of the same rank with a larger number. The table in docs/ARCHITECTURE.md says what each
 * protects.
 */
public enum LockRank {
  /** One command batch of one control object. */
  CONTROL,
  /** Which sets there are, and who is a member of which. */
  SHADOW,
  /** Which QuickOPC groups and sessions there are, and their state. */
  QUICKOPC,
  /** Which safeguarded sessions there are, and their state. */
  SAFEGUARDED,
  /** Which optical cartridges, volumes and devices there are, and what is in which drive. */
  OPTICAL,
  /** Which cartridges policies want copied. */
  COPY_QUEUE,
  /** Which tape libraries and cartridges there are, and which cartridge is where. */
  LIBRARY,
  /** What is in one tape drive, where it stands, and who has it open. */
  DRIVE,
  /** The list of scheduled tasks and the state of each. */
  SCHEDULES,
  /** One change of what one optical volume holds. */
  MEDIUM,
  /** The list of jobs and the state of each. */
  JOBS,
  /** The length of the home of one volume. */
  SIZE,
  /** The names and rows of the volumes of a bay, and the writing of their labels. */
  BAY,
  /** The openers, hold and state of one volume. */
  VOLUME,
  /** Since when the vault time counts, and its row. */
  VAULT,
  /** The SQLite connection. */
  CATALOGUE,
  /** One change of generation, or one reset, of the write bitmaps of one volume. */
  BITMAPS,
  /** One sealing of a point of one volume, or one merge of its evidence. */
  EVIDENCE,
  /** Whether a volume has a track engine. */
  ENGINE,
  /** Who closes the gate of one volume, or waits for those inside. */
  GATE,
  /** Some ranges of bytes of one virtual unit. */
  UNIT_RANGE,
  /** What the map of one volume says of some of its tracks. */
  TRACK,
  /** The end of the journal of one volume. */
  JOURNAL,
  /** Which blocks of the spill of one volume are free. */
  SPACE,
  /** Which zones the intent log of one volume has. */
  INTENT,
  /** The bits of one page of a write bitmap. */
  BITMAP,
  /** The inode table of a mount. */
  NODE_TABLE,
  /** Waiting for news of a job. */
  JOB_NEWS,
  /** The last events of a bay. */
  EVENTS
}
