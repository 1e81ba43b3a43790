package org.copybay.control.command;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.copybay.control.report.Json;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.RecoveryPair;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionRequest;
import org.copybay.copy.safeguarded.Situation;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of safeguarded sessions print, with the columns of the original (IBM Copy
 * Services Manager, lsbackups, lsrecoveredbackups, lssess and showsess). A reply is kept short
 * enough for its reader: of many rows it has the newest.
 */
record SafeguardedText(Safeguarded safeguarded, SafeguardedFacts facts) {
  /** Less than {@link ReplyBuffer#LIMIT_BYTES}: the first line and the names of columns. */
  private static final int ROOM_BYTES = 56 * 1024;

  /** What a value takes in the longest form besides it and its name twice. */
  private static final int FRAME_BYTES = 12;

  private static final String NONE = "-";

  /** The names of columns of lsbackups, by key, in the order of the original. */
  private static final Map<String, String> BACKUP_COLUMNS = backupColumns();

  /** Those that lsbackups -s has. */
  private static final List<String> SHORT =
      List.of("Backup ID", "Backup Time", "Session Name", "Role", "isRecoverable", "Copy Sets");

  /**
   * How something is printed.
   *
   * @param word of format=
   * @param delimiter of format=delim
   * @param header whether the names of columns are
   */
  record Form(String word, String delimiter, boolean header) {
    boolean json() {
      return word.equals("json");
    }

    List<String> lines(CsmTable table) {
      return table.lines(CsmTable.Form.valueOf(word.toUpperCase(Locale.ROOT)), delimiter, header);
    }
  }

  private static Map<String, String> backupColumns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("id", "Backup ID");
    columns.put("time", "Backup Time");
    columns.put("session", "Session Name");
    columns.put("role", "Role");
    columns.put("recoverable", "isRecoverable");
    columns.put("progress", "Progress");
    columns.put("used_bytes", "Used Capacity");
    columns.put("last_result", "Last Result");
    columns.put("copy_sets", "Copy Sets");
    columns.put("blocking_expansion", "Blocking Expansion");
    columns.put("expiration", "Expiration");
    columns.put("state", "State");
    columns.put("holds", "Holds");
    columns.put("label", "Label");
    columns.put("evidence", "Evidence");
    columns.put("verified", "Verified");
    return columns;
  }

  // ---- backups

  /** Backups of a session. */
  Reply backups(SafeguardedSession session, List<Backup> backups, boolean all, Form form)
      throws StorageException {
    List<Map<String, @Nullable Object>> rows = newest(session, backups);
    String first =
        rows.size() == backups.size()
            ? backups.size() + (backups.size() == 1 ? " backup" : " backups")
            : "the newest "
                + rows.size()
                + " of "
                + backups.size()
                + " backups; all: cat .control/safeguard/"
                + Words.word(session.name())
                + "/backups";
    if (form.json()) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("session", session.name());
      object.put("count", backups.size());
      object.put("backups", rows);
      return reply(first, json(object));
    }
    Map<String, String> columns = new LinkedHashMap<>(BACKUP_COLUMNS);
    if (!all) {
      columns.values().retainAll(SHORT);
    }
    CsmTable table = new CsmTable(List.copyOf(columns.values()));
    for (Map<String, @Nullable Object> row : rows) {
      table.row(columns.keySet().stream().map(key -> shown(row.get(key))).toList());
    }
    return reply(first, form.lines(table));
  }

  private List<Map<String, @Nullable Object>> newest(
      SafeguardedSession session, List<Backup> backups) {
    Map<Long, Long> kept = safeguarded.keptBytes(session);
    long now = facts.bay().vaultMillis();
    return newest(
        backups,
        backup -> {
          Map<String, @Nullable Object> row = facts.backup(backup, kept, now);
          row.put("session", session.name());
          return row;
        });
  }

  private static <T> List<Map<String, @Nullable Object>> newest(
      List<T> all, Function<T, Map<String, @Nullable Object>> told) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    long bytes = 0;
    for (int i = all.size() - 1; i >= 0; i--) {
      Map<String, @Nullable Object> row = told.apply(all.get(i));
      bytes += cost(row);
      if (bytes > ROOM_BYTES && !rows.isEmpty()) {
        break;
      }
      rows.add(0, row);
    }
    return rows;
  }

  /** The most bytes that a row takes in any form. */
  private static long cost(Map<String, @Nullable Object> row) {
    long bytes = 0;
    for (Map.Entry<String, @Nullable Object> each : row.entrySet()) {
      int value = String.valueOf(each.getValue()).getBytes(StandardCharsets.UTF_8).length;
      bytes += 2L * each.getKey().length() + value + FRAME_BYTES;
    }
    return bytes;
  }

  /** The recoveries of a session. */
  Reply recovered(SafeguardedSession session, Form form) throws StorageException {
    List<Recovery> recoveries = List.copyOf(session.state().recoveries().values());
    String first = recoveries.size() + (recoveries.size() == 1 ? " recovery" : " recoveries");
    if (form.json()) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("session", session.name());
      object.put("recoveries", facts.recoveries(session));
      return reply(first, json(object));
    }
    CsmTable table =
        new CsmTable(
            List.of("Backup ID", "Backup Time", "Session Name", "isError", "Copy Sets", "Set"));
    for (Recovery recovery : recoveries) {
      boolean error = recovery.pairs().stream().map(RecoveryPair::error).anyMatch(e -> e != null);
      table.row(
          List.of(
              String.valueOf(recovery.backup()),
              time(session, recovery.backup()),
              session.name(),
              error ? "Yes" : "No",
              String.valueOf(recovery.pairs().size()),
              recovery.set()));
    }
    return reply(first, form.lines(table));
  }

  private String time(SafeguardedSession session, long id) {
    try {
      return shown(SafeguardedFacts.seconds(safeguarded.backup(session, id).created()));
    } catch (StorageException e) {
      return NONE; // it was removed when all of it was copied
    }
  }

  // ---- requests

  /** Commands that wait for a second person. */
  static Reply requests(List<SessionRequest> requests, Form form) throws StorageException {
    List<Map<String, @Nullable Object>> rows = newest(requests, SafeguardedFacts::request);
    String count = requests.size() + (requests.size() == 1 ? " request" : " requests");
    String first =
        rows.size() == requests.size()
            ? count
            : "the newest " + rows.size() + " of " + count + "; all: a session at a time";
    if (form.json()) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("count", requests.size());
      object.put("requests", rows);
      return reply(first, json(object));
    }
    CsmTable table =
        new CsmTable(List.of("Request", "Session Name", "Requester", "Time", "Lapses", "Command"));
    rows.forEach(row -> table.row(row.values().stream().map(SafeguardedText::shown).toList()));
    return reply(first, form.lines(table));
  }

  // ---- sessions

  /** A session. */
  Reply session(SafeguardedSession session, Form form) throws StorageException {
    Map<String, @Nullable Object> is = facts.session(session);
    is.put("properties", facts.properties(session));
    if (form.json()) {
      return reply("session " + Words.word(session.name()), json(is));
    }
    List<String> names = new ArrayList<>(SESSION_COLUMNS);
    List<String> values = new ArrayList<>(row(session, is));
    is.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> more) {
            more.forEach(
                (name, word) -> {
                  names.add(String.valueOf(name));
                  values.add(String.valueOf(word));
                });
          } else if (SHOWN.contains(key)) {
            names.add(key);
            values.add(shown(value));
          }
        });
    CsmTable table = new CsmTable(names);
    table.row(values);
    Form shown = form.word.equals("text") ? new Form("stanza", form.delimiter, true) : form;
    return reply("session " + Words.word(session.name()), shown.lines(table));
  }

  private static final List<String> SESSION_COLUMNS =
      List.of(
          "Name", "Status", "State", "Copy Type", "Recoverable", "Copying", "Copy Sets", "Error");

  /** What showsess tells besides. */
  private static final List<String> SHOWN =
      List.of(
          "situation",
          "volumes",
          "backups",
          "backups_locked",
          "backups_held",
          "newest_backup",
          "newest_recoverable",
          "next_backup",
          "recovery_sets",
          "requests",
          "trouble");

  private static List<String> row(SafeguardedSession session, Map<String, @Nullable Object> is) {
    String condition = shown(is.get("condition"));
    Situation state = SafeguardedFacts.state(session.situation(Recovery.R1));
    return List.of(
        session.name(),
        condition.substring(0, 1).toUpperCase(Locale.ROOT) + condition.substring(1),
        state.word(),
        "Safeguarded Copy",
        is.get("newest_recoverable") == null ? "No" : "Yes",
        is.get("jobs") == null ? "No" : "Yes",
        shown(is.get("copy_sets")),
        is.get("trouble") == null ? "No" : "Yes");
  }

  /** All sessions. */
  Reply sessions(Form form) throws StorageException {
    List<SafeguardedSession> all = safeguarded.sessions();
    String first = all.size() + (all.size() == 1 ? " session" : " sessions");
    if (form.json()) {
      return reply(first, json(Map.of("sessions", all.stream().map(facts::session).toList())));
    }
    CsmTable table = new CsmTable(SESSION_COLUMNS);
    all.forEach(session -> table.row(row(session, facts.session(session))));
    return reply(first, form.lines(table));
  }

  // ---- words

  private static Reply reply(String first, List<String> lines) {
    return new Reply(null, Subject.NONE, first, lines);
  }

  private static List<String> json(Map<String, ? extends @Nullable Object> object)
      throws StorageException {
    return Json.text(inJson(object)).lines().toList();
  }

  private static Map<String, @Nullable Object> inJson(Map<?, ?> map) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    map.forEach((key, each) -> all.put(String.valueOf(key), inJson(each)));
    return all;
  }

  /** Times as words: the form of JSON knows none. */
  private static @Nullable Object inJson(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return inJson(map);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> all = new ArrayList<>();
      list.forEach(each -> all.add(inJson(each)));
      return all;
    }
    return value instanceof Instant time ? time.toString() : value;
  }

  private static String shown(@Nullable Object value) {
    if (value instanceof Boolean fact) {
      return fact ? "Yes" : "No";
    }
    String text = value == null ? NONE : Words.oneLine(value.toString());
    return text.isEmpty() ? NONE : text;
  }
}
