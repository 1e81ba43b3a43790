package org.copybay.control.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.copybay.control.command.OpcFlag.Operand;
import org.jspecify.annotations.Nullable;

/** One line of AdvancedCopy Manager on its way to a command of the modern dialect. One thread. */
final class OpcLine {
  private final Command written;
  private final OpcForm form;
  private final int wordColumn;
  private final Predicate<String> isVolume;
  private final Map<String, Argument> flags = new LinkedHashMap<>();
  private final List<Argument> arguments = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  /**
   * A line.
   *
   * @param written its words
   * @param form what they are
   * @param wordColumn where the word of its form begins, as start in acopc start
   * @param isVolume whether a volume has that name
   */
  OpcLine(Command written, OpcForm form, int wordColumn, Predicate<String> isVolume) {
    this.written = written;
    this.form = form;
    this.wordColumn = wordColumn;
    this.isVolume = isVolume;
  }

  /** The command that it means. BAD_REQUEST. */
  Command translate(List<Argument> words) throws RefusedException {
    if (!form.what().isEmpty()) {
      String[] what = form.what().split("=", 2);
      put(what[0], what[1], wordColumn, wordColumn);
    }
    @Nullable Argument newPair = null;
    for (int i = 0; i < words.size(); i++) {
      Argument word = words.get(i);
      if (word.form() != Argument.Form.FLAG) {
        keep(word);
        continue;
      }
      OpcFlag flag = known(word);
      @Nullable Argument operand = null;
      if (flag.operand() != Operand.NONE) {
        i++;
        operand = operand(flag, word, i < words.size() ? words.get(i) : null);
      }
      if (flag.operand() == Operand.NEW_PAIR) {
        newPair = operand;
      } else {
        mean(flag, word, operand);
      }
    }
    if (newPair != null) {
      meanNewPair(newPair);
    }
    return new Command(written.line(), form.verb(), written.verbColumn(), arguments, true, notices);
  }

  /** A word that is no flag. */
  private void keep(Argument word) throws RefusedException {
    if (word.form() == Argument.Form.PLAIN && !form.plainTaken()) {
      throw RefusedException.badRequest(
          word.column(), form.name() + " does not know what to do with this word", form.grammar());
    }
    arguments.add(word);
  }

  /** The flag that was written. BAD_REQUEST. */
  private OpcFlag known(Argument word) throws RefusedException {
    OpcFlag flag = form.flag(word.name());
    if (flag == null) {
      List<String> known = form.flags().stream().map(OpcFlag::name).toList();
      throw RefusedException.unknownFlag(word, form.name(), known, form.grammar());
    }
    for (String before : flags.keySet()) {
      if (before.equals(word.name())) {
        throw RefusedException.badRequest(
            word.column(), word.name() + " is given twice", form.grammar());
      }
      if (OpcForm.apart(before, word.name())) {
        throw RefusedException.badRequest(
            word.column(),
            before + " and " + word.name() + " do not go together: one at a time",
            form.grammar());
      }
    }
    flags.put(word.name(), word);
    return flag;
  }

  private Argument operand(OpcFlag flag, Argument word, @Nullable Argument next)
      throws RefusedException {
    if (next == null || next.form() == Argument.Form.FLAG) {
      throw RefusedException.badRequest(
          word.column(), flag.name() + " needs a value behind it: " + flag.value(), form.grammar());
    }
    if (next.form() == Argument.Form.KEYED) {
      throw RefusedException.badRequest(
          next.column(),
          flag.name() + " needs a value behind it; quote one that holds an equals sign",
          form.grammar());
    }
    return next;
  }

  private void mean(OpcFlag flag, Argument word, @Nullable Argument operand)
      throws RefusedException {
    if (operand == null) {
      put(flag.key(), flag.value(), word.column(), word.column());
      return;
    }
    String text = operand.text();
    switch (flag.operand()) {
      case VOLUME -> put(flag.key(), volume(text), word.column(), operand.column());
      case PAIR -> put(flag.key(), pair(text), word.column(), operand.column());
      case UNUSED ->
          notices.add(
              "QOPC4040W: " + flag.name() + " has no effect: the bay is the only disk array");
      case ONE_OF -> requireOneOf(flag, operand, text);
      default -> put(flag.key(), text, word.column(), operand.column());
    }
  }

  private void requireOneOf(OpcFlag flag, Argument operand, String text) throws RefusedException {
    List<String> all = List.of(flag.value().split("\\|"));
    String word = text.toLowerCase(Locale.ROOT);
    if (!all.contains(word)) {
      String nearest = NearestWord.to(word, all);
      throw RefusedException.badRequest(
          operand.column(),
          flag.name()
              + " is one of "
              + String.join(", ", all)
              + (nearest == null ? "" : "; the nearest is " + nearest),
          form.grammar());
    }
  }

  // ---- volumes and pairs

  /** Both volumes where nothing else says them and a pair is added; else its name. */
  private void meanNewPair(Argument operand) throws RefusedException {
    String text = operand.text();
    int column = operand.column();
    boolean named = flags.containsKey("-s") || flags.containsKey("-d") || !isAdding();
    if (named) {
      put("pair", pair(text), column, column);
      return;
    }
    int colon = colon(text, operand);
    if (colon < 0) {
      throw RefusedException.badRequest(
          column, form.name() + " needs both volumes, as in SRC:DST", form.grammar());
    }
    int second = operand.quoted() ? column : column + colon + 1;
    put("source", volume(text.substring(0, colon)), column, column);
    put("target", volume(text.substring(colon + 1)), second, second);
  }

  /** Whether the command adds a pair, and no key says its volumes. */
  private boolean isAdding() {
    boolean keyed =
        arguments.stream().anyMatch(a -> a.name().equals("source") || a.name().equals("target"));
    return !keyed
        && arguments.stream()
            .filter(a -> a.name().equals("action") || a.form() == Argument.Form.PLAIN)
            .limit(1)
            .anyMatch(a -> a.items().equals(List.of("add")));
  }

  /**
   * Where the two names of volumes meet: at the colon with a volume on each side; else at the first
   * with something on each; -1 where there is none.
   */
  private int colon(String text, Argument operand) throws RefusedException {
    List<Integer> meeting = colons(text);
    if (meeting.size() > 1) {
      throw RefusedException.badRequest(
          operand.column(),
          "the volumes of " + text + " may be divided at several colons",
          form.name() + " -p PAIR -s SRC -d DST");
    }
    if (!meeting.isEmpty()) {
      return meeting.get(0);
    }
    int first = text.indexOf(':', 1);
    return first == text.length() - 1 ? -1 : first;
  }

  /** The colons that have a volume on each side. */
  private List<Integer> colons(String text) {
    List<Integer> found = new ArrayList<>();
    for (int at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
      if (isVolume.test(bare(text.substring(0, at)))
          && isVolume.test(bare(text.substring(at + 1)))) {
        found.add(at);
      }
    }
    return found;
  }

  /** The name of a pair; of both of its volumes without what was before them. */
  private String pair(String text) {
    List<Integer> meeting = text.indexOf('/') < 0 ? List.of() : colons(text);
    if (meeting.size() != 1) {
      return text;
    }
    int colon = meeting.get(0);
    return volume(text.substring(0, colon)) + ":" + volume(text.substring(colon + 1));
  }

  /** The name of a volume without the array before it, of which the reply tells. */
  private String volume(String text) {
    String bare = bare(text);
    if (!bare.equals(text)) {
      notices.add("QOPC4041W: " + text + " is taken for volume " + bare);
    }
    return bare;
  }

  /** What is behind the last slash where that is a volume, else all of it. */
  private String bare(String text) {
    String rest = text.substring(text.lastIndexOf('/') + 1);
    return !rest.equals(text) && isVolume.test(rest) ? rest : text;
  }

  private void put(String key, String value, int column, int valueColumn) {
    arguments.add(
        new Argument(Argument.Form.KEYED, key, List.of(value), false, column, valueColumn));
  }
}
