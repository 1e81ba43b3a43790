package org.copybay.control.command;

import org.copybay.copy.library.Tapes;

/**
 * Turns the commands of HP Data Protector for media and media pools into the commands of the modern
 * dialect that mean the same, so that all checks are in one place. The columns stay those of the
 * written line. Any thread may call.
 */
final class OmniParser {
  private final Tapes tapes;

  OmniParser(Tapes tapes) {
    this.tapes = tapes;
  }

  /** Whether a line is of Data Protector, by its first word, in any case. */
  boolean takes(String line) {
    var words = DclLine.bareWords(line);
    return words != null && !OmniForm.of(words.get(0)).isEmpty();
  }

  /** The command that the line means, which {@link #takes} was asked for. */
  Command parse(String line) throws RefusedException {
    Command written = LineParser.parse(line);
    if (written == null) {
      throw RefusedException.badRequest(0, "a command begins with a verb");
    }
    var forms = OmniForm.of(written.verb());
    Argument first = written.arguments().isEmpty() ? null : written.arguments().get(0);
    String action = first == null ? "" : first.name();
    OmniForm form = OmniForm.find(written.verb(), action);
    if (form == null) {
      var actions = forms.stream().map(OmniForm::action).toList();
      String all = written.verb() + " " + String.join("|", actions) + " …";
      if (first == null || first.form() != Argument.Form.FLAG) {
        int place = first == null ? line.stripTrailing().length() : first.column();
        throw RefusedException.badRequest(place, written.verb() + " needs an option first", all);
      }
      throw RefusedException.unknownFlag(first, written.verb(), actions, all);
    }
    int begun = form.action().isEmpty() ? 0 : 1;
    var words = written.arguments().subList(begun, written.arguments().size());
    return new OmniLine(written, form, tapes).translate(words);
  }
}
