package org.copybay.control.command;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.copybay.control.report.Errno;
import org.copybay.control.report.Json;
import org.copybay.copy.quickopc.Direction;
import org.copybay.copy.quickopc.GroupType;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.Session;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of QuickOPC print, in the frames of the original (ETERNUS SF AdvancedCopy
 * Manager, acopc query, acopc start and accopy query): texts for people, XML, and JSON, which the
 * original has not. Any thread may call; nothing is changed.
 */
final class OpcQuery {
  /** What {@link #results} says of a pair that was started. */
  static final String STARTED = "OPC Started";

  /** What {@link #results} says of a pair whose session was cancelled. */
  static final String CANCELLED = "OPC Cancelled";

  private static final String NONE = "----";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Bay bay;
  private final QuickOpc opc;

  /** What is printed of the pairs and sessions of that bay. */
  OpcQuery(Bay bay, QuickOpc opc) {
    this.bay = bay;
    this.opc = opc;
  }

  /** How something is printed. */
  enum Format {
    /** For people. */
    TEXT,
    /** As the original does. */
    XML,
    /** For programs. */
    JSON;

    /** That of a word in lower case: text, xml, json. */
    static Format of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * What became of a pair.
   *
   * @param pair its path, as in backup/pay
   * @param error why it failed, or null
   */
  record Result(String pair, @Nullable StorageException error) {}

  // ---- query

  /**
   * Pairs of a group and their sessions.
   *
   * @param backward whether only restores are told of
   */
  List<String> pairs(String group, List<PairRecord> pairs, boolean backward, Format format)
      throws StorageException {
    GroupType type = opc.groups().type(group);
    Instant now = bay.clock().instant();
    List<OpcRow> rows = new ArrayList<>();
    for (PairRecord pair : pairs) {
      Session forward = backward ? null : opc.find(pair, Direction.FORWARD);
      Session back = opc.findBackward(pair);
      if (forward != null || back == null) {
        rows.add(OpcRow.of(bay, pair, type.word(), forward, now));
      }
      if (back != null) {
        rows.add(OpcRow.of(bay, pair, type.word(), back, now));
      }
    }
    return switch (format) {
      case TEXT -> pairsText(group, type, rows);
      case XML -> xml(rows);
      case JSON -> {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("group", group);
        all.put("type", type.word());
        all.put("disk_array", array());
        all.put("pairs", rows.stream().map(OpcRow::values).toList());
        yield json(all);
      }
    };
  }

  private List<String> pairsText(String group, GroupType type, List<OpcRow> rows) {
    OpcTableText table =
        new OpcTableText(
            6,
            "Source",
            "<=>",
            "Target",
            "SID",
            "OPC Status",
            "Copy Phase",
            "Copied Block",
            "Tracking Update",
            "Elapsed Time");
    for (OpcRow row : rows) {
      table.row(
          row.source() == null ? NONE : first(row.source()),
          row.mark(),
          name(row.target()),
          shown(row.sid()),
          Words.quote(row.phase().status()),
          Words.quote(row.phase().word()),
          shown(row.copiedBlocks()),
          shown(row.trackedBlocks()),
          shown(row.elapsed()));
    }
    List<String> lines = new ArrayList<>();
    lines.add("Copy Group Name : " + group);
    lines.add("Copy Group Type : " + type.word());
    lines.add("Disk Array Name : " + array());
    lines.addAll(table.lines());
    return lines;
  }

  private String array() {
    Path name = bay.path().toAbsolutePath().normalize().getFileName();
    return name == null ? "/" : name.toString();
  }

  /** All sessions of the bay, oldest first. */
  List<String> sessions(Format format) throws StorageException {
    Instant now = bay.clock().instant();
    List<OpcRow> rows = new ArrayList<>();
    for (Session session : opc.sessions()) {
      PairRecord pair = opc.groups().findPair(session.record().group(), session.record().pair());
      GroupType type = opc.groups().all().get(session.record().group());
      if (pair != null && type != null) { // else it ended meanwhile, and its pair is gone
        rows.add(OpcRow.of(bay, pair, type.word(), session, now));
      }
    }
    return switch (format) {
      case TEXT -> sessionsText(rows);
      case XML -> xml(rows);
      case JSON -> {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("disk_array", array());
        all.put("sessions", rows.stream().map(OpcRow::values).toList());
        yield json(all);
      }
    };
  }

  private static List<String> sessionsText(List<OpcRow> rows) {
    OpcTableText table =
        new OpcTableText(
            7,
            "SID",
            "Kind",
            "Status",
            "Phase",
            "Source",
            "<=>",
            "Target",
            "Copied Block",
            "Elapsed Time");
    for (OpcRow row : rows) {
      table.row(
          shown(row.sid()),
          row.kind(),
          Words.quote(row.phase().status()),
          Words.quote(row.phase().word()),
          name(row.source()),
          row.mark(),
          name(row.target()),
          shown(row.copiedBlocks()),
          shown(row.elapsed()));
    }
    return table.lines();
  }

  private static List<String> xml(List<OpcRow> rows) {
    OpcXml xml = new OpcXml();
    for (OpcRow row : rows) {
      xml.add(row.pair().path(), true, row.phase().status(), row.elements());
    }
    return xml.lines();
  }

  private static String name(@Nullable String name) {
    return name == null ? NONE : Words.word(name);
  }

  private static String shown(@Nullable Object value) {
    return value == null ? NONE : value.toString();
  }

  /** A name at the beginning of a line: no line below the ok of a reply begins with ok too. */
  private static String first(String name) {
    return name.startsWith("ok") ? Words.quote(name) : Words.word(name);
  }

  // ---- start, cancel

  /**
   * What became of pairs, one after another.
   *
   * @param done what happened to those that did not fail, as {@link #STARTED}
   */
  List<String> results(List<Result> results, String done, Format format) throws StorageException {
    return switch (format) {
      case TEXT -> resultsText(results, done);
      case XML -> resultsXml(results, done);
      case JSON -> resultsJson(results);
    };
  }

  private List<String> resultsText(List<Result> results, String done) {
    String date = DATE.format(bay.clock().instant());
    List<String> lines = new ArrayList<>();
    for (Result result : results) {
      lines.add(first(result.pair()));
      StorageException error = result.error();
      if (error == null) {
        lines.add("# DATE : " + date + " - << " + done + " >>");
      } else {
        lines.add(Words.oneLine(error.getMessage()));
        String remedy = error.remedy();
        if (remedy != null) {
          lines.add("try: " + Words.oneLine(remedy));
        }
      }
    }
    long failed = failed(results);
    lines.add("  Succeeded : " + (results.size() - failed));
    lines.add("  Failed    : " + failed);
    return lines;
  }

  private static List<String> resultsXml(List<Result> results, String done) {
    OpcXml xml = new OpcXml();
    for (Result result : results) {
      StorageException error = result.error();
      if (error == null) {
        xml.add(result.pair(), true, done, Map.of());
      } else {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("Errno", Errno.of(error.fault()).name());
        detail.put("Remedy", error.remedy());
        xml.add(result.pair(), false, error.getMessage(), detail);
      }
    }
    return xml.lines();
  }

  private static List<String> resultsJson(List<Result> results) throws StorageException {
    List<Map<String, @Nullable Object>> each = new ArrayList<>();
    for (Result result : results) {
      StorageException error = result.error();
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("pair", result.pair());
      one.put("succeeded", error == null);
      one.put("errno", error == null ? null : Errno.of(error.fault()).name());
      one.put("error", error == null ? null : error.getMessage());
      one.put("remedy", error == null ? null : error.remedy());
      each.add(one);
    }
    long failed = failed(results);
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("succeeded", results.size() - failed);
    all.put("failed", failed);
    all.put("results", each);
    return json(all);
  }

  private static long failed(List<Result> results) {
    return results.stream().filter(result -> result.error() != null).count();
  }

  private static List<String> json(Map<String, @Nullable Object> all) throws StorageException {
    return Json.text(all).lines().toList();
  }
}
