package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import org.copybay.volumes.store.SealedText;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one cartridge: its tape file, a SIMH tape image, its index, and its label
 * ({@link TapeLabel}). Made when it is loaded first.
 *
 * @param directory of it
 */
public record TapeFiles(Path directory) {
  private static final Logger LOG = LoggerFactory.getLogger(TapeFiles.class);

  /** The tape file. */
  static final String TAPE = "tape.tap";

  /** The SHA-256 of the tape file of a copy. */
  public static final String CHECKSUMS = "checksums";

  /** The mode of a file that everybody can read. */
  static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

  /** What a directory may have in which nothing was written. */
  private static final Set<String> OF_A_BLANK =
      Set.of(TAPE, Cartridge.INDEX, TapeLabel.FILE + SealedText.NEW);

  /**
   * What the name of a directory says.
   *
   * @param barcode of the cartridge
   * @param version how often its files took the place of others
   */
  record Name(String barcode, int version) {
    private static final Pattern FORM = Pattern.compile("([^~]+)(?:~([1-9][0-9]{0,8}))?");

    /** Of a directory, or null where it is not that of a cartridge. */
    static @Nullable Name of(String directory) {
      Matcher found = FORM.matcher(directory);
      if (!found.matches()) {
        return null;
      }
      String version = found.group(2);
      return new Name(found.group(1), version == null ? 0 : Integer.parseInt(version));
    }

    String directory() {
      return version == 0 ? barcode : barcode + "~" + version;
    }
  }

  /**
   * Those of a cartridge.
   *
   * @param tapes where cartridges of the bay lie
   */
  static TapeFiles of(Path tapes, TapeRecord row) {
    String home = row.files().home();
    String name = new Name(row.barcode(), row.files().version()).directory();
    return new TapeFiles((home == null ? tapes : Path.of(home)).resolve(name));
  }

  /**
   * Makes them for a blank cartridge, in place of what a crash left. They survive power loss. The
   * label, which comes last, says which job makes them, if any.
   *
   * @param lives how often it counts as written anew
   * @param making what makes them, so that they are not the cartridge's yet, or null
   */
  void format(TapeRecord row, int lives, @Nullable String making) throws StorageException {
    try {
      Path parent = directory.getParent();
      if (parent != null && row.files().home() == null) {
        Files.createDirectories(parent);
        NativeFile.syncEntry(parent);
      }
      remove();
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw FileFailure.of("make " + directory, e);
    }
    try (DirectoryStore store =
        new DirectoryStore(HomeFile.create(directory.resolve(TAPE)), false)) {
      Cartridge.format(row.id(), lives, store);
    }
    TapeLabel.write(directory, row, making);
    if (row.files().home() != null) {
      letOthersRead();
    }
    NativeFile.syncEntry(directory);
  }

  /** What lies outside of the bay is for everybody who can read its disk. */
  private void letOthersRead() throws StorageException {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String name : new String[] {TAPE, Cartridge.INDEX}) {
        Files.setPosixFilePermissions(directory.resolve(name), READABLE);
      }
    } catch (UnsupportedOperationException e) {
      return; // such a disk has no modes
    } catch (IOException e) {
      throw FileFailure.of("chmod " + directory, e);
    }
  }

  /** Opens what it holds. NOT_FOUND where the directory is not there, CORRUPT. */
  Cartridge open(TapeRecord row, RecoverMode mode, boolean readOnly) throws StorageException {
    try {
      return opened(row, mode, readOnly);
    } catch (StorageException e) {
      boolean there = Files.isDirectory(directory);
      if (e.fault() != Fault.NOT_FOUND) {
        throw e;
      }
      throw new StorageException(
          there ? Fault.CORRUPT : Fault.NOT_FOUND,
          "cartridge " + row.barcode() + ": " + e.getMessage(),
          there ? "restore it from its copy" : "attach the disk of " + directory,
          e);
    }
  }

  private Cartridge opened(TapeRecord row, RecoverMode mode, boolean readOnly)
      throws StorageException {
    Path tape = directory.resolve(TAPE);
    HomeFile home = readOnly ? HomeFile.openForReading(tape, 0) : HomeFile.open(tape, 0);
    DirectoryStore store = new DirectoryStore(home, readOnly);
    boolean opened = false;
    try {
      requireMedium(row, Cartridge.medium("cartridge " + row.barcode(), store));
      Cartridge cartridge = Cartridge.open("cartridge " + row.barcode(), store, mode, readOnly);
      opened = true;
      return cartridge;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  /** CORRUPT where they are those of another cartridge; nothing of them is changed then. */
  private void requireMedium(TapeRecord row, UUID found) throws StorageException {
    if (!found.equals(row.id())) {
      throw new StorageException(
          Fault.CORRUPT,
          "cartridge "
              + row.barcode()
              + ": "
              + directory
              + " holds medium "
              + found
              + ", wanted "
              + row.id()
              + ": another disk is there, or another cartridge",
          "attach its disk, or restore it from its copy");
    }
  }

  /** The tape of that medium is written anew, and has none. */
  void removeChecksums(UUID id) {
    if (isOfAnother(id)) {
      return;
    }
    try {
      Files.deleteIfExists(directory.resolve(CHECKSUMS));
    } catch (IOException e) {
      LOG.warn("{}: {}", directory.resolve(CHECKSUMS), e.getMessage());
    }
  }

  /** Whether their directory is there. */
  boolean isThere() {
    return Files.isDirectory(directory);
  }

  /**
   * Refuses to make files where some lie. EXISTS.
   *
   * @param but the cartridge whose own may lie there, left by a crash, or null
   */
  void requireNone(@Nullable UUID but) throws StorageException {
    if (Files.exists(directory) && !isOnlyOf(but)) {
      throw new StorageException(
          Fault.EXISTS,
          directory + " holds a cartridge that the bay does not know",
          "choose another barcode, or move it away");
    }
  }

  /** Whether their label, else their index, says that they are those of that cartridge. */
  boolean isOf(@Nullable UUID id) {
    return id != null && id.equals(medium());
  }

  /** Whether their label says that a job makes them for that cartridge. */
  boolean isBeingMade(UUID id, @Nullable String job) {
    try {
      TapeLabel label = TapeLabel.read(directory);
      return label.id().equals(id) && Objects.equals(label.making(), job);
    } catch (StorageException e) {
      return false;
    }
  }

  /** Whether their label, else their index, says that they are those of another cartridge. */
  boolean isOfAnother(UUID id) {
    UUID found = medium();
    return found != null && !found.equals(id);
  }

  /** The medium id in their label, else in their index, or null where neither can be read. */
  private @Nullable UUID medium() {
    try {
      return TapeLabel.read(directory).id();
    } catch (StorageException e) {
      return indexed();
    }
  }

  private @Nullable UUID indexed() {
    try (DirectoryStore store =
        new DirectoryStore(HomeFile.openForReading(directory.resolve(TAPE), 0), true)) {
      return Cartridge.medium(directory.toString(), store);
    } catch (StorageException e) {
      return null;
    }
  }

  /** Whether they are those of a cartridge, or were begun only. */
  boolean isOnlyOf(@Nullable UUID id) {
    return isOf(id) || isBlankWithoutLabel();
  }

  /** Whether nothing was written to them, and they have no label: a crash left them. */
  boolean isBlankWithoutLabel() {
    try {
      for (Path entry : Entries.of(directory)) {
        String name = String.valueOf(entry.getFileName());
        if (!OF_A_BLANK.contains(name) || (name.equals(TAPE) && Files.size(entry) > 0)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Removes them; nothing that is not there is missed. That they are gone survives power loss (P7):
   * who forgets them afterwards is not reminded of them. STORE_FAILED where the directory above is
   * not there: a disk that is not mounted still has them.
   */
  void remove() throws StorageException {
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new StorageException(
          Fault.STORE_FAILED, parent + " is not there", "mount its disk, or make the directory");
    }
    Path label = directory.resolve(TapeLabel.FILE);
    try {
      for (Path entry : entries()) {
        if (!entry.equals(label)) {
          Files.deleteIfExists(entry);
        }
      }
      Files.deleteIfExists(label); // last: until then it tells what the others are
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw FileFailure.of("remove " + directory, e);
    }
    NativeFile.syncEntry(directory);
  }

  /**
   * What is there; nothing of what is gone, perhaps by a process that died before it synced that.
   */
  private List<Path> entries() throws IOException {
    try {
      return Entries.of(directory);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
