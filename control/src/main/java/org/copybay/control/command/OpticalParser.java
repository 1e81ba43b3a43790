package org.copybay.control.command;

import java.util.List;
import java.util.Locale;

/**
 * Turns lines such as {@code optical initialize volume=A} into the commands that they name, as do
 * lines without optical in the ctl of the optical directory or of an optical volume. The columns
 * stay those of the written line. Any thread may call.
 */
final class OpticalParser {
  private static final String FIRST = "optical";

  /** The words behind optical. */
  static final List<String> WORDS =
      List.of(
          "device",
          "load",
          "unload",
          "flip",
          "add",
          "remove",
          "destroy",
          "initialize",
          "change",
          "convert",
          "check",
          "show",
          "duplicate",
          "rotation",
          "rotate");

  private OpticalParser() {}

  /**
   * Whether a line is one of these, by its first word, in any case.
   *
   * @param inRoom whether it was written where optical goes without saying
   */
  static boolean takes(String line, boolean inRoom) {
    List<String> words = DclLine.bareWords(line);
    if (words == null) {
      return false;
    }
    String first = words.get(0).toLowerCase(Locale.ROOT);
    return first.equals(FIRST) || (inRoom && WORDS.contains(first));
  }

  /** The command that the line means, which {@link #takes} was asked for. */
  static Command parse(String line) throws RefusedException {
    Command written = LineParser.parse(line);
    if (written == null) {
      throw RefusedException.badRequest(0, "a command begins with a verb");
    }
    List<Argument> words = written.arguments();
    if (!written.verb().equals(FIRST)) {
      return command(written, written.verb(), words);
    }
    String all = FIRST + " " + String.join("|", WORDS) + " …";
    if (words.isEmpty() || words.get(0).form() != Argument.Form.PLAIN) {
      int place = words.isEmpty() ? line.stripTrailing().length() : words.get(0).column();
      throw RefusedException.badRequest(place, "optical needs a word first", all);
    }
    Argument second = words.get(0);
    String word = second.text().toLowerCase(Locale.ROOT);
    if (!WORDS.contains(word)) {
      String nearest = NearestWord.to(word, WORDS);
      int end = second.column() + second.text().length();
      throw RefusedException.badRequest(
          second.column(),
          "unknown word "
              + second.text()
              + " of optical"
              + (nearest == null ? "" : "; the nearest is " + nearest),
          nearest == null || second.quoted()
              ? all
              : line.substring(0, second.column()) + nearest + line.substring(end));
    }
    return command(written, word, words.subList(1, words.size()));
  }

  private static Command command(Command written, String word, List<Argument> arguments) {
    return new Command(
        written.line(), Verb.OPTICAL + word, written.verbColumn(), arguments, true, List.of());
  }
}
