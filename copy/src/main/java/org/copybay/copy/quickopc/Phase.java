package org.copybay.copy.quickopc;

/**
 * What a session does, in the words of the original (ETERNUS SF AdvancedCopy Manager, acopc query:
 * OPC Status and Copy Phase).
 */
public enum Phase {
  /** There is no session. */
  NONE("OPC action not startup", "N/A"),
  /** It copies, and ends then: nothing is recorded, or not any more. */
  COPYING("OPC Executing", "Copying"),
  /** It copies, and records what changes. */
  COPYING_TRACKING("OPC Executing", "Copying/Tracking"),
  /** All is copied; it records what changes. */
  TRACKING("OPC Executing", "Tracking"),
  /** It was stopped by an error, and has to be cancelled or started again. */
  ERROR_SUSPEND("OPC Error Suspend", "N/A");

  private final String status;
  private final String word;

  Phase(String status, String word) {
    this.status = status;
    this.word = word;
  }

  /** OPC Status. */
  public String status() {
    return status;
  }

  /** Copy Phase. */
  public String word() {
    return word;
  }

  /** The phase as one word for conditions: none, copying, copying/tracking, tracking, error. */
  public String state() {
    return switch (this) {
      case NONE -> "none";
      case COPYING -> "copying";
      case COPYING_TRACKING -> "copying/tracking";
      case TRACKING -> "tracking";
      case ERROR_SUSPEND -> "error";
    };
  }
}
