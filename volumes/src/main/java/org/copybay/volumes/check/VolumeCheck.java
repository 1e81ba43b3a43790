package org.copybay.volumes.check;

import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;

/** One family of findings about a volume. */
@FunctionalInterface
interface VolumeCheck {
  /** Looks at a volume; an error is one of reading, and becomes a finding. */
  void check(CheckedVolume volume, Findings findings) throws StorageException;
}
