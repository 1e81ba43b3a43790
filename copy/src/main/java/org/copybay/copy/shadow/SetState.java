package org.copybay.copy.shadow;

import java.util.Locale;

/** What a shadow set is doing: one word for status files, and that of SHOW SHADOW for people. */
public enum SetState {
  /** All members that there are hold the same. */
  STEADY("Steady State"),
  /** What a former member lacks is being copied to it. */
  MINICOPY_ACTIVE("MiniCopy Active"),
  /** All of a member is being copied to it. */
  COPY_ACTIVE("Copy Active"),
  /** A copy waits for a place, for a command or for the next mount. */
  COPY_PENDING("Copy Pending"),
  /** Full members are compared everywhere, and made equal. */
  MERGE_ACTIVE("Merge Active"),
  /** The same where they may differ by what a bitmap says. */
  MINIMERGE_ACTIVE("MiniMerge Active"),
  /** A merge waits for a place, for a command or for a copy. */
  MERGE_PENDING("Merge Pending"),
  /** A member fails: writes wait until it works again or is expelled. */
  MOUNT_VERIFICATION("Mount Verification"),
  /** Its virtual unit is not there. */
  DISMOUNTED("Dissolved"),
  /** Its virtual unit is not there though it should be. */
  FAILED("Dissolved");

  private final String text;

  SetState(String text) {
    this.text = text;
  }

  /** The word in status files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How SHOW SHADOW calls it. */
  public String text() {
    return text;
  }
}
