package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.control.command.SafeguardedFacts;
import org.copybay.control.report.Json;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionCommand;
import org.copybay.copy.safeguarded.Situation;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** What there is to say about safeguarded sessions. */
final class SafeguardPages {
  private static final List<String> COPY_SET_COLUMNS =
      List.of("source", "recovery", "bytes", "backups", "state");

  private static final List<String> BACKUP_COLUMNS =
      List.of(
          "id",
          "time",
          "role",
          "recoverable",
          "progress",
          "used_bytes",
          "last_result",
          "copy_sets",
          "blocking_expansion",
          "expiration",
          "state",
          "label",
          "locked_until",
          "holds",
          "evidence",
          "volumes",
          "verified");

  private static final List<String> EVIDENCE_COLUMNS =
      List.of("backup", "volume", "state", "root", "verified");

  private static final List<String> RECOVERY_COLUMNS =
      List.of(
          "set",
          "backup",
          "copy",
          "started",
          "source",
          "target",
          "state",
          "percent",
          "left_bytes",
          "job",
          "error");

  private static final List<String> REQUEST_COLUMNS =
      List.of("number", "session", "requester", "asked", "lapses", "command");

  private final SafeguardedFacts facts;

  SafeguardPages(SafeguardedFacts facts) {
    this.facts = facts;
  }

  /** All sessions. */
  Page status() {
    List<SafeguardedSession> all = facts.safeguarded().sessions();
    List<Recovery> recoveries =
        all.stream().flatMap(s -> s.state().recoveries().values().stream()).toList();
    return new Page()
        .put("sessions", all.size())
        .put("volumes", all.stream().mapToInt(s -> s.state().copySets().size()).sum())
        .put("backups", all.stream().mapToInt(s -> s.state().backups().size()).sum())
        .put("backups_locked", all.stream().mapToLong(facts::locked).sum())
        .put("recoveries", recoveries.size())
        .put("recoveries_whole", recoveries.stream().filter(Recovery::whole).count())
        .put("requests", facts.safeguarded().requests().all().size())
        .put("in_trouble", all.stream().filter(s -> !facts.trouble(s).isEmpty()).count());
  }

  /** One session. */
  Page session(SafeguardedSession session) {
    Page page = new Page();
    facts.session(session).forEach(page::put);
    return page;
  }

  Page properties(SafeguardedSession session) {
    Page page = new Page();
    facts.properties(session).forEach(page::put);
    return page;
  }

  // ---- tables

  String copySets(SafeguardedSession session) {
    return table(COPY_SET_COLUMNS, facts.copySets(session));
  }

  String backups(SafeguardedSession session) {
    return table(BACKUP_COLUMNS, rows(session));
  }

  String backupsJson(SafeguardedSession session) throws StorageException {
    return json(rows(session));
  }

  String evidence(SafeguardedSession session) {
    return table(EVIDENCE_COLUMNS, facts.evidence(session));
  }

  String evidenceJson(SafeguardedSession session) throws StorageException {
    return json(facts.evidence(session));
  }

  String requests(SafeguardedSession session) {
    return table(REQUEST_COLUMNS, requestRows(session));
  }

  String requestsJson(SafeguardedSession session) throws StorageException {
    return json(requestRows(session));
  }

  private List<Map<String, @Nullable Object>> requestRows(SafeguardedSession session) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    facts
        .safeguarded()
        .requests()
        .of(session.name())
        .forEach(request -> rows.add(SafeguardedFacts.request(request)));
    return rows;
  }

  private static String json(List<Map<String, @Nullable Object>> rows) throws StorageException {
    rows.forEach(row -> row.replaceAll((key, value) -> plain(value)));
    return Json.text(rows);
  }

  private List<Map<String, @Nullable Object>> rows(SafeguardedSession session) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    long now = facts.bay().vaultMillis();
    Map<Long, Long> kept = facts.safeguarded().keptBytes(session);
    facts.safeguarded().backupsOf(session).forEach(each -> rows.add(facts.backup(each, kept, now)));
    return rows;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    boolean plain = value == null || value instanceof Number || value instanceof Boolean;
    return plain ? value : String.valueOf(value);
  }

  String recoveries(SafeguardedSession session) {
    return table(RECOVERY_COLUMNS, facts.recoveries(session));
  }

  private static String table(List<String> columns, List<Map<String, @Nullable Object>> rows) {
    StringBuilder text = new StringBuilder("# ").append(String.join(" ", columns)).append('\n');
    for (Map<String, @Nullable Object> row : rows) {
      String separator = "";
      for (String column : columns) {
        text.append(separator).append(cell(row.get(column)));
        separator = " ";
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String cell(@Nullable Object value) {
    if (value instanceof Boolean fact) {
      return fact ? "yes" : "no";
    }
    if (value == null) {
      return "-";
    }
    String text = value.toString();
    boolean list = text.indexOf(',') >= 0 && text.indexOf(' ') < 0 && text.indexOf('"') < 0;
    return list ? text : Words.word(text);
  }

  // ---- commands

  /** The commands that a session takes now. */
  static String available(SafeguardedSession session) {
    return available(session.situation(Recovery.R1));
  }

  static String available(Situation now) {
    StringBuilder text = new StringBuilder("# command verb\n");
    for (SessionCommand command : SessionCommand.values()) {
      if (command.takenIn(now)) {
        text.append(Words.word(command.original())).append(' ').append(command.word());
        text.append('\n');
      }
    }
    return text.toString();
  }

  /** All commands, and whether a session takes them now. */
  static String availableJson(SafeguardedSession session) throws StorageException {
    return availableJson(session.name(), session.situation(Recovery.R1));
  }

  static String availableJson(String name, Situation now) throws StorageException {
    List<Map<String, Object>> commands = new ArrayList<>();
    for (SessionCommand command : SessionCommand.values()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("command", command.original());
      one.put("verb", command.word());
      one.put("available", command.takenIn(now));
      commands.add(one);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("session", name);
    all.put("situation", SafeguardedFacts.word(now));
    all.put("commands", commands);
    return Json.text(all);
  }
}
