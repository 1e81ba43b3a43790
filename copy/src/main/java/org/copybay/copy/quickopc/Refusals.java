package org.copybay.copy.quickopc;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The refusals of commands, each with the number that the original gives it where one is known
 * (ETERNUS SF AdvancedCopy Manager, messages ccm4012 to ccm4014), else one of ours.
 */
final class Refusals {
  private Refusals() {}

  /** ccm4012. */
  static StorageException noSession(PairRecord pair) {
    return refusal(
        Fault.NOT_FOUND,
        "ccm4012 QOPC4012E",
        "no copy session for the pair " + pair.path(),
        "quickopc start group=" + pair.group() + " pair=" + pair.name());
  }

  /** ccm4013. */
  static StorageException isTracking(PairRecord pair) {
    return refusal(
        Fault.EXISTS,
        "ccm4013 QOPC4013E",
        "session of the pair " + pair.path() + " is already tracking",
        "mode=diff copies what changed; or cancel it first");
  }

  /** ccm4014. */
  static StorageException wrongPhase(PairRecord pair, Phase phase, @Nullable String remedy) {
    String now = phase == Phase.ERROR_SUSPEND ? phase.status() : "phase " + phase.word();
    return refusal(
        Fault.BUSY,
        "ccm4014 QOPC4014E",
        "not possible in " + now + " of the pair " + pair.path(),
        remedy);
  }

  /** The target cannot be one. */
  static StorageException target(Fault fault, String why, @Nullable String remedy) {
    return refusal(fault, "QOPC4020E", why, remedy);
  }

  /** Something needs what the target shows. */
  static StorageException dependent(String why, String remedy) {
    return refusal(Fault.BUSY, "QOPC4021E", why, remedy);
  }

  static StorageException limit(String source, int limit) {
    return refusal(
        Fault.BUSY,
        "QOPC4022E",
        "session limit " + limit + " for source " + source + " is reached",
        "cancel one of its sessions, or: quickopc set max_sessions=N");
  }

  static StorageException refusal(Fault fault, String id, String why, @Nullable String remedy) {
    return new StorageException(fault, id + ": " + why, remedy);
  }
}
