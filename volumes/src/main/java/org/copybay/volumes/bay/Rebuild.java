package org.copybay.volumes.bay;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.NativeFile;

/*
 * Steps, and what a crash after each leaves (P7):
 *
 *   1  the new catalogue, closed, synced        the old one, and a catalogue.db.new for nobody
 *   2  a second name for the log of the old one the same
 *   3  the old one renamed                      no catalogue: a mount refuses, a rebuild begins again
 *   4  the first name of its log removed        the same
 *   5  the new one renamed                      the new one
 *
 * A log never lies beside a catalogue that it does not belong to, and an old catalogue never lies
 * there without its log.
 */
/**
 * Makes the catalogue of a bay anew from what lies beside the volumes. Nothing is deleted: the
 * catalogue before is kept, with its log, under another name.
 */
public final class Rebuild {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** The name of a catalogue that is being made. */
  public static final String MADE = "catalogue.db.new";

  /** How the name of a catalogue begins that is kept; the time follows. */
  public static final String REPLACED = "catalogue.db.replaced-";

  private static final String WITH_GROUPS =
      ", with their pairs and sessions, inhibitions and max_sessions are given up";

  private final BayLayout layout;
  private final UUID bay;
  private final Clock clock;
  private final Runnable afterStep;

  /**
   * What was found.
   *
   * @param lines one for each volume, and a closing sentence
   * @param whole whether all was recovered
   */
  public record Result(List<String> lines, boolean whole) {
    /** Keeps a list of its own. */
    public Result {
      lines = List.copyOf(lines);
    }
  }

  private Rebuild(BayLayout layout, UUID bay, Clock clock, Runnable afterStep) {
    this.layout = layout;
    this.bay = bay;
    this.clock = clock;
    this.afterStep = afterStep;
  }

  /**
   * Does it for a bay whose lock the caller holds. Nothing happens where the catalogue is in order
   * and no label is newer. NOT_FOUND, NO_SPACE, STORE_FAILED.
   */
  public static Result run(Path bay, Clock clock) throws StorageException {
    return run(bay, clock, () -> {});
  }

  /**
   * The same.
   *
   * @param afterStep runs after each step of the switch
   */
  static Result run(Path bay, Clock clock, Runnable afterStep) throws StorageException {
    BayLayout layout = new BayLayout(bay.toAbsolutePath().normalize());
    UUID uuid = BayFile.read(layout.bayFile()).uuid();
    Labels.requireOwnBay(layout, uuid);
    return new Rebuild(layout, uuid, clock, afterStep).run();
  }

  private Result run() throws StorageException {
    try (OldCatalogue old = OldCatalogue.read(layout, bay)) {
      Recovered recovered = Recovered.of(layout, bay, old);
      if (old.inOrder() && old.number() >= recovered.newest()) {
        return new Result(
            List.of(
                layout.catalogue()
                    + " is in order and not older than the volumes: nothing was changed"),
            true);
      }
      Path made = layout.root().resolve(MADE);
      write(made, recovered, old);
      String kept = replace(made);
      List<String> lines = new ArrayList<>(recovered.lines());
      if (!old.readable()) {
        lines.add(
            "no catalogue before it could be read: its jobs, its audit, the ids of its commands, and"
                + " copy groups of QuickOPC"
                + WITH_GROUPS
                + "; so are safeguarded sessions, whose backups stay with their volumes: make them"
                + " again, add the volumes, and safeguarded refresh; shadow sets come back dismounted,"
                + " from the labels of their members");
      } else if (!old.copyGroups().isEmpty()) {
        String groups = old.copyGroups().stream().map(Words::word).collect(joining(", "));
        lines.add("of QuickOPC the copy groups " + groups + WITH_GROUPS);
      }
      if (!old.recoveries().isEmpty()) {
        String names = old.recoveries().stream().map(Words::word).collect(joining(", "));
        lines.add("of safeguarded sessions the recoveries " + names + " are given up");
      }
      if (recovered.hidden()) {
        lines.add(
            "optical devices and rotations are given up: the cartridges are on the shelf, make devices"
                + " and add the cartridges");
      }
      if (Files.isDirectory(layout.tapes())) {
        lines.add(
            "tape libraries, policies, media pools and blank cartridges are given up: the cartridges that lie in"
                + " the bay are on the shelf after the next mount, make libraries and insert them; a"
                + " destination library that is made on its directory has its cartridges again");
      }
      if (old.auditProblem() != null) {
        lines.add("the audit log begins a new chain: " + old.auditProblem());
      }
      lines.add(
          "the catalogue of "
              + layout.root()
              + " was made anew: "
              + recovered.counts()
              + kept
              + (recovered.whole() ? "" : "; not all was recovered, see above"));
      return new Result(lines, recovered.whole());
    }
  }

  private void write(Path made, Recovered recovered, OldCatalogue old) throws StorageException {
    try {
      Files.deleteIfExists(CatalogueFile.log(made)); // of a rebuild that was stopped
      Files.deleteIfExists(made);
    } catch (IOException e) {
      throw FileFailure.of("make " + made, e);
    }
    CatalogueFile.create(made, bay);
    try (Catalogue catalogue = Catalogue.open(made, bay, new Reserve(layout.reserve()))) {
      catalogue.change(
          connection -> {
            recovered.write(connection);
            old.copyTo(connection, clock.instant());
            RebuiltTable.mark(connection);
            number(connection, Math.max(recovered.newest(), old.number()));
          });
    }
    if (Files.exists(CatalogueFile.log(made))) { // closing it brings its log in
      throw new StorageException(
          Fault.STORE_FAILED,
          made + " could not be finished",
          "make room on its disk, and try again");
    }
    try (NativeFile file = NativeFile.open(made)) {
      file.sync();
    }
    NativeFile.syncDirectory(layout.root());
    afterStep.run();
  }

  private static void number(Connection connection, long number) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("update bay set change=?")) {
      statement.setLong(1, number);
      statement.executeUpdate();
    }
  }

  /** Puts it in the place of the old one, and says where that is. */
  private String replace(Path made) throws StorageException {
    Path catalogue = layout.catalogue();
    Path log = layout.catalogueLog();
    Path kept = freePlace();
    try {
      boolean logged = Files.exists(log);
      boolean replaces = Files.exists(catalogue, LinkOption.NOFOLLOW_LINKS);
      if (logged) {
        Files.createLink(CatalogueFile.log(kept), log);
        afterStep.run();
      }
      if (replaces) {
        Files.move(catalogue, kept, StandardCopyOption.ATOMIC_MOVE);
        NativeFile.syncDirectory(layout.root());
        afterStep.run();
      }
      if (logged) {
        Files.delete(log);
        NativeFile.syncDirectory(layout.root());
        afterStep.run();
      }
      Files.move(made, catalogue, StandardCopyOption.ATOMIC_MOVE);
      NativeFile.syncDirectory(layout.root());
      afterStep.run();
      if (!replaces && !logged) {
        return "; there was none before";
      }
      return "; the one before is kept as " + (replaces ? kept : CatalogueFile.log(kept));
    } catch (IOException e) {
      throw FileFailure.of("put " + made + " in place", e);
    }
  }

  private Path freePlace() {
    String name = REPLACED + TIME.format(clock.instant());
    Path place = layout.root().resolve(name);
    for (int number = 1; taken(place); number++) {
      place = layout.root().resolve(name + "." + number);
    }
    return place;
  }

  private static boolean taken(Path place) {
    return Files.exists(place, LinkOption.NOFOLLOW_LINKS)
        || Files.exists(CatalogueFile.log(place), LinkOption.NOFOLLOW_LINKS);
  }
}
