package org.copybay.control.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.MountTable;
import org.copybay.volumes.store.MountTable.Mount;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Which mounted bay a verb works on: the one of {@code --at}, else the one around the current
 * directory, else that of {@code COPYBAY_AT}, else the only one.
 */
final class WhichBay {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--at",
      paramLabel = "MNT",
      description =
          "The mounted bay. Else the one around the current directory, that of the variable"
              + " COPYBAY_AT, or the only one.")
  private @Nullable Path at;

  /** The control files of that bay, which may be dead. */
  ControlFiles open() throws StorageException {
    try {
      String named = System.getenv("COPYBAY_AT");
      Path variable = named == null || named.isEmpty() ? null : Path.of(named);
      Path here = Path.of("").toAbsolutePath();
      return new ControlFiles(choose(MountTable.read(), here, at, variable));
    } catch (IOException e) {
      throw FileFailure.of("read the table of mounts", e);
    }
  }

  /** The mount point that is meant. */
  Path choose(MountTable table, Path here, @Nullable Path option, @Nullable Path variable) {
    if (option != null) {
      return named(table, here, option, "--at=" + option);
    }
    Optional<Mount> around = table.bayAround(here);
    if (around.isPresent()) {
      return around.get().mountPoint();
    }
    if (variable != null) {
      return named(table, here, variable, "COPYBAY_AT=" + variable);
    }
    List<Path> bays = places(table);
    if (bays.size() != 1) {
      throw unclear(bays.isEmpty() ? "no bay is mounted" : "several bays are mounted", bays);
    }
    return bays.get(0);
  }

  /** The bay at or around a place that somebody named. */
  private Path named(MountTable table, Path here, Path place, String how) {
    Path whole = here.resolve(place).normalize();
    return table
        .bayAround(whole)
        .or(() -> table.bayAround(real(whole)))
        .map(Mount::mountPoint)
        .orElseThrow(() -> unclear("no bay is mounted at " + how, places(table)));
  }

  /** Without symbolic links, as far as that can be told without touching a dead mount. */
  private static Path real(Path place) {
    try {
      return place.toRealPath();
    } catch (IOException e) {
      Path parent = place.getParent();
      return parent == null ? place : real(parent).resolve(place.getFileName());
    }
  }

  /** Where bays are that no other mount hides. */
  private static List<Path> places(MountTable table) {
    return table.bays().stream()
        .map(Mount::mountPoint)
        .distinct()
        .filter(place -> table.bayAt(place).isPresent())
        .toList();
  }

  private UnclearBayException unclear(String what, List<Path> bays) {
    StringBuilder text = new StringBuilder(what);
    if (bays.isEmpty()) {
      text.append("; try: copybay mount BAY MNT");
    } else {
      text.append("; try: --at with one of these");
      bays.forEach(bay -> text.append("\n  --at=").append(Words.shell(bay)));
    }
    return new UnclearBayException(spec.commandLine(), text.toString());
  }
}
