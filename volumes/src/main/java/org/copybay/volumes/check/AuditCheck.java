package org.copybay.volumes.check;

import java.sql.Connection;
import java.sql.SQLException;
import org.copybay.volumes.Findings;
import org.copybay.volumes.audit.AuditInspection;

/** The audit log: whether each entry proves the one before it, from the anchor to the head. */
final class AuditCheck {
  static final String WHAT = "audit";
  static final String FIX =
      "somebody changed it, or the disk did: compare it with the hashes that were kept elsewhere,"
          + " put back a copy of catalogue.db";

  private AuditCheck() {}

  /**
   * Looks at it in a copy of the catalogue.
   *
   * @param findings at the catalogue
   */
  static void run(Connection connection, Findings findings) throws SQLException {
    AuditInspection.run(
        connection,
        problem -> findings.damage(WHAT, problem.where(), problem.wanted(), problem.got(), FIX));
    if (AuditInspection.hasRowsWithoutHashes(connection)) {
      findings.note(
          WHAT,
          "table audit",
          "no rows",
          "rows of an earlier program",
          "the next mount takes them into the chain");
    }
  }
}
