package org.copybay.copy.library;

import java.time.Instant;
import java.util.UUID;
import org.copybay.volumes.tape.MediumHeader;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue has of a cartridge.
 *
 * @param barcode of it, no other in the bay has it
 * @param id medium id, made with it
 * @param inode number of its file in tapes/
 * @param kind what it can be used for
 * @param media its generation
 * @param capacity bytes up to the early warning
 * @param compressed whether drives compress what is written to it
 * @param tab whether its write-protect tab is set
 * @param files where its files are
 * @param place where it is
 * @param loads how often it was loaded
 * @param created when it was made
 * @param medium what media management knows of it
 * @param contents what it holds, as it was unloaded or closed last
 */
public record TapeRecord(
    String barcode,
    UUID id,
    long inode,
    MediumKind kind,
    TapeMedia media,
    long capacity,
    boolean compressed,
    boolean tab,
    Files files,
    Place place,
    int loads,
    Instant created,
    MediumFacts medium,
    Contents contents) {

  /**
   * Where a cartridge is.
   *
   * @param library it is in, or null: on the shelf
   * @param element the slot it is in, or came from where it is in a drive; 0 on the shelf
   * @param drive number of the drive it is in, or {@link #NO_DRIVE}
   * @param location where the shelf is, in words
   */
  public record Place(@Nullable String library, int element, int drive, String location) {
    /** Of what is in no drive. */
    public static final int NO_DRIVE = -1;

    /** In a slot. */
    public static Place slot(String library, int element) {
      return new Place(library, element, NO_DRIVE, "");
    }

    /** On the shelf. */
    public static Place shelf(String location) {
      return new Place(null, 0, NO_DRIVE, location);
    }

    /** In a drive, with its slot kept for it. */
    Place inDrive(int number) {
      return new Place(library, element, number, location);
    }

    /** Whether it is in a drive. */
    public boolean isInDrive() {
      return drive != NO_DRIVE;
    }
  }

  /**
   * Where the files of a cartridge are.
   *
   * @param home the directory that their directory lies in, or null: that of the bay
   * @param version how often others took their place, all at once
   * @param formatted whether they are there: they are made when it is loaded first
   */
  public record Files(@Nullable String home, int version, boolean formatted) {
    /** They are there. */
    Files made() {
      return new Files(home, version, true);
    }

    /** None of that version. */
    Files blank() {
      return new Files(home, version, false);
    }

    /** The ones that will take their place, beside those that are there. */
    Files next() {
      return new Files(home, formatted ? version + 1 : version, true);
    }
  }

  /**
   * What a cartridge holds.
   *
   * @param objects records and filemarks
   * @param marks filemarks
   * @param bytes that count against its capacity
   * @param imageBytes of its image
   * @param lives how often it was written anew from its beginning
   * @param written when something was written last, or null
   */
  public record Contents(
      long objects, int marks, long bytes, long imageBytes, int lives, @Nullable Instant written) {
    /** Of a blank one. */
    public static final Contents BLANK = new Contents(0, 0, 0, 0, 0, null);

    static Contents of(TapeEnd end, @Nullable Instant written) {
      return new Contents(
          end.objects(), end.marks(), end.tapeBytes(), end.imageBytes(), end.lives(), written);
    }

    /** Nothing any more: what comes next is another life. */
    Contents blanked() {
      return new Contents(0, 0, 0, 0, lives + 1, null);
    }

    /** Whether it holds the same, whenever that was written. */
    boolean sameAs(TapeEnd end) {
      return objects == end.objects()
          && marks == end.marks()
          && imageBytes == end.imageBytes()
          && lives == end.lives();
    }
  }

  /** What it begins with when it is initialized. */
  public MediumHeader header() {
    return new MediumHeader(id, barcode, medium.label());
  }

  TapeRecord at(Place newPlace) {
    return new TapeRecord(
        barcode,
        id,
        inode,
        kind,
        media,
        capacity,
        compressed,
        tab,
        files,
        newPlace,
        loads,
        created,
        medium,
        contents);
  }

  /** In a drive, its files made and once more loaded. */
  TapeRecord loadedInto(int drive) {
    return with(files.made(), loads + 1).at(place.inDrive(drive));
  }

  TapeRecord with(Files newFiles, int newLoads) {
    return new TapeRecord(
        barcode,
        id,
        inode,
        kind,
        media,
        capacity,
        compressed,
        tab,
        newFiles,
        place,
        newLoads,
        created,
        medium,
        contents);
  }

  TapeRecord with(Contents newContents) {
    return with(medium, newContents);
  }

  /** Holding that now: what was written anew is no copy of anything any more. */
  TapeRecord holding(Contents newContents) {
    boolean anew = newContents.lives() != contents.lives();
    return with(anew ? medium.with(null) : medium, newContents);
  }

  TapeRecord with(MediumFacts newMedium) {
    return with(newMedium, contents);
  }

  TapeRecord with(MediumFacts newMedium, Contents newContents) {
    return new TapeRecord(
        barcode,
        id,
        inode,
        kind,
        media,
        capacity,
        compressed,
        tab,
        files,
        place,
        loads,
        created,
        newMedium,
        newContents);
  }

  /** With its files made and filled from an image. */
  TapeRecord filled(TapeMedia newMedia, long newCapacity, Contents newContents) {
    return new TapeRecord(
        barcode,
        id,
        inode,
        kind,
        newMedia,
        newCapacity,
        compressed,
        tab,
        files.made(),
        place,
        loads,
        created,
        medium,
        newContents);
  }

  TapeRecord withTab(boolean newTab) {
    return new TapeRecord(
        barcode,
        id,
        inode,
        kind,
        media,
        capacity,
        compressed,
        newTab,
        files,
        place,
        loads,
        created,
        medium,
        contents);
  }
}
