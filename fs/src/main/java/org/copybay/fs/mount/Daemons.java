package org.copybay.fs.mount;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.copybay.volumes.store.MountTable;

/** The daemons that run now, found by their command lines: serve BAY MNT. */
public final class Daemons {
  private static final Path PROC = Path.of("/proc");

  private Daemons() {}

  /**
   * One daemon.
   *
   * @param pid its process
   * @param bay the bay directory in its command line
   * @param mountPoint the mount point in its command line
   */
  public record Running(long pid, Path bay, Path mountPoint) {}

  /** The daemon of that bay. */
  public static Optional<Running> ofBay(Path bay) {
    return all().stream().filter(d -> d.bay().equals(bay) && sees(d, bay)).findFirst();
  }

  /** The daemon of that mount point, of this mount namespace. */
  public static Optional<Running> ofMountPoint(Path mountPoint) {
    return all().stream()
        .filter(d -> d.mountPoint().equals(mountPoint) && !elsewhere(d))
        .findFirst();
  }

  /** Whether a path is the same directory for it: in a container it may be another one. */
  private static boolean sees(Running daemon, Path path) {
    Path root = process(daemon).resolve("root");
    try {
      return !elsewhere(daemon)
          || Files.isSameFile(root.resolve(path.toString().substring(1)), path);
    } catch (IOException e) {
      return true; // another user's
    }
  }

  /** Whether it is known to have another mount namespace. */
  private static boolean elsewhere(Running daemon) {
    try {
      Path own = Files.readSymbolicLink(PROC.resolve("self/ns/mnt"));
      return !own.equals(Files.readSymbolicLink(process(daemon).resolve("ns/mnt")));
    } catch (IOException e) {
      return false; // another user's
    }
  }

  private static Path process(Running daemon) {
    return PROC.resolve(String.valueOf(daemon.pid()));
  }

  /** Whether that daemon has not ended: a zombie has no command line. */
  static boolean runs(Running daemon) {
    return parse(daemon.pid(), commandLine(process(daemon))).equals(Optional.of(daemon));
  }

  /** Whether SIGSTOP or a terminal has stopped it. */
  public static boolean stopped(Running daemon) {
    try {
      return Files.readString(process(daemon).resolve("status")).contains("\nState:\tT");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static List<Running> all() {
    List<Running> found = new ArrayList<>();
    long own = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(String.valueOf(process.getFileName()));
        if (pid != own) {
          parse(pid, commandLine(process)).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      return found;
    }
    return found;
  }

  /** A mount where a process, of another mount namespace perhaps, has it. */
  record Copy(long pid, Path place) {}

  /** One that is still there, of a mount that was taken away here. */
  static Optional<Copy> copyOf(MountTable.Mount mount) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        Optional<Path> place = place(process, mount);
        if (place.isPresent()) {
          long pid = Long.parseLong(String.valueOf(process.getFileName()));
          return Optional.of(new Copy(pid, place.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> place(Path process, MountTable.Mount mount) {
    try {
      return MountTable.of(process).bays().stream()
          .filter(bay -> bay.device().equals(mount.device())) // which is given again, so also:
          .filter(bay -> bay.source().equals(mount.source()))
          .map(MountTable.Mount::mountPoint)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // it has ended, or is another user's
    }
  }

  private static String commandLine(Path process) {
    try {
      return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ""; // it has ended, or is another user's
    }
  }

  private static Optional<Running> parse(long pid, String commandLine) {
    List<String> words = List.of(commandLine.split("\0", -1));
    int serve = words.indexOf("serve");
    if (serve < 1 || serve + 2 >= words.size() || !words.get(serve - 1).endsWith("Main")) {
      return Optional.empty();
    }
    return Optional.of(
        new Running(pid, Path.of(words.get(serve + 1)), Path.of(words.get(serve + 2))));
  }
}
