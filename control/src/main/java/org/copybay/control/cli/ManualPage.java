package org.copybay.control.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of the whole command line, in the troff of man(7), from the usage texts. */
final class ManualPage {
  private final CommandSpec root;
  private final StringBuilder page = new StringBuilder();

  ManualPage(CommandSpec root) {
    this.root = root;
  }

  String text() {
    // The first line is how libexec/install knows its own page.
    line(".\\\" Made by copybay manual");
    line(".TH COPYBAY 1 \"\" \"Copybay\" \"User Commands\"");
    line(".SH NAME");
    line("copybay \\- disk volumes as files, copy services as control files");
    line(".SH SYNOPSIS");
    line(".B copybay");
    line("COMMAND [WORDS]");
    line(".SH DESCRIPTION");
    paragraphs(root.usageMessage().description());
    paragraphs(
        "The verbs from status to export work by the control files of a mounted bay, as cat and"
            + " echo do. They take the bay of --at, else the one around the current directory,"
            + " else that of COPYBAY_AT, else the only one that is mounted.");
    line(".SH COMMANDS");
    root.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(verb -> !verb.usageMessage().hidden())
        .forEach(this::verb);
    ends();
    return page.toString();
  }

  private void verb(CommandSpec verb) {
    line(".SS " + escaped("copybay " + verb.name()));
    Help help = new Help(verb, Help.defaultColorScheme(Help.Ansi.OFF));
    line(escaped(help.synopsis(0).strip().replaceAll("\\s+", " ")));
    line(".PP");
    paragraphs(verb.usageMessage().description());
    for (PositionalParamSpec parameter : verb.positionalParameters()) {
      argument(parameter.paramLabel(), parameter);
    }
    for (OptionSpec option : verb.options()) {
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        argument(String.join(", ", option.names()) + label, option);
      }
    }
    if (verb.usageMessage().footerHeading().contains("Examples")) {
      line(".PP");
      line("Examples:");
      verbatim(verb.usageMessage().footer());
    }
  }

  private void argument(String head, ArgSpec argument) {
    line(".TP");
    line(".B " + escaped(head));
    paragraphs(argument.description());
  }

  private void ends() {
    line(".SH EXIT STATUS");
    root.usageMessage()
        .exitCodeList()
        .forEach(
            (code, meaning) -> {
              line(".TP");
              line(".B " + escaped(code.strip()));
              paragraphs(meaning);
            });
    line(".SH ENVIRONMENT");
    line(".TP");
    line(".B COPYBAY_AT");
    paragraphs(
        "The mount point of the bay that is meant where neither --at nor the current directory says it.");
    line(".SH SEE ALSO");
    line(".BR mount (8),");
    line(".BR fuse (4)");
    paragraphs("The control files tell about themselves: .control/README in a mounted bay.");
  }

  private void paragraphs(String... texts) {
    for (String text : texts) {
      line(escaped(String.format(text)));
    }
  }

  private void verbatim(String... lines) {
    line(".PP");
    line(".nf");
    for (String one : List.of(lines)) {
      line(escaped(String.format(one)));
    }
    line(".fi");
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  /** As text: no request at its beginning, every dash one that can be typed. */
  static String escaped(String text) {
    String plain = text.replace("\\", "\\e").replace("-", "\\-");
    return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
  }
}
