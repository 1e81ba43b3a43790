package org.copybay.volumes.evidence;

import org.copybay.volumes.StorageException;

/** Is told how far a sealing or a verification has come; called often, by its thread. */
@FunctionalInterface
public interface Progress {
  /** So many bytes of all that are to be read are done. An error ends what it is told of. */
  void done(long doneBytes, long totalBytes) throws StorageException;
}
