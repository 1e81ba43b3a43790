package org.copybay.copy.optical;

import java.time.Instant;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.Medium;
import org.copybay.volumes.media.Writes;
import org.jspecify.annotations.Nullable;

/** INZOPT: a volume gets a label, and what it held is lost. Any thread may call. */
public final class Initializing {
  private final Optical optical;

  Initializing(Optical optical) {
    this.optical = optical;
  }

  /**
   * What a volume is initialised as.
   *
   * @param id its identifier from then on
   * @param threshold percent of it that may be written, or 0 for what the format has
   * @param check whether one that has a label is refused
   * @param text description
   * @param type whom it is for
   * @param format what for, or null for what its medium has
   */
  public record Spec(
      String id,
      int threshold,
      boolean check,
      String text,
      VolumeType type,
      @Nullable MediaFormat format) {}

  /**
   * Checks {@link #initialize}, changing nothing. READ_ONLY, EXISTS, BUSY, BAD_REQUEST, FORBIDDEN.
   */
  public void requireInitializable(OpticalVolume volume, Spec wanted) throws StorageException {
    optical.bay().requireChangeable();
    Labels.requireId(wanted.id());
    optical.labels().requireFree(wanted.id(), volume);
    optical.labels().requireIdle(volume, "initialize it");
    requireState(volume, wanted.check());
    MediaFormat format = format(volume.medium(), wanted.format());
    Labels.requireLength(wanted.id(), format);
    Labels.requireThreshold(threshold(wanted, format), format, wanted.type());
    Labels.requireText(wanted.text());
  }

  private static void requireState(OpticalVolume volume, boolean check) throws StorageException {
    SideRecord row = volume.row();
    Medium medium = volume.medium();
    medium.requireWritable(volume.id());
    if (row.state() == SideState.MAKING) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.id() + " is an image that is being made: cannot initialize it",
          "write and close it first");
    }
    if (row.state() == SideState.SPOILED) {
      throw Labels.spoiled(volume);
    }
    if (row.label().writeProtected()) {
      throw new StorageException(
          Fault.READ_ONLY,
          "volume " + volume.id() + " is write-protected",
          "optical change volume=" + volume.id() + " protect=no");
    }
    boolean used = row.state() != SideState.UNINITIALIZED || volume.size() > 0;
    if (used && medium.type().writes() == Writes.ONCE) {
      throw new StorageException(
          Fault.READ_ONLY,
          "volume "
              + volume.id()
              + " is *WORM and "
              + (row.state() == SideState.INITIALIZED ? "initialized" : "written")
              + ": it is initialized once");
    }
    if (check && used) {
      throw new StorageException(
          Fault.EXISTS,
          "volume "
              + volume.id()
              + (row.state() == SideState.INITIALIZED ? " is initialized" : " is written")
              + ", and check=yes was given",
          "check=no: what it holds is lost");
    }
  }

  private static int threshold(Spec wanted, MediaFormat format) {
    if (wanted.type() == VolumeType.BACKUP) {
      return wanted.threshold() == 0 ? SideRecord.Label.BACKUP_THRESHOLD : wanted.threshold();
    }
    int usual = format == MediaFormat.UDF ? 100 : 95;
    return wanted.threshold() == 0 ? usual : wanted.threshold();
  }

  private static MediaFormat format(Medium medium, @Nullable MediaFormat wanted)
      throws StorageException {
    List<MediaFormat> allowed = medium.type().formats();
    if (wanted == null) {
      return allowed.get(0);
    }
    if (!allowed.contains(wanted)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          medium.type().word()
              + " is initialized as "
              + String.join(" or ", allowed.stream().map(MediaFormat::word).toList())
              + ", got "
              + wanted.word());
    }
    return wanted;
  }

  /**
   * Gives a volume a label; what it held is lost. Steps, each of which may be done again: the row
   * says that it has no label (P6); it is erased; the row says what it is (P7). The errors of
   * {@link #requireInitializable}, and STORE_FAILED.
   */
  public void initialize(OpticalVolume volume, Spec wanted, Catalogue.Change also)
      throws StorageException {
    optical.drives().hold(List.of(volume), Drives.COMMAND, true);
    try {
      initializeHeld(volume, wanted, also);
    } finally {
      optical.drives().release(List.of(volume), Drives.COMMAND);
    }
  }

  private void initializeHeld(OpticalVolume volume, Spec wanted, Catalogue.Change also)
      throws StorageException {
    requireInitializable(volume, wanted);
    Medium medium = volume.medium();
    MediaFormat format = format(medium, wanted.format());
    String before = volume.id();
    Base base = volume.row().base();
    long size = volume.size();
    if (size > 0 || volume.row().state().broken()) {
      optical
          .labels()
          .change(
              volume,
              row -> row.withState(SideState.INCOMPLETE).withDuplicate(null).withBase(null),
              Catalogue.Change.NOTHING);
      Bases.drop(optical, volume, base);
      medium.blank(before);
      medium.flush();
      optical.kernel().contentChanged(volume, new Extent(0, Math.max(size, 1)));
    }
    Instant now = optical.bay().clock().instant();
    optical
        .labels()
        .change(
            volume,
            row ->
                row.withId(wanted.id())
                    .withState(SideState.INITIALIZED)
                    .withDuplicate(null)
                    .withBase(null)
                    .withLabel(
                        new SideRecord.Label(
                            wanted.type(),
                            null,
                            format,
                            threshold(wanted, format),
                            wanted.text(),
                            now,
                            medium.capacity(),
                            medium.capacity(),
                            false)),
            also);
    optical.bay().events().tell("optical_initialized", wanted.id(), Event.fact("before", before));
  }
}
