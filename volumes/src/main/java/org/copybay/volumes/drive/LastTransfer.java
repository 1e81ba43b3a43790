package org.copybay.volumes.drive;

/** What was done last with the tape: a close after a write puts a filemark behind it. */
enum LastTransfer {
  NONE,
  READ,
  WRITE
}
