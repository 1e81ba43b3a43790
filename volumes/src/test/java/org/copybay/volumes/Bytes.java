package org.copybay.volumes;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** Direct buffers for tests. */
public final class Bytes {
  private Bytes() {}

  /** So many bytes that only that seed gives. */
  public static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A direct buffer of those bytes, ready to be written. */
  public static ByteBuffer direct(byte... bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** So many bytes: those of the lines, which may have blanks, then zeros. */
  public static byte[] hex(int length, String... lines) {
    String digits = String.join("", lines).replace(" ", "");
    return Arrays.copyOf(HexFormat.of().parseHex(digits), length);
  }

  /** What was put into a buffer. */
  public static byte[] of(ByteBuffer filled) {
    ByteBuffer buffer = filled.duplicate().flip();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
