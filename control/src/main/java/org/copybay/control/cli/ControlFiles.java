package org.copybay.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.copybay.control.command.NearestWord;
import org.copybay.control.report.Json;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.FileFailure;

/** The control files of one mounted bay, read as any program reads them. */
final class ControlFiles {
  /** What {@code jobs/} has besides the jobs. */
  private static final Set<String> NO_JOBS = Set.of("running", "done", "latest");

  private static final List<String> KINDS = List.of("volumes", "points", "shadow", "jobs");

  private final Path mountPoint;

  ControlFiles(Path mountPoint) {
    this.mountPoint = mountPoint;
  }

  /**
   * One volume, point, shadow set or job.
   *
   * @param kind {@code volumes}, {@code points}, {@code shadow} or {@code jobs}, the directory it
   *     is in
   */
  record Found(String kind, String name) {}

  Path mountPoint() {
    return mountPoint;
  }

  /** A file below {@code .control}. */
  Path path(String... names) {
    return mountPoint.resolve(Path.of(".control", names));
  }

  /** The bytes of a volume. */
  Path volume(String name) {
    return mountPoint.resolve("volumes").resolve(name);
  }

  /** All of a control file. NOT_FOUND, and what {@link #failure} says. */
  String text(String... names) throws StorageException {
    try {
      return new String(Files.readAllBytes(path(names)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failure("read " + path(names), e);
    }
  }

  /** Opens a control file that is read bit by bit. */
  InputStream open(String... names) throws StorageException {
    try {
      return Files.newInputStream(path(names));
    } catch (IOException e) {
      throw failure("open " + path(names), e);
    }
  }

  /** The facts of a {@code status.json}. */
  Facts status(String... directory) throws StorageException {
    String[] names =
        Stream.concat(Stream.of(directory), Stream.of("status.json")).toArray(String[]::new);
    return new Facts(Json.object(text(names)));
  }

  /** The facts of all objects in a directory, by name; what went meanwhile is left out. */
  List<Facts> all(String... directory) throws StorageException {
    List<Facts> facts = new ArrayList<>();
    for (String name : names(directory)) {
      try {
        facts.add(
            status(Stream.concat(Stream.of(directory), Stream.of(name)).toArray(String[]::new)));
      } catch (StorageException e) {
        if (e.fault() != Fault.NOT_FOUND) {
          throw e;
        }
      }
    }
    return facts;
  }

  /** The names of the objects in a directory, sorted. */
  List<String> names(String... directory) throws StorageException {
    try (Stream<Path> entries = Files.list(path(directory))) {
      boolean jobs = directory[0].equals("jobs");
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !jobs || !NO_JOBS.contains(name))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw failure("list " + path(directory), e);
    }
  }

  /**
   * The object of that name, with its directory in front where several have it: {@code
   * points/monday}. NOT_FOUND with a near name, BAD_REQUEST.
   */
  Found find(String wanted) throws StorageException {
    for (String kind : KINDS) {
      if (wanted.startsWith(kind + "/")) {
        String name = wanted.substring(kind.length() + 1);
        require(one(kind), name, kind);
        return new Found(kind, name);
      }
    }
    List<Found> found = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (String kind : KINDS) {
      List<String> names = names(kind);
      all.addAll(names);
      if (names.contains(wanted)) {
        found.add(new Found(kind, wanted));
      }
    }
    if (found.isEmpty()) {
      throw missing("no volume, point, shadow set or job " + Words.word(wanted), wanted, all);
    }
    if (found.size() > 1) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          Words.word(wanted) + " is the name of several things",
          String.join(" or ", found.stream().map(one -> one.kind() + "/" + wanted).toList()));
    }
    return found.get(0);
  }

  /**
   * NOT_FOUND, with a near name, unless the directory has that name.
   *
   * @param what what it is, a volume for example
   */
  void require(String what, String name, String... directory) throws StorageException {
    List<String> names = names(directory);
    if (!names.contains(name)) {
      throw missing("no " + what + " " + Words.word(name), name, names);
    }
  }

  /** What one of a kind is called: a volume is in {@code volumes}. */
  static String one(String kind) {
    return kind.equals("shadow") ? "shadow set" : kind.substring(0, kind.length() - 1);
  }

  private StorageException missing(String what, String wanted, List<String> names) {
    String near = NearestWord.to(wanted, names);
    return new StorageException(
        Fault.NOT_FOUND,
        what + " in the bay at " + mountPoint,
        near == null ? "copybay ls, copybay jobs" : Words.word(near));
  }

  /** The error of a file operation in this mount: that of a dead one says so. */
  StorageException failure(String what, IOException e) {
    String why =
        String.valueOf(e instanceof FileSystemException f ? f.getReason() : e.getMessage());
    if (why.contains("endpoint is not connected") || why.contains("connection abort")) {
      return new StorageException(
          Fault.CLOSED,
          "the daemon of the bay at " + mountPoint + " has ended, its mount is dead",
          "copybay umount " + Words.shell(mountPoint) + ", then mount it again",
          e);
    }
    StorageException failure = FileFailure.of(what, e);
    if (failure.fault() == Fault.DENIED) {
      return new StorageException(
          Fault.DENIED,
          failure.getMessage(),
          "as the user who mounted it; -o allow_other lets others in",
          e);
    }
    return failure;
  }
}
