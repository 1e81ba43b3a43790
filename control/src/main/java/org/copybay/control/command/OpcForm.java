package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.control.command.OpcFlag.Operand;
import org.jspecify.annotations.Nullable;

/**
 * One way to write a command of QuickOPC: one of the original (ETERNUS SF AdvancedCopy Manager,
 * commands acopc, accopy, acgroup, acpair and acinhibit), or quickopc with a word.
 *
 * @param name its words before the first flag, as in acopc start
 * @param verb of the modern command
 * @param what what the modern command has besides, as in action=create, or empty
 * @param flags that it takes
 * @param grammar the whole of it on one line
 * @param plainTaken whether plain words stay, as words of the modern command
 */
record OpcForm(
    String name,
    String verb,
    String what,
    List<OpcFlag> flags,
    String grammar,
    boolean plainTaken) {
  private static final OpcFlag G = new OpcFlag("-g", Operand.NAME, "group", "GROUP");
  private static final OpcFlag P = new OpcFlag("-p", Operand.PAIR, "pair", "PAIR");
  private static final OpcFlag P_NEW = new OpcFlag("-p", Operand.NEW_PAIR, "pair", "SRC:DST");
  private static final OpcFlag S = new OpcFlag("-s", Operand.VOLUME, "source", "SRC");
  private static final OpcFlag D = new OpcFlag("-d", Operand.VOLUME, "target", "DST");
  private static final OpcFlag V = new OpcFlag("-v", Operand.VOLUME, "volume", "VOLUME");
  private static final OpcFlag A = new OpcFlag("-a", Operand.UNUSED, "", "ARRAY");
  private static final OpcFlag TYPE = new OpcFlag("-type", Operand.NAME, "type", "QuickOPC|OPC");
  private static final OpcFlag WHERE = new OpcFlag("-type", Operand.ONE_OF, "", "local|all");
  private static final OpcFlag DIFF = new OpcFlag("-diff", Operand.NONE, "mode", "diff");
  private static final OpcFlag AUTO = new OpcFlag("-auto", Operand.NONE, "mode", "auto");
  private static final OpcFlag BACK = new OpcFlag("-r", Operand.NONE, "mode", "restore");
  private static final OpcFlag OF_BACK = new OpcFlag("-r", Operand.NONE, "restore", "yes");
  private static final OpcFlag CONCUR = new OpcFlag("-concur", Operand.NONE, "concurrent", "yes");
  private static final OpcFlag FORCE = new OpcFlag("-force", Operand.NONE, "force", "yes");
  private static final OpcFlag XML = new OpcFlag("-xml", Operand.NONE, "format", "xml");
  private static final OpcFlag JSON = new OpcFlag("-json", Operand.NONE, "format", "json");
  private static final OpcFlag DRY = new OpcFlag("-n", Operand.NONE, "dry-run", "yes");

  private static final List<OpcFlag> START = List.of(G, P, DIFF, AUTO, BACK, CONCUR, XML, JSON);
  private static final List<OpcFlag> QUERY = List.of(G, P, OF_BACK, XML, JSON);
  private static final List<OpcFlag> CANCEL = List.of(G, P, FORCE, OF_BACK, XML, JSON);

  /** The first word of lines that are modern but for their blanks and flags. */
  static final String MODERN = "quickopc";

  /** Flags of which there can be one. */
  private static final List<List<String>> APART =
      List.of(
          List.of("-diff", "-auto", "-r"),
          List.of("-concur", "-p"),
          List.of("-concur", "-r"),
          List.of("-xml", "-json"));

  /** Every form, in the order of the documentation. */
  static final List<OpcForm> ALL = all();

  OpcForm {
    flags = List.copyOf(flags);
  }

  /** Whether two flags exclude each other. */
  static boolean apart(String one, String other) {
    return APART.stream().anyMatch(some -> some.contains(one) && some.contains(other));
  }

  /** The flag of that name, or null. */
  @Nullable OpcFlag flag(String wanted) {
    return flags.stream().filter(flag -> flag.name().equals(wanted)).findFirst().orElse(null);
  }

  /** The word before the first blank. */
  String command() {
    return name.substring(0, name.indexOf(' '));
  }

  /** The word behind it. */
  String word() {
    return name.substring(name.indexOf(' ') + 1);
  }

  private static List<OpcForm> all() {
    return Stream.of(copies(), groups(), pairs(), inhibits(), moderns())
        .flatMap(List::stream)
        .toList();
  }

  private static List<OpcForm> copies() {
    return List.of(
        original(
            "acopc start",
            "quickopc-start",
            "",
            with(DRY, START),
            "acopc start -g GROUP [-p PAIR] [-diff|-auto|-r] [-concur] [-xml]"),
        original(
            "acopc query",
            "quickopc-query",
            "",
            QUERY,
            "acopc query -g GROUP [-p PAIR] [-r] [-xml|-json]"),
        original(
            "acopc cancel",
            "quickopc-cancel",
            "",
            with(DRY, CANCEL),
            "acopc cancel -g GROUP [-p PAIR] [-force] [-r] [-xml]"),
        original(
            "accopy query",
            "quickopc-query",
            "what=sessions",
            List.of(A, WHERE, XML, JSON),
            "accopy query [-a ARRAY] [-type local|all] [-xml]"));
  }

  private static List<OpcForm> groups() {
    String verb = "quickopc-group";
    return List.of(
        original(
            "acgroup create",
            verb,
            "action=create",
            List.of(G, TYPE, A),
            "acgroup create -g GROUP [-type QuickOPC|OPC] [-a ARRAY]"),
        original("acgroup delete", verb, "action=delete", List.of(G), "acgroup delete -g GROUP"),
        original("acgroup query", verb, "action=list", List.of(G), "acgroup query [-g GROUP]"));
  }

  private static List<OpcForm> pairs() {
    String verb = "quickopc-pair";
    return List.of(
        original(
            "acpair add",
            verb,
            "action=add",
            List.of(G, P_NEW, S, D),
            "acpair add -g GROUP -p SRC:DST, or -p PAIR -s SRC -d DST"),
        original(
            "acpair remove",
            verb,
            "action=remove",
            List.of(G, P),
            "acpair remove -g GROUP -p PAIR"),
        original("acpair query", verb, "action=list", List.of(G), "acpair query -g GROUP"));
  }

  private static List<OpcForm> inhibits() {
    String verb = "quickopc-inhibit";
    return List.of(
        original("acinhibit set", verb, "action=set", List.of(V), "acinhibit set -v VOLUME"),
        original("acinhibit unset", verb, "action=unset", List.of(V), "acinhibit unset -v VOLUME"),
        original("acinhibit query", verb, "action=list", List.of(), "acinhibit query"));
  }

  private static List<OpcForm> moderns() {
    List<OpcFlag> ofPair = List.of(G, P);
    return List.of(
        modern("start", START),
        modern("query", QUERY),
        modern("cancel", CANCEL),
        modern("group", List.of(G, TYPE)),
        modern("pair", List.of(G, P_NEW, S, D)),
        modern("inhibit", List.of(V)),
        modern("stop-tracking", ofPair),
        modern("undo", ofPair),
        modern("verify", ofPair),
        modern("pause", ofPair),
        modern("resume", ofPair),
        modern("rate", ofPair),
        modern("set", List.of()),
        modern("accept-partial", List.of(V)),
        modern("diff", List.of(G, P, XML, JSON)));
  }

  private static OpcForm original(
      String name, String verb, String what, List<OpcFlag> flags, String grammar) {
    return new OpcForm(name, verb, what, flags, grammar, false);
  }

  private static OpcForm modern(String word, List<OpcFlag> own) {
    String name = MODERN + " " + word;
    List<OpcFlag> flags = with(DRY, own);
    StringBuilder grammar = new StringBuilder(name);
    flags.forEach(flag -> grammar.append(" [").append(flag.shown()).append(']'));
    grammar.append(" [KEY=VALUE …]; cat .control/commands/quickopc-").append(word);
    return new OpcForm(name, "quickopc-" + word, "", flags, grammar.toString(), true);
  }

  private static List<OpcFlag> with(OpcFlag one, List<OpcFlag> others) {
    List<OpcFlag> all = new ArrayList<>(others);
    all.add(one);
    return all;
  }
}
