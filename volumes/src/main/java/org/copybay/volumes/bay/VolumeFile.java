package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** One volume as its openers use it: the file in volumes/. */
final class VolumeFile implements BlockFile {
  private final Bay bay;
  private final Volume volume;
  private final GapKeeper gaps = new GapKeeper();

  VolumeFile(Bay bay, Volume volume) {
    this.bay = bay;
    this.volume = volume;
  }

  @Override
  public String path() {
    return "volumes/" + volume.name();
  }

  @Override
  public String name() {
    return volume.name();
  }

  @Override
  public long size() {
    return volume.size();
  }

  @Override
  public boolean making() {
    return volume.state() == VolumeState.MAKING;
  }

  @Override
  public String resizing() {
    return VolumeBytes.resizing(volume.row(), "BYTES");
  }

  /** Not of a member of a shadow set: its bytes change by writes to the virtual unit. */
  @Override
  public boolean keepsPages() {
    Relation relation = volume.relation();
    return relation == null || !relation.written();
  }

  @Override
  public GapKeeper gaps() {
    return gaps;
  }

  @Override
  public int read(long offset, ByteBuffer target) throws StorageException {
    return volume.bytes().read(offset, target);
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    return volume.bytes().write(offset, source);
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    volume.bytes().zero(offset, length, keepSpace);
  }

  @Override
  public void reserve(long offset, long length, boolean keepSize) throws StorageException {
    volume.bytes().reserve(offset, length, keepSize);
  }

  @Override
  public void flush() throws StorageException {
    volume.bytes().fence();
  }

  @Override
  public long seek(long offset, boolean data) throws StorageException {
    return volume.bytes().seek(offset, data);
  }

  @Override
  public void setSize(long size) throws StorageException {
    volume.requireWritable();
    try (var held = volume.gate().enterSettled("set its size")) {
      VolumeRecord row = volume.row();
      if (row.growing()) {
        volume.bytes().setMakingSize(size);
      } else if (size != row.size()) {
        throw fixed(row, size);
      }
    }
  }

  private static StorageException fixed(VolumeRecord row, long wanted) {
    String resizing =
        VolumeBytes.resizing(row, wanted + (wanted < row.size() ? " shrink=yes" : ""));
    return new StorageException(
        Fault.FORBIDDEN,
        "volume " + row.name() + " has a fixed size of " + row.size() + " bytes, wanted " + wanted,
        "dd conv=notrunc, qemu-img convert -n" + (wanted == 0 ? "" : ", or: " + resizing));
  }

  @Override
  public void requireRoom(long offset) throws StorageException {
    volume.bytes().requireRoom(offset);
  }

  @Override
  public void zeroGap(long offset, long length) throws StorageException {
    zero(offset, length, false);
    var told = bay.kernelView().contentChanged(volume, new Extent(offset, length));
    assert told != null; // not waited for: this is a request of the volume itself
  }

  @Override
  public void closed(OpenFile open) {
    Openers openers = volume.gate();
    if (openers.remove(open)) {
      try {
        bay.lastClosed(volume, open.opener().writing());
      } finally {
        openers.settled();
      }
    }
  }
}
