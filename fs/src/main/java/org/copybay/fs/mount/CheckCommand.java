package org.copybay.fs.mount;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.copybay.control.cli.CheckReport;
import org.copybay.control.cli.ExitStatus;
import org.copybay.control.cli.Output;
import org.copybay.copy.library.TapeCheck;
import org.copybay.copy.optical.OpticalCheck;
import org.copybay.copy.shadow.RebuiltSets;
import org.copybay.copy.shadow.SetCheck;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.check.AuditHeadCheck;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code copybay check}: looks at a bay that nobody has mounted, and says what it found. */
@Command(
    name = "check",
    description =
        "Look at an unmounted bay, changing nothing: 0 in order, 3 not, 1 not looked at. With "
            + "--rebuild make its catalogue anew instead.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BAY", description = "The directory of the bay.")
  private Path bay;

  @ArgGroup private What what = new What();

  /** Either of the two; they exclude each other. */
  static final class What {
    @Option(
        names = "--rebuild",
        description = "Make the catalogue anew from the labels beside the volumes.")
    private boolean rebuild;

    @ArgGroup(exclusive = false)
    private Look look = new Look();
  }

  /** How it is looked at. */
  static final class Look {
    @Option(names = "--power-loss", description = "As if the machine had lost its power.")
    private boolean powerLoss;

    @Option(names = "--read", description = "Also read all data of volumes and tapes.")
    private boolean readData;

    @Option(
        names = "--audit-head",
        paramLabel = "ENTRY:HASH",
        description = "Compare the audit log with what audit_head in .control/status once was.")
    private @Nullable String auditHead;

    @Option(names = "--json", description = "Report as JSON.")
    private boolean json;
  }

  @Override
  public Integer call() throws StorageException {
    if (bay.toString().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "BAY is an empty word");
    }
    Path place = MountPlace.bay(bay);
    return what.rebuild ? rebuild(place) : look(place, what.look);
  }

  private int rebuild(Path place) throws StorageException {
    BayLock.take(place);
    Rebuild.Result result = Rebuild.run(place, Clock.systemUTC());
    List<String> lines = new ArrayList<>(result.lines());
    lines.addAll(RebuiltSets.tell(place));
    int printed = Output.print(String.join("\n", lines) + "\n");
    return printed != ExitStatus.DONE || result.whole() ? printed : ExitStatus.NOT_IN_ORDER;
  }

  private int look(Path place, Look look) throws StorageException {
    BayCheck.requireBay(place);
    AuditHeadCheck kept = look.auditHead == null ? null : AuditHeadCheck.parse(look.auditHead);
    BayLock.takeToLook(place);
    RecoverMode recover = look.powerLoss ? RecoverMode.POWER : RecoverMode.AUTO;
    Findings findings = BayCheck.run(place, new CheckOptions(recover, look.readData));
    if (kept != null) {
      kept.run(place, findings);
    }
    SetCheck.run(place, recover, findings);
    OpticalCheck.run(place, findings);
    TapeCheck.run(place, recover, look.readData, findings);
    String name = place.toString();
    int printed =
        Output.print(
            look.json ? CheckReport.json(name, findings) : CheckReport.text(name, findings));
    return printed == ExitStatus.DONE ? CheckReport.status(findings) : printed;
  }
}
