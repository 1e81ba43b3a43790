package org.copybay.volumes.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/** A medium in memory that counts its reads and may have an offset from which on it fails. */
final class MemoryImage implements Image {
  final byte[] bytes;
  int reads;
  long failsFrom = Long.MAX_VALUE;
  Extent fails = new Extent(Long.MAX_VALUE, 0);

  MemoryImage(byte[] bytes) {
    this.bytes = bytes;
  }

  MemoryImage(int length) {
    this(new byte[length]);
  }

  MediumFormat format() throws StorageException {
    return MediumFormat.read(this, bytes.length);
  }

  /** A medium with the bytes of this one and the patches. */
  MemoryImage with(Iterable<Patch> patches) {
    MemoryImage other = new MemoryImage(bytes.clone());
    for (Patch patch : patches) {
      ByteBuffer source = patch.bytes();
      source.get(other.bytes, (int) patch.offset(), source.remaining());
    }
    return other;
  }

  /** A medium with the bytes of this one but zeros in those extents. */
  MemoryImage without(Iterable<Extent> extents) {
    MemoryImage other = new MemoryImage(bytes.clone());
    for (Extent extent : extents) {
      other.put(extent.offset(), new byte[(int) extent.length()]);
    }
    return other;
  }

  void put(long at, byte... replacement) {
    System.arraycopy(replacement, 0, bytes, (int) at, replacement.length);
  }

  void put(long at, String text) {
    put(at, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void flip(long at) {
    bytes[(int) at] ^= 1;
  }

  String text(long at, int length) {
    return new String(bytes, (int) at, length, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    reads++;
    long end = offset + target.remaining();
    if (end > failsFrom || (end > fails.offset() && offset < fails.end())) {
      throw new StorageException(Fault.STORE_FAILED, "read offset=" + offset);
    }
    target.put(bytes, (int) offset, target.remaining());
  }

  @Override
  public long nextData(long offset) {
    return offset;
  }

  @Override
  public long nextHole(long offset) {
    return bytes.length;
  }
}
