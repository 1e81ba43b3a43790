package org.copybay.copy.optical;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.format.FoundFormat;
import org.copybay.volumes.format.MediumFormat;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.Medium;
import org.copybay.volumes.media.Writes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What optical volumes are called, and what their labels say: CHGOPTVOL, CVTOPTBKU, and what a
 * program's writing makes of them. Each change is one transaction (P7). Any thread may call.
 */
public final class Labels {
  private static final Logger LOG = LoggerFactory.getLogger(Labels.class);

  /** Identifiers (IBM, CL reference, "Initialize Optical (INZOPT)", parameter NEWVOL). */
  private static final Pattern ID = Pattern.compile("[A-Z0-9][A-Z0-9._-]{0,31}");

  private final Optical optical;

  Labels(Optical optical) {
    this.optical = optical;
  }

  // ---- identifiers

  /** Refuses what is no volume identifier. BAD_REQUEST. */
  public static void requireId(String id) throws StorageException {
    if (!ID.matcher(id).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a volume identifier has 1 to 32 of A-Z 0-9 - _ . and begins with a letter or digit, got "
              + id,
          "capital letters, as in ARCH01");
    }
  }

  /** EXISTS where a volume in a device has the identifier or will have it, other than that one. */
  void requireFree(String id, @Nullable OpticalVolume except) throws StorageException {
    for (OpticalVolume each : optical.volumes()) {
      boolean claims = each.id().equals(id) || each.isPromised(id);
      if (each != except && claims && optical.deviceOf(each) != null) {
        throw new StorageException(
            Fault.EXISTS, "volume " + id + " exists", "ls .control/optical/volumes");
      }
    }
  }

  /** The volume that has the file of that name, or will have it, other than that one; or null. */
  @Nullable OpticalVolume claimantOrNull(String id, OpticalVolume except) {
    OpticalVolume there = optical.activeOrNull(id);
    if (there != null && there != except) {
      return there;
    }
    return optical.volumes().stream()
        .filter(each -> each != except && each.isPromised(id))
        .findFirst()
        .orElse(null);
  }

  // ---- changing rows

  /**
   * Changes the row of a volume, with whatever else belongs into the transaction. EXISTS where it
   * gets an identifier that another one has got meanwhile.
   */
  void change(OpticalVolume volume, UnaryOperator<SideRecord> how, Catalogue.Change also)
      throws StorageException {
    try (var held = optical.enter()) {
      String id = how.apply(volume.row()).id();
      if (!id.equals(volume.id())) {
        requireFree(id, volume);
      }
      changeAll(Map.of(volume, how), also);
    }
    SideLabel.write(volume);
  }

  /** Changes rows in one transaction; nobody changes them in another way meanwhile. */
  void changeAll(Map<OpticalVolume, UnaryOperator<SideRecord>> changes, Catalogue.Change also)
      throws StorageException {
    assert optical.lock().isHeld();
    Map<OpticalVolume, SideRecord> rows = new LinkedHashMap<>();
    changes.forEach((volume, how) -> rows.put(volume, how.apply(volume.row())));
    optical
        .bay()
        .catalogue()
        .change(
            connection -> {
              for (SideRecord row : rows.values()) {
                OpticalTable.put(connection, row);
              }
              also.run(connection);
            });
    rows.forEach(OpticalVolume::setRow);
    optical.index();
  }

  /** chmod and chown. */
  public void setOwner(OpticalVolume volume, Owner owner) throws StorageException {
    optical.bay().requireChangeable();
    change(volume, row -> row.withOwner(owner), Catalogue.Change.NOTHING);
  }

  // ---- what a program did

  /**
   * Erases a volume. Steps, each of which may be done again: the row says that it is no duplicate;
   * it is erased, durably; the row of one that was incomplete says that it is not any more (P6).
   */
  void blank(OpticalVolume volume) throws StorageException {
    Medium medium = volume.medium();
    Base base = volume.row().base();
    if (volume.row().duplicate() != null || base != null) {
      change(volume, row -> row.withDuplicate(null).withBase(null), Catalogue.Change.NOTHING);
      Bases.drop(optical, volume, base);
    }
    medium.blank(volume.id());
    if (volume.row().state().broken()) {
      medium.flush();
      change(volume, row -> row.withState(SideState.UNINITIALIZED), Catalogue.Change.NOTHING);
    }
  }

  /** The last writer closed it: an image that was made is whole, and what it holds is known. */
  void closed(OpticalVolume volume) throws StorageException {
    if (volume.medium().making()) {
      if (volume.size() > 0) {
        finish(volume);
      }
      return;
    }
    volume.medium().flush();
    if (volume.row().state() == SideState.UNINITIALIZED && isLabelled(volume)) {
      change(volume, row -> row.withState(SideState.INITIALIZED), Catalogue.Change.NOTHING);
    }
  }

  /** Steps: {@link Medium#finish}; the row. Each may be done again. */
  void finish(OpticalVolume volume) throws StorageException {
    Medium medium = volume.medium();
    medium.finish();
    MediumFormat found = format(volume);
    boolean isoOnly =
        found.formats().stream().anyMatch(f -> f.kind() == FoundFormat.Kind.ISO_9660)
            && found.formats().stream().noneMatch(f -> f.kind() == FoundFormat.Kind.UDF);
    boolean protect = isoOnly && medium.type().writes() != Writes.ONCE;
    change(
        volume,
        row ->
            row.withState(SideState.INITIALIZED)
                .withLabel(row.label().withSize(medium.capacity()).withProtection(protect)),
        Catalogue.Change.NOTHING);
    optical
        .bay()
        .events()
        .tell("optical_image", volume.id(), Event.fact("size", medium.capacity()));
  }

  private boolean isLabelled(OpticalVolume volume) {
    try {
      return !format(volume).formats().isEmpty();
    } catch (StorageException e) {
      LOG.warn("volume={} {}", volume.path(), e.getMessage());
      return false;
    }
  }

  /** The formats that a volume holds. CORRUPT, STORE_FAILED. */
  public MediumFormat format(OpticalVolume volume) throws StorageException {
    return MediumFormat.read(volume.medium().image(), volume.size());
  }

  // ---- CHGOPTVOL

  /**
   * What is to be other of a volume; null for what stays.
   *
   * @param id its identifier
   * @param threshold percent of it that may be written
   * @param text description
   * @param protect whether nothing may change it
   */
  public record Changing(
      @Nullable String id,
      @Nullable Integer threshold,
      @Nullable String text,
      @Nullable Boolean protect) {}

  /** Checks {@link #change(OpticalVolume, Changing, Catalogue.Change)}, changing nothing. */
  public void requireChange(OpticalVolume volume, Changing wanted) throws StorageException {
    optical.bay().requireChangeable();
    SideRecord row = volume.row();
    if (row.state() == SideState.SPOILED) {
      throw spoiled(volume);
    }
    Integer threshold = wanted.threshold();
    if (threshold != null) {
      requireThreshold(threshold, row.label().format(), row.label().type());
    }
    String text = wanted.text();
    if (text != null) {
      requireText(text);
    }
    String id = wanted.id();
    if (id != null && !id.equals(volume.id())) {
      requireRename(volume, id);
    }
  }

  private void requireRename(OpticalVolume volume, String id) throws StorageException {
    requireId(id);
    requireFree(id, volume);
    requireIdle(volume, "rename it");
    MediaFormat format = volume.row().label().format();
    requireLength(id, format);
    if (volume.medium().type().writes() == Writes.NEVER) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "OPT1542 reason 08: volume "
              + volume.id()
              + " is "
              + volume.medium().type().word()
              + ", which cannot be renamed");
    }
  }

  /** Changes a volume; nothing that it holds. */
  public void change(OpticalVolume volume, Changing wanted, Catalogue.Change also)
      throws StorageException {
    requireChange(volume, wanted);
    String before = volume.id();
    change(volume, row -> changed(row, wanted), also);
    if (!before.equals(volume.id())) {
      optical.bay().events().tell("optical_renamed", before, Event.fact("to", volume.id()));
    }
  }

  private static SideRecord changed(SideRecord row, Changing wanted) {
    SideRecord.Label label = row.label();
    Integer threshold = wanted.threshold();
    String text = wanted.text();
    Boolean protect = wanted.protect();
    String id = wanted.id();
    label = threshold == null ? label : label.withThreshold(threshold);
    label = text == null ? label : label.withText(text);
    label = protect == null ? label : label.withProtection(protect);
    return (id == null ? row : row.withId(id)).withLabel(label);
  }

  // ---- CVTOPTBKU

  /** Checks {@link #convert}, changing nothing. BAD_REQUEST, EXISTS, BUSY. */
  public void requireConvert(OpticalVolume backup, @Nullable String id) throws StorageException {
    optical.bay().requireChangeable();
    if (backup.row().label().type() != VolumeType.BACKUP) {
      throw new StorageException(
          Fault.BAD_REQUEST, "volume " + backup.id() + " is no *BACKUP volume");
    }
    requireIdle(backup, "convert it");
    if (id != null) {
      requireId(id);
      requireFree(id, backup);
      requireLength(id, backup.row().label().format());
    }
  }

  /** Makes a primary volume of a backup volume; there is no way back but initializing it. */
  public void convert(OpticalVolume backup, @Nullable String id, Catalogue.Change also)
      throws StorageException {
    requireConvert(backup, id);
    change(
        backup,
        row ->
            (id == null ? row : row.withId(id))
                .withLabel(row.label().withType(VolumeType.PRIMARY, null)),
        also);
    optical.bay().events().tell("optical_converted", backup.id());
  }

  // ---- rules of labels

  static void requireLength(String id, MediaFormat format) throws StorageException {
    if (id.length() > format.maxName()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "OPT1542 reason 01: a "
              + format.word()
              + " volume has an identifier of at most "
              + format.maxName()
              + " characters, got "
              + id.length());
    }
  }

  static void requireThreshold(int percent, MediaFormat format, VolumeType type)
      throws StorageException {
    if (percent < 1 || percent > 100) {
      throw new StorageException(
          Fault.BAD_REQUEST, "threshold is 1 to 100 percent, got " + percent);
    }
    if (type == VolumeType.BACKUP && percent != SideRecord.Label.BACKUP_THRESHOLD) {
      throw new StorageException(
          Fault.FORBIDDEN, "the threshold of a *BACKUP volume is always 99, got " + percent);
    }
    if (type == VolumeType.PRIMARY && format == MediaFormat.UDF && percent != 100) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "OPT1542 reason 05: the threshold of a *UDF volume is 100, got " + percent);
    }
  }

  static void requireText(String text) throws StorageException {
    if (text.length() > SideRecord.Label.MAX_TEXT) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the text of a volume has at most "
              + SideRecord.Label.MAX_TEXT
              + " characters, got "
              + text.length());
    }
  }

  static StorageException spoiled(OpticalVolume volume) {
    return new StorageException(
        Fault.READ_ONLY,
        "volume "
            + volume.id()
            + " is spoiled: a duplicate to it did not end, and *WORM is"
            + " written once",
        "optical destroy cartridge=" + volume.cartridge());
  }

  /** BUSY when somebody has it open, or a job holds it. */
  void requireIdle(OpticalVolume volume, String what) throws StorageException {
    optical.drives().awaitClosed(volume);
    String job = volume.job();
    if (job != null && !job.equals(Drives.COMMAND)) {
      throw Drives.held(volume, job);
    }
    if (!volume.openers().isEmpty()) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.id() + " is open by " + volume.firstOpener() + ": cannot " + what,
          "close it there, and try again");
    }
  }
}
