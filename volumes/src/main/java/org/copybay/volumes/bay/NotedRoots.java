package org.copybay.volumes.bay;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.audit.SealNotes;
import org.copybay.volumes.evidence.Root;
import org.jspecify.annotations.Nullable;

/** The newest root of the evidence of each volume as the audit log has it. Any thread may call. */
final class NotedRoots {
  private final AuditTrail audit;
  private final Catalogue catalogue;

  // concurrent: changed by who notes a root, read where evidence is opened
  private final Map<UUID, String> roots = new ConcurrentHashMap<>();

  NotedRoots(AuditTrail audit, Catalogue catalogue) {
    this.audit = audit;
    this.catalogue = catalogue;
  }

  /** Reads what was noted; called once, before a volume is opened. */
  void load() throws StorageException {
    roots.putAll(catalogue.read(SealNotes::newestRoots));
  }

  /** The root of a volume, or null where none is known. */
  @Nullable String of(UUID volume) {
    return roots.get(volume);
  }

  /** Notes another one; durable before this returns (P7). */
  void note(Volume volume, Root root) throws StorageException {
    String text = SealNotes.text(volume.id(), root.toString());
    audit.note(place(volume), SealNotes.SEAL, text);
    roots.put(volume.id(), root.toString());
  }

  /** Notes that the evidence of a volume is discarded, in one transaction with something else. */
  void discard(Volume volume, Catalogue.Change also) throws StorageException {
    AuditTrail.Note note =
        audit.noting(place(volume), SealNotes.UNSEAL, SealNotes.text(volume.id(), ""));
    catalogue.change(
        connection -> {
          note.run(connection);
          also.run(connection);
        });
    note.made();
    roots.remove(volume.id());
  }

  private static String place(Volume volume) {
    return "evidence/" + volume.name();
  }
}
