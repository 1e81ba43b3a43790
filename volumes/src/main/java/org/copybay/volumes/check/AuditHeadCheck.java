package org.copybay.volumes.check;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditInspection;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.CatalogueFile;

/**
 * The newest entry of an audit log as somebody kept it elsewhere: who makes the whole log anew, or
 * puts an old one back, cannot make that.
 *
 * @param entry its number
 * @param hash its hash
 */
public record AuditHeadCheck(long entry, String hash) {
  /** As the key audit_head of the status has it, or a line of audit.chain. BAD_REQUEST. */
  public static AuditHeadCheck parse(String text) throws StorageException {
    if (!text.matches("[0-9]{1,18}[: ][0-9a-f]{64}")) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "no head of an audit log: " + text,
          "ENTRY:HASH, as audit_head in .control/status has it");
    }
    int end = text.length() - 65;
    return new AuditHeadCheck(Long.parseLong(text.substring(0, end)), text.substring(end + 1));
  }

  /** Compares the log of a bay that nobody has mounted with it. */
  public void run(Path bay, Findings all) {
    BayLayout layout = new BayLayout(bay);
    Findings findings = all.at(layout.catalogue() + " ", AuditCheck.FIX);
    try (Connection connection = CatalogueFile.copyToMemory(layout.catalogue())) {
      boolean compared =
          AuditInspection.compare(
              connection,
              entry,
              hash,
              problem ->
                  findings.damage(
                      AuditCheck.WHAT,
                      problem.where(),
                      problem.wanted() + ", as it was kept elsewhere",
                      problem.got()));
      if (!compared) {
        findings.note(
            AuditCheck.WHAT,
            "entry " + entry,
            "the entry that was kept elsewhere",
            "it was dropped with the old ones",
            "keep the head more often");
      }
    } catch (StorageException e) {
      findings.unreadable(AuditCheck.WHAT, "", e);
    } catch (SQLException e) {
      findings.damage(
          AuditCheck.WHAT, "table audit_entry", "it can be read", String.valueOf(e.getMessage()));
    }
  }
}
