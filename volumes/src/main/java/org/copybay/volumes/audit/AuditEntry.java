package org.copybay.volumes.audit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * One entry of the chain, which nobody changes once it is written: a command that begins, the
 * result of one, a command that was refused, or something that nobody typed.
 *
 * @param entry its place in the chain, 1 for the first
 * @param number that of the command; the result of a command has the number of its begin
 * @param time when it was noted, RFC 3339 in UTC, whole seconds
 * @param uid who; of what nobody typed, the uid of the daemon
 * @param pid which process, 0 where that is unknown or the daemon
 * @param place the file that it came through, or whose doing it is
 * @param result {@link #BEGUN}, ok, the name of an errno, or another word where nobody typed it
 * @param command the written line, the gesture in words, a sentence; empty in the result of a begin
 * @param hash that of the entry before and all of these, see {@link #proof}
 */
public record AuditEntry(
    long entry,
    long number,
    String time,
    long uid,
    long pid,
    String place,
    String verb,
    String result,
    String command,
    String hash) {
  /** The result of what has none yet. */
  public static final String BEGUN = "begun";

  /** The result of what nobody typed. */
  public static final String NOTED = "noted";

  private static final String HEADER = "copybay audit 1";

  /** What is to become an entry: the chain gives it a place, and a number unless it has one. */
  static AuditEntry draft(
      String time, long uid, long pid, String place, String verb, String result, String command) {
    return new AuditEntry(0, 0, time, uid, pid, place, verb, result, command, "");
  }

  /** The row that the result stands at. */
  static AuditEntry read(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong("entry"),
        row.getLong("number"),
        text(row, "time"),
        row.getLong("uid"),
        row.getLong("pid"),
        text(row, "place"),
        text(row, "verb"),
        text(row, "result"),
        text(row, "command"),
        text(row, "hash"));
  }

  static String text(ResultSet row, String column) throws SQLException {
    String found = row.getString(column);
    return found == null ? "" : found;
  }

  /** Whether it is the result of an earlier one. */
  boolean ends() {
    return command.isEmpty();
  }

  private AuditEntry with(long place, long given, String word, String proof) {
    return new AuditEntry(place, given, time, uid, pid, this.place, verb, word, command, proof);
  }

  /** The same as that command. */
  AuditEntry withNumber(long given) {
    return with(entry, given, result, hash);
  }

  /** The same command with that result. */
  AuditEntry withResult(String given) {
    return with(entry, number, given, hash);
  }

  /** The same behind the entry of that place and hash. */
  AuditEntry behind(long before, String hashBefore) {
    AuditEntry placed = with(before + 1, number, result, "");
    return placed.with(placed.entry, number, result, placed.proof(hashBefore));
  }

  /**
   * The hash that it must have: SHA-256 in hexadecimal digits over the hash of the entry before it
   * and all its fields. Each number is 8 bytes, little-endian; each text its length in UTF-8, 4
   * bytes, and then that, so that no two entries have the same bytes.
   */
  String proof(String before) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, HEADER);
      add(digest, before);
      for (long value : new long[] {entry, number, uid, pid}) {
        digest.update(bytes(Long.BYTES).putLong(value).array());
      }
      for (String text : new String[] {time, place, verb, result, command}) {
        add(digest, text);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  private static void add(MessageDigest digest, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    digest.update(bytes(Integer.BYTES).putInt(utf8.length).array());
    digest.update(utf8);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}
