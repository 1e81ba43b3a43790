package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cartridges that lie in a directory and have no row get one from their labels: the catalogue was
 * made anew, or the directory comes from another bay. One whose media pool is not there belongs to
 * none. Of a barcode the newest whole files count. In the directory of the bay what a crash left
 * goes; nothing is removed that holds something and has no label, and nothing at all in a directory
 * that its owner chose but files that others replaced. Needs the lock LIBRARY.
 */
final class TapeAdoption {
  private static final Logger LOG = LoggerFactory.getLogger(TapeAdoption.class);

  private final Tapes tapes;
  private final Bay bay;
  private final Path home;
  private final @Nullable String chosen;
  private final Set<UUID> ids = new HashSet<>();
  private final List<Gone> replaced = new ArrayList<>();
  private final List<String> relabelled =
      new ArrayList<>(); // barcodes of what differs from its label
  private final List<TapeRecord> found = new ArrayList<>();
  private @Nullable StorageException trouble; // of the first that could not be read

  /** A place for each that is found. */
  @FunctionalInterface
  interface Places {
    Place next();
  }

  /**
   * Of a directory.
   *
   * @param chosen the directory of a destination library, or null: that of the bay
   */
  TapeAdoption(Tapes tapes, @Nullable String chosen) {
    this.tapes = tapes;
    this.bay = tapes.bay();
    this.chosen = chosen;
    this.home = chosen == null ? bay.tapes() : Path.of(chosen);
    tapes.cartridges().forEach(each -> ids.add(each.row().id()));
  }

  /**
   * Looks at all of it, and removes what goes. What cannot be read now gets no row, as one that
   * holds nothing: in the directory of the bay the next mount looks again, else the fault is
   * thrown.
   */
  TapeAdoption look(Places places) throws StorageException {
    Set<Path> gone =
        bay.catalogue().read(TapeTable::gone).stream()
            .filter(each -> each.isThere(bay.tapes()))
            .map(each -> each.files(bay.tapes()).directory())
            .collect(Collectors.toSet());
    Map<String, NavigableMap<Integer, Path>> all = new TreeMap<>();
    for (Path each : list()) {
      TapeFiles.Name name = TapeFiles.Name.of(String.valueOf(each.getFileName()));
      if (each.endsWith(LibraryMark.FILE)) {
        continue;
      }
      if (name == null || !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
        LOG.warn("{} is no cartridge", each);
      } else if (!gone.contains(each)) {
        all.computeIfAbsent(name.barcode(), key -> new TreeMap<>()).put(name.version(), each);
      }
    }
    all.forEach((barcode, versions) -> look(barcode, versions.descendingMap(), places));
    if (chosen != null && trouble != null) {
      throw trouble;
    }
    return this;
  }

  private List<Path> list() {
    try {
      return Files.isDirectory(home) ? Entries.of(home) : List.of();
    } catch (IOException e) {
      LOG.error("list {}: {}", home, e.getMessage());
      trouble = FileFailure.of("list " + home, e);
      return List.of();
    }
  }

  private boolean isAtWork(String job) {
    try {
      return bay.catalogue().read(JobTable::all).stream()
          .anyMatch(each -> each.id().equals(job) && !each.state().ended());
    } catch (StorageException e) {
      LOG.warn("{}", e.getMessage());
      return true; // perhaps
    }
  }

  private void look(String barcode, NavigableMap<Integer, Path> newestFirst, Places places) {
    TapeCartridge known = tapes.cartridgeOrNull(barcode);
    Path own = known == null ? null : tapes.files(known.row()).directory();
    if (known != null && newestFirst.values().stream().noneMatch(each -> each.equals(own))) {
      LOG.warn("{}: the bay has cartridge {} already, this one is left alone", home, barcode);
      return;
    }
    TapeRecord taken = known == null ? null : known.row();
    for (Map.Entry<Integer, Path> each : newestFirst.entrySet()) {
      Path directory = each.getValue();
      if (directory.equals(own)) {
        continue;
      }
      TapeLabel label = label(directory);
      boolean whole = label != null && label.making() == null && label.barcode().equals(barcode);
      if (taken == null && whole && label != null && ids.add(label.id())) {
        taken = adopt(label, each.getKey(), directory, places);
        if (taken == null) {
          return; // an older one would take the place of what is read the next time
        }
      } else if (taken != null && known == null && whole && replaces(taken, label)) {
        replaced.add(Gone.of(bay.tapes(), new TapeFiles(directory), taken.id()));
      } else {
        leftover(directory, label);
      }
    }
  }

  /** Whether a cartridge is whole and took the place of the older files with that label. */
  private static boolean replaces(TapeRecord taken, @Nullable TapeLabel older) {
    return older != null && older.id().equals(taken.id()) && taken.medium().damage() == null;
  }

  private static @Nullable TapeLabel label(Path directory) {
    try {
      return TapeLabel.read(directory);
    } catch (StorageException e) {
      LOG.warn("{}", e.getMessage());
      return null;
    }
  }

  // ---- what comes back

  private @Nullable TapeRecord adopt(TapeLabel label, int version, Path directory, Places places) {
    TapeRecord labelled =
        label.row(new TapeRecord.Files(chosen, version, true), bay.newInode(), places.next());
    TapeRecord said = opened(labelled, directory);
    if (said == null) {
      return null;
    }
    said = said.with(ofThisBay(said.medium()));
    TapeRecord row = said.with(tapes.pools().adopted(said));
    found.add(row);
    LOG.warn("cartridge={} id={} is back, from {}", row.barcode(), row.id(), directory);
    if (!row.medium().equals(said.medium())
        || !Objects.equals(row.medium().copy(), labelled.medium().copy())) {
      relabelled.add(row.barcode());
    }
    if (!row.medium().pool().equals(said.medium().pool())) {
      LOG.warn("cartridge={} was in pool {}", row.barcode(), said.medium().pool());
    }
    return row;
  }

  /**
   * A source that the bay made anew for its lost copies counts lives of its own since: a copy that
   * is older than that, of a life of that number, is of another one.
   */
  private MediumFacts ofThisBay(MediumFacts medium) {
    CopyOf copy = medium.copy();
    if (copy == null) {
      return medium;
    }
    boolean older =
        tapes.cartridges().stream()
            .map(TapeCartridge::row)
            .anyMatch(
                each -> each.id().equals(copy.source()) && copy.at().isBefore(each.created()));
    return older ? medium.with(copy.inLife(MediumFacts.NOT)) : medium;
  }

  /** With what it holds, or null; what a crash left half done is ended. */
  private @Nullable TapeRecord opened(TapeRecord row, Path directory) {
    try (Cartridge cartridge = new TapeFiles(directory).open(row, bay.recoverMode(), false)) {
      String lost = TapeOpening.lost(row, cartridge.end());
      if (lost != null) {
        throw new StorageException(Fault.CORRUPT, directory + ": " + lost);
      }
      boolean blank = cartridge.end().objects() == 0;
      boolean anew = row.medium().sealedLife() != cartridge.end().lives(); // no copy is appended to
      return row.with(
          anew ? row.medium().with(null) : row.medium(),
          Contents.of(cartridge.end(), blank ? null : written(directory)));
    } catch (StorageException e) {
      LOG.error("cartridge={}: {}", row.barcode(), e.getMessage());
      if (e.fault() == Fault.CORRUPT) {
        return row.with(row.medium().damaged(e.getMessage()));
      }
      trouble = trouble == null ? e : trouble;
      return null;
    }
  }

  private static @Nullable Instant written(Path directory) {
    try {
      return Files.getLastModifiedTime(directory.resolve(TapeFiles.TAPE)).toInstant();
    } catch (IOException e) {
      return null;
    }
  }

  // ---- what a crash left

  private void leftover(Path directory, @Nullable TapeLabel label) {
    String job = label == null ? null : label.making();
    boolean goes =
        chosen == null
            && (label == null
                ? new TapeFiles(directory).isBlankWithoutLabel()
                : job != null && !isAtWork(job));
    if (!goes) {
      LOG.error(
          "{} is left alone: {}",
          directory,
          label == null
              ? "it has no label, but holds something"
              : job == null
                  ? "another one has its barcode or medium id"
                  : "made by " + label.maker());
      return;
    }
    try {
      new TapeFiles(directory).remove();
      LOG.info("{} is removed: it was being made", directory);
    } catch (StorageException e) { // the next mount tries again
      LOG.warn("{}", e.getMessage());
    }
  }

  // ---- results

  /** The rows of what came back. */
  List<TapeRecord> found() {
    return List.copyOf(found);
  }

  /**
   * Blank cartridges, on the shelf, for the sources of copies that came back and that the bay does
   * not have: a copy is restored to them. They are in a later life than all their copies, which are
   * none of what is written to them before that.
   */
  List<TapeRecord> lostSources() {
    Map<String, TapeRecord> lost = new TreeMap<>();
    Set<String> taken = found.stream().map(TapeRecord::barcode).collect(Collectors.toSet());
    for (TapeRecord copy : found) {
      CopyOf of = copy.medium().copy();
      if (of != null
          && !taken.contains(of.barcode())
          && tapes.cartridgeOrNull(of.barcode()) == null
          && !lost.containsKey(of.barcode())
          && ids.add(of.source())) {
        lost.put(of.barcode(), source(copy, of));
      }
    }
    return List.copyOf(lost.values());
  }

  private TapeRecord source(TapeRecord copy, CopyOf of) {
    return new TapeRecord(
        of.barcode(),
        of.source(),
        bay.newInode(),
        MediumKind.DATA,
        copy.media(),
        copy.capacity(),
        false,
        false,
        new TapeRecord.Files(null, 0, false),
        Place.shelf("lost: its copy is " + copy.barcode()),
        0,
        tapes.now(),
        MediumFacts.of(""),
        new Contents(0, 0, 0, 0, lastCopied(of.source()), null).blanked());
  }

  /** The last life of a cartridge that there is a copy of. */
  private int lastCopied(UUID source) {
    return Stream.concat(found.stream(), tapes.cartridges().stream().map(TapeCartridge::row))
        .map(row -> row.medium().copy())
        .filter(Objects::nonNull)
        .filter(copy -> copy.source().equals(source))
        .mapToInt(CopyOf::lives)
        .max()
        .orElse(0);
  }

  /** Records all of it within a transaction. */
  void record(Connection connection, List<TapeRecord> rows) throws SQLException {
    for (TapeRecord row : rows) {
      TapeTable.put(connection, row);
    }
    for (String barcode : relabelled) {
      TapeTable.putUnlabelled(connection, barcode);
    }
    for (Gone each : replaced) {
      TapeTable.putGone(connection, each);
    }
  }

  /** Shows them, after they were recorded, and removes what they replaced. */
  void show(List<TapeRecord> rows) {
    rows.forEach(row -> tapes.put(new TapeCartridge(row)));
    rows.stream()
        .filter(row -> relabelled.contains(row.barcode()))
        .forEach(row -> tapes.labels().write(row));
    for (Gone each : replaced) {
      try {
        tapes.copies().removeGone(each);
      } catch (StorageException e) { // the next mount tries again
        LOG.warn("{}", e.getMessage());
      }
    }
  }
}
