package org.copybay.control.tree;

import java.nio.ByteBuffer;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;

/** The bits of a write bitmap, as they are when they are read. */
record BitmapMapFile(String path, Bay bay, String volume, String bitmap, ErrorLog errors)
    implements ControlFile {

  @Override
  public int mode() {
    return 0444;
  }

  /** 0 where there is none now: the open says why. */
  @Override
  public long size(Caller caller) {
    try {
      return bits().mapBytes();
    } catch (StorageException e) {
      return 0;
    }
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) throws StorageException {
    return TextFile.open(path, errors, caller, mode, () -> new Handle(bits()));
  }

  private WriteBitmap bits() throws StorageException {
    Volume now = bay.find(volume);
    return bay.bitmaps().bits(now, bay.bitmaps().find(now, bitmap));
  }

  /** Keeps reading the bitmap that it was opened for, also when that was deleted. */
  private record Handle(WriteBitmap bits) implements ReadHandle {

    @Override
    public long size() {
      return bits.mapBytes();
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      long left = bits.mapBytes() - offset;
      if (offset < 0 || left <= 0) {
        return 0;
      }
      ByteBuffer part = target.slice();
      part.limit((int) Math.min(left, part.capacity()));
      bits.map(offset, part);
      target.position(target.position() + part.position());
      return part.position();
    }
  }
}
