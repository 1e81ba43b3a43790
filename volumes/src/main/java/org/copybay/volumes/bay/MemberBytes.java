package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileStatus;

/**
 * The bytes of a volume for what it is a part of, which alone writes to it: a shadow set, or a
 * cartridge where the volume is a hidden one. Any thread may call; every call may fail with CORRUPT
 * when the volume is damaged, and with STORE_FAILED when it takes no writes.
 */
public final class MemberBytes implements BlockDevice, Image {
  /** The name of the label that a set keeps beside the home of a member. */
  public static final String LABEL = "shadow";

  /** The first one, until it is whole. */
  public static final String NEW_LABEL = LABEL + LabelFile.NEW;

  /** The name of the label that a cartridge keeps beside the home of a side. */
  public static final String SIDE_LABEL = "optical";

  /** The next one, until it is whole. */
  public static final String NEW_SIDE_LABEL = SIDE_LABEL + LabelFile.NEW;

  private final Volume volume;

  MemberBytes(Volume volume) {
    this.volume = volume;
  }

  /** The volume. */
  public Volume volume() {
    return volume;
  }

  /** Reads target.remaining() bytes, all of which must lie in the volume. */
  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    int wanted = target.remaining();
    int got = volume.bytes().read(offset, target);
    if (got < wanted) {
      throw new StorageException(
          Fault.CORRUPT,
          "volume " + volume.name() + " ends early: want " + wanted + " bytes, got " + got);
    }
  }

  /** Begins to read ranges from the disk that will be read soon; they are not waited for. */
  public void expect(List<Extent> ranges) throws StorageException {
    for (Extent range : ranges) {
      volume.bytes().home().expect(range.offset(), range.length());
    }
  }

  /** Writes all of the buffer; after an error any of its bytes may have been written. */
  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    int wanted = source.remaining();
    for (long at = offset; source.hasRemaining(); ) {
      at += volume.bytes().write(at, source);
    }
    return wanted;
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    volume.bytes().zero(offset, length, keepSpace);
  }

  /** Gives a range space without changing its bytes. NO_SPACE. */
  public void reserve(long offset, long length) throws StorageException {
    volume.bytes().reserve(offset, length, true);
  }

  @Override
  public void flush() throws StorageException {
    volume.bytes().fence();
  }

  /** {@link #flush} of the home, after which its times survive power loss too (P6). */
  public void flushTimes() throws StorageException {
    volume.bytes().home().flushTimes();
  }

  @Override
  public long nextData(long offset) throws StorageException {
    return volume.bytes().tracks().nextData(offset);
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return volume.bytes().tracks().nextHole(offset);
  }

  /** CORRUPT when somebody removed its home under the bay, or put another one in its place. */
  public void requireInPlace() throws StorageException {
    volume.bytes().home().requireInPlace();
  }

  /** CORRUPT when somebody cut its home under the bay: what was there is lost. */
  public void requireLength() throws StorageException {
    volume.bytes().home().requireLength(volume.size());
  }

  /** Size, space and times of its home, from the disk. */
  public FileStatus homeStatus() throws StorageException {
    return volume.bytes().home().status();
  }

  /** A number that its home keeps as long as it is the same file. */
  public long homeFile() throws StorageException {
    return volume.bytes().home().fileNumber();
  }

  /** The directory of its home, where the set keeps the label of the member. */
  public Path directory() {
    return volume.directory();
  }
}
