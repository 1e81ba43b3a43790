package org.copybay.fs.mount;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.copybay.control.cli.CheckReport;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;

/** The verb check: looks at a bay that nobody has mounted, and says what it found. */
final class CheckBay {
  private CheckBay() {}

  /**
   * Looks at all of it and prints the report.
   *
   * @param powerLoss whether the end of the last mount is taken for a loss of power, whatever it
   *     was
   * @param readData whether all data is read as well
   * @param json whether the report is JSON
   * @return the exit status
   * @throws StorageException NOT_FOUND, BUSY, UNSUPPORTED: it could not be looked at
   */
  static int run(Path bay, boolean powerLoss, boolean readData, boolean json, PrintWriter out)
      throws StorageException {
    Path realBay = MountPlace.bay(bay);
    BayCheck.requireBay(realBay);
    BayLock.takeToLook(realBay);
    RecoverMode recover = powerLoss ? RecoverMode.POWER : RecoverMode.AUTO;
    Findings findings = BayCheck.run(realBay, new CheckOptions(recover, readData));
    String name = realBay.toString();
    out.print(json ? CheckReport.json(name, findings) : CheckReport.text(name, findings));
    out.flush();
    return CheckReport.status(findings);
  }
}
