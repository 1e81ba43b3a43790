package org.copybay.fs.transport.dev;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.fs.transport.DirectorySink;

/** Packs directory entries into the body of an answer. Belongs to one thread. */
final class DirectoryWriter implements DirectorySink {

  private final ByteBuffer out;
  private int limit;
  private int length;

  DirectoryWriter(ByteBuffer out) {
    this.out = out;
  }

  /** Begins an answer of at most {@code size} bytes. */
  void begin(int size) {
    limit = Math.min(size, out.capacity());
    length = 0;
  }

  /** Bytes written since {@link #begin}. */
  int length() {
    return length;
  }

  @Override
  public boolean add(String text, long ino, int mode, long nextOffset) {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    if (length + Wire.direntLength(name.length) > limit) {
      return false;
    }
    Wire.putDirent(out, length, ino, nextOffset, name.length, mode);
    int end = length + Wire.direntLength(name.length);
    int at = length + Wire.DIRENT;
    out.put(at, name);
    for (at += name.length; at < end; at++) {
      out.put(at, (byte) 0);
    }
    length = end;
    return true;
  }
}
