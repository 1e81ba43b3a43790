package org.copybay.copy.optical;

import java.time.Instant;
import java.util.UUID;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.MediaFormat;
import org.jspecify.annotations.Nullable;

/**
 * The row of one side of a cartridge: an optical volume.
 *
 * @param key name of the cartridge and A or B
 * @param cartridge its name
 * @param side 0 or 1
 * @param bytes the hidden volume that holds its bytes
 * @param inode number in the mount
 * @param id volume identifier
 * @param state what it is
 * @param owner user, group and permission bits
 * @param label what initialising says of it
 * @param duplicate of what it is one, or null
 * @param base what a later duplicate need not copy again, or null
 */
public record SideRecord(
    String key,
    String cartridge,
    int side,
    UUID bytes,
    long inode,
    String id,
    SideState state,
    Owner owner,
    Label label,
    @Nullable Duplicate duplicate,
    @Nullable Base base) {

  /**
   * What initialising says of a volume.
   *
   * @param type whom it is for
   * @param primary key of the side that a backup volume belongs to, or null
   * @param format what it is initialised for
   * @param threshold percent of it that may be written
   * @param text description
   * @param created when it was initialised or duplicated, or when its cartridge was added
   * @param usable bytes that may be written at most
   * @param first bytes of the volume when it was first formatted, which bound its growth
   * @param writeProtected whether nothing may change it
   */
  public record Label(
      VolumeType type,
      @Nullable String primary,
      MediaFormat format,
      int threshold,
      String text,
      Instant created,
      long usable,
      long first,
      boolean writeProtected) {
    /** The most characters of a description. */
    public static final int MAX_TEXT = 50;

    /** The threshold of every backup volume. */
    public static final int BACKUP_THRESHOLD = 99;

    /** One of a side of so many bytes that has no label. */
    static Label none(long capacity, Instant now) {
      return new Label(
          VolumeType.PRIMARY, null, MediaFormat.UNKNOWN, 100, "", now, capacity, capacity, false);
    }

    Label withThreshold(int percent) {
      return new Label(
          type, primary, format, percent, text, created, usable, first, writeProtected);
    }

    Label withText(String newText) {
      return new Label(
          type, primary, format, threshold, newText, created, usable, first, writeProtected);
    }

    Label withType(VolumeType newType, @Nullable String newPrimary) {
      return new Label(
          newType, newPrimary, format, threshold, text, created, usable, first, writeProtected);
    }

    Label withSize(long bytes) {
      return new Label(
          type, primary, format, threshold, text, created, bytes, bytes, writeProtected);
    }

    Label withProtection(boolean yes) {
      return new Label(type, primary, format, threshold, text, created, usable, first, yes);
    }
  }

  /**
   * Where the content of a duplicate came from.
   *
   * @param of identifier of the source
   * @param at when its source was as it is
   * @param job that made it
   * @param sourceHash SHA-256 of the source, or null where it was not read again
   * @param hash SHA-256 of the duplicate, or null
   */
  public record Duplicate(
      String of, Instant at, String job, @Nullable String sourceHash, @Nullable String hash) {}

  SideRecord withId(String newId) {
    return new SideRecord(
        key, cartridge, side, bytes, inode, newId, state, owner, label, duplicate, base);
  }

  SideRecord withState(SideState newState) {
    return new SideRecord(
        key, cartridge, side, bytes, inode, id, newState, owner, label, duplicate, base);
  }

  SideRecord withOwner(Owner newOwner) {
    return new SideRecord(
        key, cartridge, side, bytes, inode, id, state, newOwner, label, duplicate, base);
  }

  SideRecord withLabel(Label newLabel) {
    return new SideRecord(
        key, cartridge, side, bytes, inode, id, state, owner, newLabel, duplicate, base);
  }

  SideRecord withDuplicate(@Nullable Duplicate newDuplicate) {
    return new SideRecord(
        key, cartridge, side, bytes, inode, id, state, owner, label, newDuplicate, base);
  }

  SideRecord withBase(@Nullable Base newBase) {
    return new SideRecord(
        key, cartridge, side, bytes, inode, id, state, owner, label, duplicate, newBase);
  }
}
