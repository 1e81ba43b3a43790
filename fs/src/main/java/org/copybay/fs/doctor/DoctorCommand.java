package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.control.cli.ExitStatus;
import org.copybay.control.cli.Output;
import org.copybay.fs.mount.Daemons;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.MountTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code copybay doctor}: looks at this machine, and at a bay and a mount point when they are
 * named. Ends with NOT_IN_ORDER when a problem would keep a mount from working or from keeping its
 * promises, with DONE also when there are warnings.
 */
@Command(
    name = "doctor",
    description = "Look whether this machine, a bay and a mount point are in order.",
    footer = {
      "",
      "Every point is ok, a warning or a problem. Exit status: 0 without problems, 3 with one.",
    })
public final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "BAY",
      description = "The directory of a bay, or a mount point of one.")
  private @Nullable Path bay;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "MNT",
      description = "A directory where the bay is to be mounted.")
  private @Nullable Path mountPoint;

  /** The verb; its fields are set from the command line. */
  public DoctorCommand() {}

  @Override
  public Integer call() throws StorageException {
    Path namedBay = named(bay, "BAY");
    Path place = named(mountPoint, "MNT");
    try {
      Report report = examine(namedBay, place);
      int printed = Output.print(json ? report.json() : report.text());
      return printed == ExitStatus.DONE ? report.exitStatus() : printed;
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  /** An empty word, as of a shell variable that is not set, would be the working directory. */
  private @Nullable Path named(@Nullable Path path, String label) {
    if (path != null && path.toString().isEmpty()) {
      throw new ParameterException(spec.commandLine(), label + " is an empty word");
    }
    return path == null ? null : path.toAbsolutePath().normalize();
  }

  private static Report examine(@Nullable Path bay, @Nullable Path place) throws IOException {
    Rights rights = Rights.read();
    Examination run = new Examination();
    run.look("java", JavaRuntime::look);
    run.look("temporary directory", TempDirectory::look);
    run.look("transport", Kernel::look);
    run.look("fuse device", () -> FuseDevice.look(rights));
    run.look("right to mount", () -> MountRight.look(rights));
    run.look("allow_other", () -> AllowOther.look(rights));
    run.look("mount(8) and fstab", FstabMount::look);
    run.look("loop devices", () -> LoopDevices.look(rights));
    Path known = bay == null ? null : bay(run, bay, rights);
    run.look("limits", () -> Limits.look(known == null ? 0 : BayDirectory.volumes(known)));
    if (place != null) {
      run.look("mount point", () -> MountPoint.look(place, known, rights));
    }
    for (MountTable.Mount mount : MountTable.read().bays()) {
      Path at = mount.mountPoint();
      if (bay != null && !at.equals(bay) && !at.equals(place) && !MountedBay.serves(mount, known)) {
        continue; // another bay
      }
      run.look(MountedBay.point(at), () -> MountedBay.look(at, rights));
    }
    return new Report(run.findings());
  }

  /** Looks at a bay and its disk. The bay without symbolic links, or null if it is none. */
  private static @Nullable Path bay(Examination run, Path named, Rights rights) throws IOException {
    Path bay = ofMountPoint(named);
    AtomicReference<@Nullable Path> real = new AtomicReference<>();
    boolean answered =
        run.look(
            "bay",
            () -> {
              if (!Files.isDirectory(bay)) {
                return List.of(BayDirectory.missing(bay));
              }
              real.set(bay.toRealPath());
              return BayDirectory.look(bay.toRealPath(), rights);
            });
    Path found = real.get();
    if (!answered || found == null) {
      return null;
    }
    boolean more =
        run.look("catalogue", () -> BayDirectory.catalogue(found))
            && run.look("disk of the bay", () -> BackingDisk.look(found))
            && run.look("space", () -> DiskSpace.look(found))
            && run.look("holes", () -> ScratchFile.look(found));
    return more ? found : null;
  }

  /** Whoever names a mount point means the bay that is mounted there. */
  private static Path ofMountPoint(Path named) throws IOException {
    if (MountTable.read().bayAt(named).isEmpty()) {
      return named;
    }
    Optional<Daemons.Running> daemon = Daemons.ofMountPoint(named);
    return daemon.map(Daemons.Running::bay).orElse(named);
  }
}
