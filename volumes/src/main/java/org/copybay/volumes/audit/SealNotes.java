package org.copybay.volumes.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Sql;

/**
 * What the audit log says of the evidence of backups. Each root is noted, so that the newest hash
 * of the log stands for all evidence too, and evidence that was taken away is missed.
 */
public final class SealNotes {
  /** The verb of the note that evidence has another newest root. */
  public static final String SEAL = "seal";

  /** The verb of the note that the evidence of a volume was discarded. */
  public static final String UNSEAL = "unseal";

  private static final Pattern TEXT =
      Pattern.compile("volume ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) root ([0-9a-f]*)");

  private SealNotes() {}

  /** The text of both notes; the root is empty where there is none any more. */
  public static String text(UUID volume, String root) {
    return "volume " + volume + " root " + root;
  }

  /** The newest root of each volume that the log knows one of. */
  public static Map<UUID, String> newestRoots(Connection connection) throws SQLException {
    Map<UUID, String> roots = new HashMap<>();
    if (!Sql.hasTable(connection, "audit_entry")) {
      return roots;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select command from audit_entry where verb in (?,?) and result=? order by entry")) {
      statement.setString(1, SEAL);
      statement.setString(2, UNSEAL);
      statement.setString(3, AuditEntry.NOTED);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Matcher note = TEXT.matcher(row.getString(1));
          if (note.matches() && note.group(2).isEmpty()) {
            roots.remove(UUID.fromString(note.group(1)));
          } else if (note.matches()) {
            roots.put(UUID.fromString(note.group(1)), note.group(2));
          }
        }
      }
    }
    return roots;
  }
}
