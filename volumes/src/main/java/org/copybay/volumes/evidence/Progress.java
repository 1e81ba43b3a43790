package org.copybay.volumes.evidence;

/** Is told how far a sealing or a verification has come; called often, by its thread. */
@FunctionalInterface
public interface Progress {
  /** So many bytes of all that are to be read are done. */
  void done(long doneBytes, long totalBytes);
}
