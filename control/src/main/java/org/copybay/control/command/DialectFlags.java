package org.copybay.control.command;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The flags of one line of another dialect, each of them at most once. One thread. */
final class DialectFlags {
  private final String form;
  private final List<DialectFlag> known;
  private final String grammar;
  private final Set<String> given = new HashSet<>();

  /**
   * Of a line.
   *
   * @param form what its command is called
   * @param known those that it takes
   * @param grammar the whole of it on one line
   */
  DialectFlags(String form, List<DialectFlag> known, String grammar) {
    this.form = form;
    this.known = known;
    this.grammar = grammar;
  }

  /** The flag that was written. BAD_REQUEST: it is none, or was written before. */
  DialectFlag take(Argument word) throws RefusedException {
    DialectFlag flag =
        known.stream().filter(each -> each.name().equals(word.name())).findFirst().orElse(null);
    if (flag == null) {
      List<String> names = known.stream().map(DialectFlag::name).toList();
      throw RefusedException.unknownFlag(word, form, names, grammar);
    }
    if (!given.add(word.name())) {
      throw RefusedException.badRequest(word.column(), word.name() + " is given twice", grammar);
    }
    return flag;
  }

  /** The value behind a flag. BAD_REQUEST: there is none. */
  Argument value(DialectFlag flag, Argument word, @Nullable Argument next) throws RefusedException {
    if (next == null || next.form() != Argument.Form.PLAIN) {
      throw RefusedException.badRequest(
          word.column(), flag.name() + " needs a value behind it: " + flag.value(), grammar);
    }
    return next;
  }
}
