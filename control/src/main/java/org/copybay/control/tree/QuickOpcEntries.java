package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.jspecify.annotations.Nullable;

/**
 * quickopc/: files about all of it, and one directory for each group, which has one directory for
 * each pair. No group and no pair can have the name of a file beside it.
 */
final class QuickOpcEntries implements ControlDirectory.Entries {
  private final Bay bay;
  private final QuickOpc opc;
  private final Commands commands;
  private final ErrorLog errors;
  private final FixedEntries files;

  QuickOpcEntries(Bay bay, QuickOpc opc, Commands commands, ErrorLog errors) {
    this.bay = bay;
    this.opc = opc;
    this.commands = commands;
    this.errors = errors;
    files = files(Scope.quickopc(), "quickopc", () -> QuickOpcPages.status(opc));
  }

  /** Makes a page. */
  @FunctionalInterface
  private interface Paging {
    Page page() throws StorageException;
  }

  /** ctl and both forms of the status. */
  private FixedEntries files(Scope scope, String path, Paging paging) {
    return new FixedEntries()
        .add(new CtlFile(scope, commands))
        .add(new TextFile(path + "/status", errors, caller -> paging.page().text()))
        .add(new TextFile(path + "/status.json", errors, caller -> paging.page().json()));
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(files.names());
    names.addAll(opc.groups().all().keySet());
    return names;
  }

  @Override
  public @Nullable ControlNode find(String name) {
    ControlNode file = files.find(name);
    if (file != null || !opc.groups().all().containsKey(name)) {
      return file;
    }
    return new ControlDirectory("quickopc/" + name, new Group(name));
  }

  /** What is in the directory of a group. */
  private final class Group implements ControlDirectory.Entries {
    private final String group;
    private final FixedEntries ofGroup;

    Group(String group) {
      this.group = group;
      ofGroup =
          files(Scope.group(group), "quickopc/" + group, () -> QuickOpcPages.group(opc, group));
    }

    @Override
    public List<String> names() {
      List<String> names = new ArrayList<>(ofGroup.names());
      opc.groups().pairs(group).stream().map(PairRecord::name).forEach(names::add);
      return names;
    }

    @Override
    public @Nullable ControlNode find(String name) {
      ControlNode file = ofGroup.find(name);
      if (file != null || opc.groups().findPair(group, name) == null) {
        return file;
      }
      return new PairFiles(bay, opc, group, name, errors)
          .directory(new CtlFile(Scope.pair(group, name), commands));
    }
  }
}
