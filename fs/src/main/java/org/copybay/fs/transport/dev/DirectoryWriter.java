package org.copybay.fs.transport.dev;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.fs.transport.DirectoryPlusSink;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.EntryReply;

/** Packs directory entries into the body of an answer. Belongs to one thread. */
final class DirectoryWriter {

  private final ByteBuffer out;
  private final EntryReply entry = new EntryReply();
  private int limit;
  private int length;

  final DirectorySink plain = this::addPlain;

  final DirectoryPlusSink plus =
      new DirectoryPlusSink() {
        @Override
        public EntryReply entry() {
          entry.clear();
          return entry;
        }

        @Override
        public boolean add(String name, long nextOffset) {
          return addPlus(name, nextOffset);
        }
      };

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

  private boolean addPlain(String name, long ino, int mode, long nextOffset) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (length + Wire.direntLength(bytes.length) > limit) {
      return false;
    }
    putName(bytes, ino, mode, nextOffset);
    return true;
  }

  private boolean addPlus(String name, long nextOffset) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (length + Wire.ENTRY_OUT + Wire.direntLength(bytes.length) > limit) {
      return false;
    }
    length += Wire.putEntry(out, length, entry);
    putName(bytes, entry.attr().ino(), entry.attr().mode(), nextOffset);
    return true;
  }

  private void putName(byte[] name, long ino, int mode, long nextOffset) {
    Wire.putDirent(out, length, ino, nextOffset, name.length, mode);
    int end = length + Wire.direntLength(name.length);
    int at = length + Wire.DIRENT;
    out.put(at, name);
    for (at += name.length; at < end; at++) {
      out.put(at, (byte) 0);
    }
    length = end;
  }
}
