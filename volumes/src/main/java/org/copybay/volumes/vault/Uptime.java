package org.copybay.volumes.vault;

/**
 * How long the machine has been running, suspended or not, which goes on evenly and which nobody
 * sets. Any thread may ask; nothing is waited for.
 */
public interface Uptime {
  /** Which run of the machine it is; no other run has the same. */
  String bootId();

  /** Milliseconds since the machine was started, never fewer than before. */
  long millis();

  /**
   * That of this machine as the kernel tells it; where it does not, that of this process, for which
   * every start is one of the machine.
   */
  static Uptime ofMachine() {
    return MachineUptime.ofKernel();
  }
}
