package org.copybay.control.command;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Turns the command lines of the original (ETERNUS SF AdvancedCopy Manager: acopc, acgroup, acpair,
 * acinhibit, accopy), and lines such as {@code quickopc start -diff}, into the commands of the
 * modern dialect that mean the same, so that all checks are in one place. The columns stay those of
 * the written line. Any thread may call.
 */
final class OpcParser {
  /** The first words of lines, in the order of the documentation. */
  private static final List<String> COMMANDS =
      OpcForm.ALL.stream().map(OpcForm::command).distinct().toList();

  /** The words that may begin a line where quickopc goes without saying. */
  private static final Set<String> WORDS =
      formsOf(OpcForm.MODERN).stream().map(OpcForm::word).collect(Collectors.toUnmodifiableSet());

  private final Predicate<String> isVolume;

  /**
   * A parser.
   *
   * @param isVolume whether a volume has that name
   */
  OpcParser(Predicate<String> isVolume) {
    this.isVolume = isVolume;
  }

  /**
   * Whether a line is one of these, by its first word, in any case; to be asked before the other
   * dialects are.
   *
   * @param inQuickOpc whether it was written to the ctl of the QuickOPC room, of a group or of a
   *     pair, where quickopc goes without saying
   */
  static boolean takes(String line, boolean inQuickOpc) {
    List<String> words = DclLine.bareWords(line);
    if (words == null) {
      return false;
    }
    String first = words.get(0).toLowerCase(Locale.ROOT);
    return COMMANDS.contains(first) || (inQuickOpc && WORDS.contains(first));
  }

  private static List<OpcForm> formsOf(String command) {
    return OpcForm.ALL.stream().filter(form -> form.command().equals(command)).toList();
  }

  /** The command that the line means, which {@link #takes} was asked for. */
  Command parse(String line) throws RefusedException {
    Command written = LineParser.parse(line);
    if (written == null) {
      throw RefusedException.badRequest(0, "a command begins with a verb");
    }
    List<Argument> words = written.arguments();
    if (WORDS.contains(written.verb())) {
      int column = written.verbColumn();
      OpcForm form = form(OpcForm.MODERN, written.verb(), column);
      return new OpcLine(written, form, column, isVolume).translate(words);
    }
    if (words.isEmpty() || words.get(0).form() != Argument.Form.PLAIN) {
      int place = words.isEmpty() ? line.stripTrailing().length() : words.get(0).column();
      throw RefusedException.badRequest(
          place, written.verb() + " needs a word first", wordsOf(written.verb()));
    }
    int column = words.get(0).column();
    OpcForm form = form(written.verb(), words.get(0).text(), column);
    return new OpcLine(written, form, column, isVolume).translate(words.subList(1, words.size()));
  }

  /** The form of these words. BAD_REQUEST. */
  private static OpcForm form(String command, String written, int column) throws RefusedException {
    List<OpcForm> forms = formsOf(command);
    String word = written.toLowerCase(Locale.ROOT);
    for (OpcForm form : forms) {
      if (form.word().equals(word)) {
        return form;
      }
    }
    String nearest = NearestWord.to(word, forms.stream().map(OpcForm::word).toList());
    String message = "unknown word " + written + " of " + command;
    if (nearest == null) {
      throw RefusedException.badRequest(column, message, wordsOf(command));
    }
    throw RefusedException.badRequest(
        column, message + "; the nearest is " + nearest, form(command, nearest, column).grammar());
  }

  private static String wordsOf(String command) {
    return command
        + " "
        + formsOf(command).stream().map(OpcForm::word).collect(Collectors.joining("|"))
        + " …";
  }
}
