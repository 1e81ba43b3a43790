package org.copybay.control.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** One line of Data Protector on its way to a command of the modern dialect. One thread. */
final class OmniLine {
  private static final String NAME = "name";

  private final Command written;
  private final OmniForm form;
  private final Tapes tapes;
  private final List<Argument> meant = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final DialectFlags flags;
  private final Map<String, Argument> places = new HashMap<>(); // what says where a medium is

  OmniLine(Command written, OmniForm form, Tapes tapes) {
    this.written = written;
    this.form = form;
    this.flags = new DialectFlags(form.shown(), form.flags(), form.grammar());
    this.tapes = tapes;
  }

  /** The command that it means. BAD_REQUEST, NOT_FOUND, NO_MEDIUM. */
  Command translate(List<Argument> words) throws RefusedException {
    int operand = 0;
    for (int i = 0; i < words.size(); i++) {
      Argument word = words.get(i);
      switch (word.form()) {
        case KEYED -> meant.add(word);
        case PLAIN -> mean(operandAt(operand++, word), word);
        case FLAG -> {
          DialectFlag flag = flags.take(word);
          if (flag.operand() == DialectFlag.Operand.NONE) {
            put(flag.key(), flag.value(), word);
          } else {
            i++;
            mean(flag, flags.value(flag, word, i < words.size() ? words.get(i) : null));
          }
        }
      }
    }
    requireAll(operand);
    findMedia();
    form.implied().forEach((key, value) -> imply(key, value));
    return new Command(
        written.line(), "tape-" + form.verb(), written.verbColumn(), meant, true, notices);
  }

  private void imply(String key, String value) {
    if (meant.stream().noneMatch(argument -> argument.name().equals(key))) {
      int column = written.verbColumn();
      meant.add(new Argument(Argument.Form.KEYED, key, List.of(value), false, column, column));
    }
  }

  private int end() {
    return written.line().stripTrailing().length();
  }

  // ---- operands

  private OmniOperand operandAt(int index, Argument word) throws RefusedException {
    if (index < form.operands().size()) {
      return form.operands().get(index);
    }
    throw RefusedException.badRequest(
        word.column(), form.shown() + " does not know what to do with this word", form.grammar());
  }

  private void requireAll(int given) throws RefusedException {
    for (OmniOperand each :
        form.operands().subList(Math.min(given, form.operands().size()), form.operands().size())) {
      if (each.needed()) {
        throw RefusedException.badRequest(
            end(), form.shown() + " needs " + each.name(), form.grammar());
      }
    }
  }

  private void mean(OmniOperand operand, Argument word) throws RefusedException {
    switch (operand.holds()) {
      case MEDIUM -> put(operand.key(), barcode(word), word);
      case MEDIA -> put(operand.key(), media(word.text()), word);
      case POLICY -> meanPolicy(word);
      case TEXT -> meanText(operand, word);
    }
  }

  private void meanText(OmniOperand operand, Argument word) throws RefusedException {
    if (operand.key().isEmpty()) {
      notices.add(
          operand.name() + " has no effect: tape eject says where a medium on the shelf is");
    } else if (operand.key().equals(TapeCommands.LIBRARY) && ofSlot()) {
      places.put(TapeCommands.LIBRARY, word);
    } else if (operand.key().equals(NAME) && hasName()) {
      if (!word.text().equals(meant.get(0).text())) {
        throw RefusedException.badRequest(
            word.column(),
            "a pool keeps its name, want " + meant.get(0).text() + " again",
            form.grammar());
      }
    } else {
      put(operand.key(), word.text(), word);
    }
  }

  private boolean hasName() {
    return !meant.isEmpty() && meant.get(0).name().equals(NAME);
  }

  /** Whether the medium in a slot is meant. */
  private boolean ofSlot() {
    return form.flag(OmniForm.SLOT) != null;
  }

  /** What a kind of media is here: a generation of LTO, or any of them. */
  private static String media(String text) {
    return text.toLowerCase(Locale.ROOT).matches("lto-?ultrium|any") ? "any" : text;
  }

  private void meanPolicy(Argument word) throws RefusedException {
    String policy = word.text().toLowerCase(Locale.ROOT);
    if (!policy.matches("(app\\+)?(loose|strict)")) {
      throw RefusedException.badRequest(
          word.column(),
          "a policy is Loose, Strict, App+Loose or App+Strict, got " + word.text(),
          form.grammar());
    }
    put("appendable", policy.startsWith("app+") ? "yes" : "no", word);
    put("allocation", policy.substring(policy.indexOf('+') + 1), word);
  }

  // ---- flags

  private void mean(DialectFlag flag, Argument value) throws RefusedException {
    if (!flag.key().isEmpty()) {
      put(flag.key(), value.text(), value);
    } else if (flag.name().equals("-size")) {
      notices.add("-size has no effect: a cartridge keeps its capacity");
    } else {
      places.put(flag.name(), value);
    }
  }

  // ---- media

  /** Says which media are in the slots that the line names. */
  private void findMedia() throws RefusedException {
    if (!ofSlot()) {
      return;
    }
    boolean copy = form.flag(OmniForm.FROM) != null;
    Argument library = places.get(TapeCommands.LIBRARY);
    if (copy) {
      Argument from = place(OmniForm.FROM);
      put("from", inSlot(from, place(OmniForm.SOURCE_SLOT)), from);
    }
    if (library != null && copy && !places.containsKey(OmniForm.SLOT)) {
      put(TapeCommands.LIBRARY, library.text(), library);
    } else if (library != null) {
      Argument slot = place(OmniForm.SLOT);
      put(copy ? "to" : TapeCommands.BARCODE, inSlot(library, slot), slot);
    }
  }

  private Argument place(String flag) throws RefusedException {
    Argument found = places.get(flag);
    if (found == null) {
      throw RefusedException.badRequest(end(), form.shown() + " needs " + flag, form.grammar());
    }
    return found;
  }

  private String inSlot(Argument library, Argument slot) throws RefusedException {
    if (!slot.text().matches("[0-9]{1,6}")) {
      throw RefusedException.badRequest(
          slot.column(), "a slot is a number, got " + slot.text(), form.grammar());
    }
    try {
      return tapes
          .changer()
          .inElement(tapes.library(library.text()), Integer.parseInt(slot.text()))
          .barcode();
    } catch (StorageException e) {
      boolean missing = e.fault() == Fault.NOT_FOUND;
      throw new RefusedException(e, missing ? library.column() : slot.column());
    }
  }

  /** The barcode of a medium. NOT_FOUND; BAD_REQUEST where several have that label. */
  private String barcode(Argument word) throws RefusedException {
    String text = word.text();
    List<TapeCartridge> found =
        tapes.cartridges().stream().filter(each -> each.barcode().equals(text)).toList();
    if (found.isEmpty()) {
      found =
          tapes.cartridges().stream()
              .filter(
                  each ->
                      each.row().id().toString().equals(text)
                          || each.row().medium().label().equals(text))
              .toList();
    }
    if (found.size() > 1) {
      throw RefusedException.badRequest(
          word.column(),
          found.size() + " media have the label " + text,
          "the barcode, as " + found.get(0).barcode());
    }
    return found.isEmpty() ? text : found.get(0).barcode(); // the command says that it is missing
  }

  private void put(String key, String value, Argument word) {
    meant.add(
        new Argument(
            Argument.Form.KEYED, key, List.of(value), false, word.column(), word.valueColumn()));
  }
}
