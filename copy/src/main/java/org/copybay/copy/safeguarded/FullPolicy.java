package org.copybay.copy.safeguarded;

/** What happens when the backups of a volume need more than their capacity. */
public enum FullPolicy {
  /** The oldest backup of the volume that may go does; where none may, writes fail. */
  AUTO_ROLL("auto-roll"),
  /** Writes that need more space wait until there is some. */
  BLOCK_WRITES("block-writes"),
  /** Writes that need more space fail. */
  FAIL_WRITES("fail-writes"),
  /** Backups take what the bay has; it is only told. */
  SPILL_TO_POOL("spill-to-pool");

  private final String word;

  FullPolicy(String word) {
    this.word = word;
  }

  /** Its name in commands and files. */
  public String word() {
    return word;
  }
}
