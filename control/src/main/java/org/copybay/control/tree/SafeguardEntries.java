package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.command.SafeguardedFacts;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * safeguard/: files about all safeguarded sessions, and one directory for each. No session can have
 * the name of a file beside it. A file is about the session that has its name when it is opened.
 */
final class SafeguardEntries implements ControlDirectory.Entries {
  private static final String ROOM = "safeguard/";

  private final Safeguarded safeguarded;
  private final SafeguardPages pages;
  private final Commands commands;
  private final ErrorLog errors;
  private final FixedEntries files;

  SafeguardEntries(SafeguardedFacts facts, Commands commands, ErrorLog errors) {
    this.safeguarded = facts.safeguarded();
    this.pages = new SafeguardPages(facts);
    this.commands = commands;
    this.errors = errors;
    files =
        new FixedEntries()
            .add(new CtlFile(Scope.safeguard(), commands))
            .add(new TextFile(ROOM + "status", errors, caller -> pages.status().text()))
            .add(new TextFile(ROOM + "status.json", errors, caller -> pages.status().json()));
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(files.names());
    safeguarded.sessions().forEach(session -> names.add(session.name()));
    return names;
  }

  @Override
  public @Nullable ControlNode find(String name) {
    ControlNode file = files.find(name);
    if (file != null || safeguarded.findOrNull(name) == null) {
      return file;
    }
    return new ControlDirectory(
        ROOM + name,
        new FixedEntries()
            .add(new CtlFile(Scope.session(name), commands))
            .add(text(name, "status", session -> pages.session(session).text()))
            .add(text(name, "status.json", session -> pages.session(session).json()))
            .add(text(name, "state", session -> pages.session(session).value("state")))
            .add(text(name, "situation", session -> pages.session(session).value("situation")))
            .add(text(name, "copysets", pages::copySets))
            .add(text(name, "properties", session -> pages.properties(session).text()))
            .add(text(name, "backups", pages::backups))
            .add(text(name, "backups.json", pages::backupsJson))
            .add(text(name, "evidence", pages::evidence))
            .add(text(name, "evidence.json", pages::evidenceJson))
            .add(text(name, "recoveries", pages::recoveries))
            .add(text(name, "requests", pages::requests))
            .add(text(name, "requests.json", pages::requestsJson))
            .add(text(name, "availablecommands", SafeguardPages::available))
            .add(text(name, "availablecommands.json", SafeguardPages::availableJson)));
  }

  /** Renders a session. */
  @FunctionalInterface
  private interface Rendering {
    String of(SafeguardedSession session) throws StorageException;
  }

  private TextFile text(String session, String name, Rendering rendering) {
    return new TextFile(
        ROOM + session + "/" + name, errors, caller -> rendering.of(safeguarded.find(session)));
  }
}
