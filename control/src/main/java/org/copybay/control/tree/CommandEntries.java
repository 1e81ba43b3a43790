package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.report.ErrorLog;
import org.jspecify.annotations.Nullable;

/** commands/: one text for each verb, and a table of all. */
record CommandEntries(Commands commands, ErrorLog errors) implements ControlDirectory.Entries {
  @Override
  public List<String> names() {
    return commands.helpFiles();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    String text = commands.help(name);
    return text == null ? null : new TextFile("commands/" + name, errors, caller -> text);
  }
}
