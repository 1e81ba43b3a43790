package org.copybay.volumes.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Some bytes of a medium, little-endian, with the offset at which they were read. One thread. */
final class Block {
  private final long offset;
  private final byte[] bytes;

  /** The bytes are the block's from now on. */
  Block(long offset, byte[] bytes) {
    this.offset = offset;
    this.bytes = bytes;
  }

  long offset() {
    return offset;
  }

  int length() {
    return bytes.length;
  }

  int u8(int at) {
    return bytes[at] & 0xff;
  }

  int u16(int at) {
    return u8(at) | u8(at + 1) << 8;
  }

  long u32(int at) {
    return u16(at) | (long) u16(at + 2) << 16;
  }

  byte[] bytes(int at, int length) {
    return Arrays.copyOfRange(bytes, at, at + length);
  }

  /** Whether that text stands there, one byte a character. */
  boolean says(int at, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    return Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
  }

  /** Whether that many bytes from there are zeros. */
  boolean blank(int at, int length) {
    for (int i = at; i < at + length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  void put(int at, byte... replacement) {
    System.arraycopy(replacement, 0, bytes, at, replacement.length);
  }

  void putU16(int at, int value) {
    put(at, (byte) value, (byte) (value >> 8));
  }

  /** The same bytes, to be changed on their own. */
  Block copy() {
    return new Block(offset, bytes.clone());
  }

  Patch patch() {
    return new Patch(offset, bytes);
  }
}
