package org.copybay.copy.quickopc;

/** What the sessions of a group do when all is copied. */
public enum GroupType {
  /** They go on, and record what changes on either side. */
  QUICKOPC("QuickOPC"),
  /** They end. */
  OPC("OPC");

  private final String word;

  GroupType(String word) {
    this.word = word;
  }

  /** The word of the original. */
  public String word() {
    return word;
  }
}
