package org.copybay.fs.mount;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.copybay.control.cli.ClientVerbs;
import org.copybay.control.cli.ExitStatus;
import org.copybay.fs.doctor.DoctorCommand;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayOpener;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The verbs of the {@code copybay} command that run in Java. The launcher ({@code libexec/launch})
 * keeps {@code demo} and {@code install} for itself and turns {@code mount} into a background
 * {@code serve}.
 *
 * <p>How it ends is in {@link ExitStatus}.
 */
@Command(
    name = "copybay",
    description = "Mounts a bay: volumes as files, copy services as control files.",
    footer = {"", "copybay COMMAND --help shows one command."},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:refused or failed; a sentence on standard error says why",
      "2:wrong usage, or it is not clear which bay is meant",
      "3:what was looked at is not in order (status: the health is not ok; check, doctor)",
      "130:interrupted",
      "141:who read standard output went away",
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    versionProvider = Main.Version.class)
public final class Main {

  @Spec private CommandSpec spec;

  Main() {}

  /** Runs one verb and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return ClientVerbs.addTo(new CommandLine(new Main()))
        .addSubcommand(new CheckCommand())
        .addSubcommand(new DoctorCommand())
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              if (failure instanceof StorageException e) {
                return ExitStatus.failed(line.getErr(), e);
              }
              throw failure;
            });
  }

  @Command(name = "version", description = "Print the version of Copybay, Java and Linux.")
  int version() {
    spec.commandLine().printVersionHelp(spec.commandLine().getOut());
    return ExitStatus.DONE;
  }

  @Command(name = "init", description = "Make an empty bay in a directory.")
  int init(@Parameters(paramLabel = "BAY", description = "A directory to make.") Path bay)
      throws StorageException {
    requireNamed(bay, "BAY");
    BayOpener.init(bay, Clock.systemUTC());
    spec.commandLine().getOut().println("made bay " + bay.toAbsolutePath().normalize());
    return ExitStatus.DONE;
  }

  @Command(name = "mount", description = "Mount a bay and return when it is ready.")
  int mount(
      @Parameters(paramLabel = "BAY", description = "The directory of the bay.") Path bay,
      @Parameters(paramLabel = "MNT", description = "A directory; the bay hides what it holds.")
          Path mountPoint,
      @Option(
              names = "-o",
              paramLabel = "OPTIONS",
              description = "As for mount(8): " + MountOptions.KNOWN + ".")
          List<String> options) {
    requireNamed(bay, "BAY");
    requireNamed(mountPoint, "MNT");
    return ofTheLauncher("mount");
  }

  @Command(name = "demo", description = "Try it all: make and mount a bay, copy an image, compare.")
  int demo() {
    return ofTheLauncher("demo");
  }

  @Command(
      name = "install",
      description = "Link /usr/local/bin/copybay, which mount(8) and fstab find; manual page too.")
  int install(
      @Option(names = "--remove", description = "Take away what an install made.") boolean remove) {
    return ofTheLauncher("install");
  }

  private int ofTheLauncher(String verb) {
    spec.commandLine().getErr().println("copybay: " + verb + " runs through the script copybay");
    return ExitStatus.USAGE;
  }

  @Command(name = "umount", description = "Unmount a bay and wait until its daemon has ended.")
  int umount(@Parameters(paramLabel = "MNT", description = "The mount point.") Path mountPoint)
      throws StorageException {
    requireNamed(mountPoint, "MNT");
    Unmount.run(mountPoint);
    return ExitStatus.DONE;
  }

  /**
   * The daemon, in the foreground. It writes one line to {@code ready}: {@code ready …} when the
   * mount answers, {@code ready: …} when there is a sentence to show, or {@code error: …} before it
   * ends.
   */
  @Command(name = "serve", hidden = true, description = "Serve a mount in the foreground.")
  int serve(
      @Parameters(paramLabel = "BAY", description = "The directory of the bay.") Path bay,
      @Parameters(paramLabel = "MNT", description = "The mount point.") Path mountPoint,
      @Option(names = "-o", paramLabel = "OPTIONS", description = "Mount options.")
          List<String> options,
      @Option(names = "--ready", paramLabel = "FIFO", description = "Where to say ready.")
          Path ready)
      throws StorageException {
    MountOptions parsed = mountOptions(options == null ? List.of() : options, ready);
    try {
      Path realBay = MountPlace.bay(bay);
      BayLock.take(realBay);
      MountPlace place = MountPlace.check(realBay, mountPoint);
      LogFile.open(place.bay()); // not before: the log belongs to the daemon with the lock
      Daemon daemon = Daemon.start(place, parsed, number());
      Ready.say(
          ready, daemon.note() == null ? "ready " + place.mountPoint() : "ready: " + daemon.note());
      daemon.serve();
      return ExitStatus.DONE;
    } catch (StorageException e) {
      Ready.say(ready, "error: " + ExitStatus.sentence(e));
      throw e;
    }
  }

  @Command(name = "rehearse", hidden = true, description = "Start as a daemon does, and end.")
  int rehearse(@Parameters(paramLabel = "DIR", description = "A directory to make.") Path directory)
      throws Exception {
    Rehearsal.run(directory);
    return version();
  }

  private MountOptions mountOptions(List<String> given, Path ready) {
    try {
      return MountOptions.parse(given);
    } catch (StorageException e) {
      String sentence = ExitStatus.sentence(e);
      Ready.say(ready, "error: " + sentence);
      throw new ParameterException(spec.commandLine(), sentence, e);
    }
  }

  /** An empty word, as of a shell variable that is not set, would be the working directory. */
  private void requireNamed(Path path, String label) {
    if (path.toString().isEmpty()) {
      throw new ParameterException(spec.commandLine(), label + " is an empty word");
    }
  }

  /** The number of this version, 0.1.0 for example. */
  static String number() {
    String number = Main.class.getPackage().getImplementationVersion();
    return number == null ? "unpackaged" : number;
  }

  /** One line, also as {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        String.format(
            "copybay %s (Java %s, Linux %s)",
            number(), Runtime.version().feature(), System.getProperty("os.version"))
      };
    }
  }
}
