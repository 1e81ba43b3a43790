package org.copybay.control.command;

import java.util.List;
import java.util.Locale;

/**
 * Turns lines of a room of the control tree, such as {@code optical initialize volume=A}, into the
 * commands that they name, as do lines without the first word in the ctl files of that room. The
 * columns stay those of the written line. Any thread may call.
 *
 * @param first the first word
 * @param words those that can stand behind it
 */
record RoomParser(String first, List<String> words) {
  /** Optical storage. */
  static final RoomParser OPTICAL =
      new RoomParser(
          "optical",
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
              "rotate"));

  /** Tape libraries. */
  static final RoomParser TAPE =
      new RoomParser(
          "tape",
          List.of(
              "library",
              "add",
              "destroy",
              "load",
              "unload",
              "transfer",
              "inventory",
              "eject",
              "insert",
              "protect",
              "initialize",
              "mam",
              "copy",
              "restore",
              "policy",
              "queue",
              "set",
              "pool",
              "location",
              "check",
              "show"));

  /**
   * Whether a line is one of these, by its first word, in any case.
   *
   * @param inRoom whether it was written where the first word goes without saying
   */
  boolean takes(String line, boolean inRoom) {
    List<String> bare = DclLine.bareWords(line);
    if (bare == null) {
      return false;
    }
    String begin = bare.get(0).toLowerCase(Locale.ROOT);
    return begin.equals(first) || (inRoom && words.contains(begin));
  }

  /** The command that the line means, which {@link #takes} was asked for. */
  Command parse(String line) throws RefusedException {
    Command written = LineParser.parse(line);
    if (written == null) {
      throw RefusedException.badRequest(0, "a command begins with a verb");
    }
    List<Argument> given = written.arguments();
    if (!written.verb().equals(first)) {
      return command(written, written.verb(), given);
    }
    String all = first + " " + String.join("|", words) + " …";
    if (given.isEmpty() || given.get(0).form() != Argument.Form.PLAIN) {
      int place = given.isEmpty() ? line.stripTrailing().length() : given.get(0).column();
      throw RefusedException.badRequest(place, first + " needs a word first", all);
    }
    Argument second = given.get(0);
    String word = second.text().toLowerCase(Locale.ROOT);
    if (!words.contains(word)) {
      String nearest = NearestWord.to(word, words);
      int end = second.column() + second.text().length();
      throw RefusedException.badRequest(
          second.column(),
          "unknown word "
              + second.text()
              + " of "
              + first
              + (nearest == null ? "" : "; the nearest is " + nearest),
          nearest == null || second.quoted()
              ? all
              : line.substring(0, second.column()) + nearest + line.substring(end));
    }
    return command(written, word, given.subList(1, given.size()));
  }

  private Command command(Command written, String word, List<Argument> arguments) {
    return new Command(
        written.line(), first + "-" + word, written.verbColumn(), arguments, true, List.of());
  }
}
