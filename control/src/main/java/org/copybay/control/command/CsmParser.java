package org.copybay.control.command;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the command lines of the original (IBM Copy Services Manager: csmcli, and the commands of a
 * session by their names), and lines such as {@code safeguarded backup}, into the commands of the
 * modern dialect that mean the same, so that all checks are in one place. The columns stay those of
 * the written line. Any thread may call.
 */
final class CsmParser {
  private static final String SAFEGUARDED = "safeguarded";

  /** The first words of lines, wherever they are written. */
  private static final Set<String> FIRST =
      Stream.of(
              Stream.of(SAFEGUARDED),
              CsmForm.CSMCLI.stream().map(CsmForm::name),
              CsmForm.PHRASES.keySet().stream()
                  .map(words -> words.get(0))
                  .filter(word -> !word.equals("restore"))) // also a word that others may want
          .flatMap(words -> words)
          .collect(Collectors.toUnmodifiableSet());

  private CsmParser() {}

  /**
   * Whether a line is one of these, by its first word, in any case; to be asked before the other
   * dialects are.
   *
   * @param inRoom whether it was written to the ctl of all safeguarded sessions or of one, where
   *     safeguarded goes without saying
   */
  static boolean takes(String line, boolean inRoom) {
    List<String> words = DclLine.bareWords(unquoted(line, inRoom));
    if (words == null) {
      return false;
    }
    String first = words.get(0).toLowerCase(Locale.ROOT);
    boolean word = first.equals("restore") || CsmForm.WORDS.contains(first);
    return FIRST.contains(first) || (inRoom && word);
  }

  /** A name in quotes at the beginning, as "Expire Backup", with blanks in place of the quotes. */
  private static String unquoted(String line, boolean inRoom) {
    int start = 0;
    while (start < line.length() && (line.charAt(start) == ' ' || line.charAt(start) == '\t')) {
      start++;
    }
    int end = line.indexOf('"', start + 1);
    if (!inRoom || start == line.length() || line.charAt(start) != '"' || end < 0) {
      return line;
    }
    return line.substring(0, start)
        + ' '
        + line.substring(start + 1, end)
        + ' '
        + line.substring(end + 1);
  }

  /** The command that the line means, which {@link #takes} was asked for. */
  static Command parse(String line, boolean inRoom) throws RefusedException {
    Command written = LineParser.parse(unquoted(line, inRoom));
    if (written == null) {
      throw RefusedException.badRequest(0, "a command begins with a verb");
    }
    List<Argument> words = written.arguments();
    String first = written.verb();
    for (CsmForm form : CsmForm.CSMCLI) {
      if (form.name().equals(first)) {
        return new CsmLine(line, written, form).translate(words, false);
      }
    }
    if (first.equals(SAFEGUARDED)) {
      return modern(line, written);
    }
    for (Map.Entry<List<String>, String> phrase : CsmForm.PHRASES.entrySet()) {
      int more = phrase.getKey().size() - 1;
      if (says(written, phrase.getKey())) {
        CsmForm form = CsmForm.modern(phrase.getValue());
        return new CsmLine(line, written, form).translate(words.subList(more, words.size()), true);
      }
    }
    return new CsmLine(line, written, CsmForm.modern(first)).translate(words, true);
  }

  private static boolean says(Command written, List<String> phrase) {
    List<Argument> words = written.arguments();
    boolean same = written.verb().equals(phrase.get(0)) && words.size() >= phrase.size() - 1;
    for (int i = 1; same && i < phrase.size(); i++) {
      Argument word = words.get(i - 1);
      same =
          word.form() == Argument.Form.PLAIN
              && word.items().size() == 1
              && word.items().get(0).equalsIgnoreCase(phrase.get(i));
    }
    return same;
  }

  /** A line with safeguarded before its word. */
  private static Command modern(String line, Command written) throws RefusedException {
    List<Argument> words = written.arguments();
    String all = SAFEGUARDED + " " + String.join("|", CsmForm.WORDS) + " …";
    if (words.isEmpty() || words.get(0).form() != Argument.Form.PLAIN) {
      int place = words.isEmpty() ? line.stripTrailing().length() : words.get(0).column();
      throw RefusedException.badRequest(place, "safeguarded needs a word first", all);
    }
    String word = words.get(0).text().toLowerCase(Locale.ROOT);
    if (!CsmForm.WORDS.contains(word)) {
      String nearest = NearestWord.to(word, CsmForm.WORDS);
      throw RefusedException.badRequest(
          words.get(0).column(),
          "unknown word "
              + words.get(0).text()
              + " of safeguarded"
              + (nearest == null ? "" : "; the nearest is " + nearest),
          nearest == null ? all : CsmForm.modern(nearest).grammar());
    }
    return new CsmLine(line, written, CsmForm.modern(word))
        .translate(words.subList(1, words.size()), false);
  }
}
