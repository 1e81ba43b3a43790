package org.copybay.control.tree;

import org.copybay.control.report.ErrorLog;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.Sets;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.jspecify.annotations.Nullable;

/**
 * quickopc/GROUP/PAIR/: the files about one pair, the one that has this name when a file is opened.
 * A file of one value counts nothing but that value.
 */
final class PairFiles {
  private final Bay bay;
  private final QuickOpc opc;
  private final String group;
  private final String pair;
  private final ErrorLog errors;

  PairFiles(Bay bay, QuickOpc opc, String group, String pair, ErrorLog errors) {
    this.bay = bay;
    this.opc = opc;
    this.group = group;
    this.pair = pair;
    this.errors = errors;
  }

  /** The directory with these files and that ctl. */
  ControlDirectory directory(CtlFile ctl) {
    return new ControlDirectory(
        path(),
        new FixedEntries()
            .add(ctl)
            .add(value("source", now -> QuickOpcPages.name(now.source())))
            .add(value("target", now -> QuickOpcPages.name(now.target())))
            .add(value("phase", now -> now.phase().state()))
            .add(value("percent", PairStatus::percent))
            .add(value("tracked_source", now -> now.regions(Sets.Which.TS)))
            .add(value("tracked_target", now -> now.regions(Sets.Which.TD)))
            .add(value("status", PairStatus::status))
            .add(text("status.json", now -> QuickOpcPages.pair(now).json()))
            .add(text("info", now -> QuickOpcPages.pair(now).text()))
            .add(text("diff", now -> SetsText.of(now.forward()).lines()))
            .add(text("diff.json", now -> SetsText.of(now.forward()).json())));
  }

  private String path() {
    return "quickopc/" + group + "/" + pair;
  }

  /** Tells one fact. */
  @FunctionalInterface
  private interface Fact {
    @Nullable Object of(PairStatus pair);
  }

  private TextFile value(String name, Fact fact) {
    return text(name, now -> new Page().put(name, fact.of(now)).value(name));
  }

  /** Renders a pair. */
  @FunctionalInterface
  private interface Rendering {
    String of(PairStatus pair) throws StorageException;
  }

  private TextFile text(String name, Rendering rendering) {
    return new TextFile(path() + "/" + name, errors, caller -> rendering.of(look()));
  }

  private PairStatus look() throws StorageException {
    PairRecord found = opc.groups().findPair(group, pair);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no " + path() + " below .control", "ls .control/quickopc");
    }
    return PairStatus.of(bay, opc, found);
  }
}
