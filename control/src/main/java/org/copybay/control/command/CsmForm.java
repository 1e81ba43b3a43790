package org.copybay.control.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One way to write a command of safeguarded sessions: a command of csmcli, a command of a session
 * in the words of the original (IBM Copy Services Manager, Safeguarded Copy commands), or
 * safeguarded with a word.
 *
 * @param name its words
 * @param verb of the modern command, behind {@link Verb#SAFEGUARDED}; empty where a flag says it
 * @param flags that it takes
 * @param operand what stands at the end, or empty for words of the modern command
 */
record CsmForm(String name, String verb, List<DialectFlag> flags, String operand) {
  /** The flag that says the command. */
  static final String ACTION = "-action";

  private static final String SESSION = "SESSION";
  private static final DialectFlag DRY = DialectFlag.alone("-n", "dry-run", "yes");
  private static final DialectFlag QUIET = DialectFlag.alone("-quiet", "", "");
  private static final DialectFlag BACKUP_ID = DialectFlag.with("-backupid", "backup", "ID");
  private static final DialectFlag ONLY = DialectFlag.alone("-only", "only", "yes");
  private static final DialectFlag FORCE = DialectFlag.alone("-force", "force", "yes");
  private static final DialectFlag H1 = DialectFlag.with("-h1", "volume", "VOLUME");
  private static final DialectFlag R1 = DialectFlag.with("-r1", "recovery", "VOLUME");
  private static final DialectFlag CPTYPE = DialectFlag.oneOf("-cptype", "", "sgc");

  private static final DialectFlag JSON = DialectFlag.alone("-json", "format", "json");
  private static final DialectFlag XML = DialectFlag.alone("-xml", "format", "xml");

  /** How a table is printed. */
  private static final List<DialectFlag> PRINTED =
      List.of(
          DialectFlag.alone("-s", "", ""),
          DialectFlag.oneOf("-fmt", "format", "default=text|text|xml|delim|stanza|json"),
          DialectFlag.with("-delim", "delimiter", "CHARACTER"),
          DialectFlag.oneOf("-hdr", "header", "on=yes|off=no"),
          DialectFlag.oneOf("-p", "", "on|off"),
          DialectFlag.oneOf("-v", "", "on|off"),
          JSON,
          XML);

  private static final DialectFlag LONG = DialectFlag.alone("-l", "long", "yes");
  private static final DialectFlag PLAIN_LONG = DialectFlag.alone("-l", "", "");

  /** The commands of csmcli, in the order of the documentation. */
  static final List<CsmForm> CSMCLI =
      List.of(
          new CsmForm("mksess", "create", List.of(CPTYPE, QUIET, DRY), SESSION),
          new CsmForm("rmsess", "delete", List.of(QUIET, DRY), SESSION),
          new CsmForm("mkcpset", "add", List.of(H1, R1, QUIET, DRY), SESSION),
          new CsmForm("rmcpset", "remove", List.of(H1, QUIET, DRY), SESSION),
          new CsmForm(
              "cmdsess",
              "",
              List.of(DialectFlag.with(ACTION, "", "ACTION"), BACKUP_ID, ONLY, FORCE, QUIET, DRY),
              SESSION),
          new CsmForm(
              "lsbackups",
              "lsbackups",
              printed(LONG, BACKUP_ID, DialectFlag.oneOf("-role", "", "h1")),
              SESSION),
          new CsmForm("lsrecoveredbackups", "lsrecovered", printed(PLAIN_LONG), SESSION),
          new CsmForm("showsess", "showsess", printed(PLAIN_LONG), SESSION),
          new CsmForm("lssess", "list", printed(PLAIN_LONG), ""));

  /** The commands of a session in the words of the original, each with the modern word. */
  static final Map<List<String>, String> PHRASES = phrases();

  /** The words behind safeguarded. */
  static final List<String> WORDS =
      List.of(
          "create",
          "delete",
          "add",
          "remove",
          "set",
          "backup",
          "lock",
          "hold",
          "release",
          "refresh",
          "accept-clock",
          "discard-evidence",
          "expire",
          "terminate",
          "recover",
          "restore",
          "initiate-background-copy",
          "terminate-h1r1",
          "verify",
          "lsbackups",
          "lsrecovered",
          "showsess",
          "list",
          "lsrequests",
          "approve",
          "reject",
          "cancel");

  CsmForm {
    flags = List.copyOf(flags);
  }

  private static List<DialectFlag> printed(DialectFlag... own) {
    List<DialectFlag> all = new ArrayList<>(List.of(own));
    all.addAll(PRINTED);
    return all;
  }

  private static Map<List<String>, String> phrases() {
    Map<List<String>, String> all = new LinkedHashMap<>(); // the longer one of two comes first
    all.put(List.of("backup"), "backup");
    all.put(List.of("recover", "backup"), "recover");
    all.put(List.of("recover"), "recover");
    all.put(List.of("initiate", "background", "copy"), "initiate-background-copy");
    all.put(List.of("initiatebackgroundcopy"), "initiate-background-copy");
    all.put(List.of("expire", "backup"), "expire");
    all.put(List.of("expire"), "expire");
    all.put(List.of("terminate", "h1r1"), "terminate-h1r1");
    all.put(List.of("terminateh1r1"), "terminate-h1r1");
    all.put(List.of("refresh", "states"), "refresh");
    all.put(List.of("refresh"), "refresh");
    all.put(List.of("terminate"), "terminate");
    all.put(List.of("restore", "backup", "to", "production"), "restore");
    all.put(List.of("restore", "backup"), "restore");
    return all;
  }

  /** The form of a modern word, whether or not safeguarded stands before it. */
  static CsmForm modern(String word) {
    List<DialectFlag> flags = new ArrayList<>();
    switch (word) {
      case "expire" -> flags.add(ONLY);
      case "terminate", "terminate-h1r1" -> flags.add(FORCE);
      case "recover" -> {
        flags.add(DialectFlag.alone("-nocopy", "copy", "nocopy"));
        flags.add(DialectFlag.alone("-background", "copy", "background"));
        flags.add(DialectFlag.alone("-replace", "replace", "yes"));
      }
      case "lsbackups" -> flags.addAll(List.of(LONG, JSON, XML));
      case "lsrecovered", "showsess", "list", "lsrequests" -> flags.addAll(List.of(JSON, XML));
      default -> {}
    }
    flags.add(DRY);
    return new CsmForm("safeguarded " + word, word, flags, "");
  }

  /** The form of an action of cmdsess, or null: its word in any case, with or without blanks. */
  static @Nullable String action(String text) {
    String letters = text.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    for (Map.Entry<List<String>, String> each : PHRASES.entrySet()) {
      if (String.join("", each.getKey()).equals(letters)) {
        return each.getValue();
      }
    }
    return null;
  }

  /** The actions of cmdsess. */
  static List<String> actions() {
    return PHRASES.keySet().stream().map(words -> String.join("_", words)).toList();
  }

  /** The whole of it on one line. */
  String grammar() {
    String all =
        flags.stream().map(flag -> " [" + flag.shown() + "]").collect(Collectors.joining());
    String end = operand.isEmpty() ? "" : " " + operand;
    String help = verb.isEmpty() ? "" : "; cat .control/commands/" + Verb.SAFEGUARDED + verb;
    return name + all + end + help;
  }
}
