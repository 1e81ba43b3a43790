package org.copybay.control.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.CopyServices;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.jspecify.annotations.Nullable;

/** The commands of a mounted bay: opens ctl files and explains what can be written to them. */
public final class Commands {
  private final VerbTable verbs;
  private final Interpreter interpreter;
  private final ErrorLog errors;
  private final Turns turns = new Turns();

  private Commands(VerbTable verbs, Interpreter interpreter, ErrorLog errors) {
    this.verbs = verbs;
    this.interpreter = interpreter;
    this.errors = errors;
  }

  /**
   * The commands of one bay.
   *
   * @param owner whose the mount is
   * @param mountPoint where the bay is mounted, absolute and without symbolic links
   */
  public static Commands open(
      Bay bay,
      CopyServices copy,
      ErrorLog errors,
      AuditLog audit,
      Clock clock,
      Owner owner,
      Path mountPoint)
      throws StorageException {
    AcceptedIds accepted = new AcceptedIds(bay.catalogue(), copy.jobs(), clock);
    accepted.createTable();
    Units units = new Units(copy.sets(), owner);
    List<Verb> all = new ArrayList<>(new VolumeVerbs(bay, units, mountPoint).verbs());
    all.addAll(new PointVerbs(bay, owner).verbs());
    all.addAll(new BitmapVerbs(bay, units).verbs());
    all.addAll(new JobVerbs(bay, owner, copy.jobs(), copy.duplicates(), copy.checks()).verbs());
    all.addAll(new ShadowMountVerbs(bay, units).verbs());
    all.addAll(new ShadowSplitVerbs(bay, units).verbs());
    all.addAll(new ShadowVerbs(bay, units).verbs());
    OpcPairs pairs = new OpcPairs(bay, copy.opc(), owner);
    all.addAll(new OpcStartVerbs(pairs).verbs());
    all.addAll(new OpcVerbs(pairs).verbs());
    all.addAll(new OpcConfigVerbs(pairs).verbs());
    all.addAll(new Safeguards(bay, copy.safeguarded(), owner).verbs());
    all.addAll(new Opticals(bay, copy.optical(), owner).verbs());
    all.addAll(
        new TapeCommands(
                bay,
                copy.tapes(),
                copy.smartCopies(),
                copy.policies(),
                owner,
                new OutsidePath(mountPoint))
            .verbs());
    VerbTable verbs = new VerbTable(all);
    Interpreter interpreter =
        new Interpreter(verbs, accepted, audit, owner, Devices.of(bay), copy.tapes());
    return new Commands(verbs, interpreter, errors);
  }

  /** Opens the ctl file of an object. */
  public CtlSession open(Scope scope, Caller caller) {
    return new CtlSession(interpreter, errors, turns, scope, caller, usage(scope));
  }

  /** What a read of the ctl file of an object shows. */
  public String usage(Scope scope) {
    return verbs.usage(scope);
  }

  /** The names of the files in commands/. */
  public List<String> helpFiles() {
    return verbs.files();
  }

  /** The text of one file in commands/, or null where there is none. */
  public @Nullable String help(String name) {
    return verbs.file(name);
  }
}
