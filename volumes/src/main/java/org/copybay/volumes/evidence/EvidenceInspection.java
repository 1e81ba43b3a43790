package org.copybay.volumes.evidence;

import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/** Looks at the evidence of a volume that nobody has open, and changes nothing. */
public final class EvidenceInspection {
  private static final String WHAT = "evidence";

  private EvidenceInspection() {}

  /**
   * Reads all of it, and compares it with the root that was noted last.
   *
   * @param noted by the audit log, or null where it says none
   * @param remedy where nothing can be put back
   */
  public static void run(
      TrackStore store, UUID volume, @Nullable String noted, String remedy, Findings findings)
      throws StorageException {
    SheetStack sheets;
    try {
      sheets = SheetStack.open(store, volume, new EvidenceCache(0, 0), true);
    } catch (StorageException e) {
      found(e, remedy, findings);
      return;
    }
    try {
      sheets.check(true);
      Inventory.Found found = Inventory.read(store, volume);
      if (found != null && !found.isWhole()) {
        findings.note(
            WHAT,
            Inventory.FILE,
            "two equal copies",
            "one in force",
            "as a crash leaves it: the next mount writes the other again");
      }
    } catch (StorageException e) {
      found(e, remedy, findings);
    } finally {
      sheets.close();
    }
    if (noted != null && !sheets.follows(noted)) {
      findings.damage(
          WHAT,
          Inventory.FILE,
          "root " + noted + ", as the audit log noted",
          "root " + sheets.inventory().root(),
          "somebody took the evidence away, or put an older one back: put back the right one, or "
              + remedy);
    }
  }

  private static void found(StorageException e, String remedy, Findings findings)
      throws StorageException {
    if (e.fault() != Fault.CORRUPT) {
      throw e;
    }
    findings.damage(
        WHAT, Inventory.FILE, "whole", e.getMessage(), "put back a copy of it, or " + remedy);
  }
}
