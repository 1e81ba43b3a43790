package org.copybay.copy.shadow;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** What speaks against a dismount of a virtual unit. Any thread may call, with no lock. */
final class DismountChecks {
  private DismountChecks() {}

  /**
   * BUSY when the home of no full member is in its place: a file that lies nowhere goes away with
   * its last close.
   */
  static void requireKept(ShadowSet set) throws StorageException {
    StorageException gone = null;
    for (Member member : set.device().members().full()) {
      if (member.volume().damaged()) {
        continue; // its file was let go of before
      }
      try {
        Legs.run(member, set.failures().timeoutMillis(), m -> m.bytes().requireInPlace());
        return;
      } catch (StorageException e) {
        gone = e;
      }
    }
    if (gone != null && gone.fault() == Fault.CORRUPT) {
      throw new StorageException(
          Fault.BUSY,
          "the only copy of " + set.name() + " would be gone: " + gone.getMessage(),
          "put it back, or copy it to another one: mount set="
              + set.name()
              + " members=VOLUME; to give it up: dissolve set="
              + set.name(),
          gone);
    }
  }

  /** The checks of DISMOUNT/POLICY=MINICOPY. FORBIDDEN, BUSY; CLOSED when it is not mounted. */
  static void requireCapable(ShadowSet set, Split.Policy policy) throws StorageException {
    if (policy != Split.Policy.MINICOPY) {
      return;
    }
    ShadowSet.Mounted now = set.mounted();
    if (now.device().members().full().size() < 2) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "%DISM-F-SRCMEM, " + set.name() + " has one member: no minicopy can follow",
          "policy=minicopy=optional, or no policy, dismounts it all the same");
    }
    if (now.bitmaps().merge().regionsSet() > 0) {
      throw new StorageException(
          Fault.BUSY,
          "%DISM-F-MERGEPENDING, set " + set.name() + " is marked for merge",
          "wait for its merge, or no policy");
    }
  }
}
