package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.control.report.AuditLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bay and the commands that can be given to it. */
abstract class InterpreterFixture {
  private static final Owner OWNER = new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid());

  @TempDir Path directory;

  OpenBay open;
  AuditLog audit;
  Interpreter interpreter;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    start();
  }

  void start() throws Exception {
    Clock clock = open.clock();
    AcceptedIds accepted = new AcceptedIds(open.bay().catalogue(), open.jobs(), clock);
    accepted.createTable();
    audit = new AuditLog(open.bay().audit());
    interpreter =
        new Interpreter(
            table(open), accepted, audit, OWNER, Devices.of(open.bay()), open.copy().tapes());
  }

  private static VerbTable table(OpenBay open) {
    return new VerbTable(verbs(open));
  }

  /** The verbs for the bay, its volumes, points and jobs, and for shadow sets. */
  static List<Verb> verbs(OpenBay open) {
    Units units = new Units(open.sets(), OWNER);
    List<Verb> verbs =
        new ArrayList<>(new VolumeVerbs(open.bay(), units, Path.of("/mnt/bay")).verbs());
    verbs.addAll(new PointVerbs(open.bay(), OWNER).verbs());
    verbs.addAll(new BitmapVerbs(open.bay(), units).verbs());
    verbs.addAll(new ShadowMountVerbs(open.bay(), units).verbs());
    verbs.addAll(new ShadowSplitVerbs(open.bay(), units).verbs());
    verbs.addAll(new ShadowVerbs(open.bay(), units).verbs());
    verbs.addAll(
        new JobVerbs(
                open.bay(),
                new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid()),
                open.jobs(),
                open.copy().duplicates(),
                open.copy().checks())
            .verbs());
    return verbs;
  }

  /** Those, and the verbs for tapes, optical volumes and safeguarded sessions. */
  static List<Verb> moreVerbs(OpenBay open) {
    List<Verb> verbs = verbs(open);
    verbs.addAll(new Opticals(open.bay(), open.copy().optical(), OWNER).verbs());
    verbs.addAll(
        new TapeCommands(
                open.bay(),
                open.copy().tapes(),
                open.copy().smartCopies(),
                open.copy().policies(),
                OWNER,
                new OutsidePath(Path.of("/mnt/bay")))
            .verbs());
    verbs.addAll(new Safeguards(open.bay(), open.copy().safeguarded(), OWNER).verbs());
    return verbs;
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  String run(Scope scope, String line) throws RefusedException {
    return interpreter.run(scope, OpenBay.OWNER, line);
  }

  RefusedException refused(Scope scope, String line) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> run(scope, line));
    assertThat(refused).as(line).isNotNull();
    return refused;
  }
}
