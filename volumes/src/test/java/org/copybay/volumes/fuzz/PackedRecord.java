package org.copybay.volumes.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.TapeFormat;

/**
 * One packed record of HET in an image, built by an input. The first byte says how:
 *
 * <pre>
 *   bits 0-1  zlib, bzip2, zlib as Bus-Tech marks it, many streams of zlib
 *   bit  2    the rest of the input is what is packed, else it stands for packed bytes itself
 *   bit  3    a byte of the packed form is another one
 *   bits 4-7  how often the rest is doubled before it is packed, or where there may be many
 *             streams, a stream is doubled
 * </pre>
 *
 * The second byte says in which pieces, the third one where the other byte is.
 */
final class PackedRecord {
  private static final int HEAD_BYTES = 3;

  /** What is doubled up to: far over the limit of a record, and far below that of packed bytes. */
  private static final int MOST_BYTES = 1 << 20;

  private static final int MOST_STREAM_BYTES = 1 << 15;

  private final int how;
  private final byte[] input;

  private PackedRecord(byte[] input) {
    this.how = input[0];
    this.input = input;
  }

  /**
   * A record that was packed comes out as it was, or is refused where it is over the limit, or
   * packed by bzip2 in many streams.
   */
  static void read(byte[] input) throws StorageException {
    if (input.length < HEAD_BYTES) {
      return;
    }
    PackedRecord built = new PackedRecord(input);
    byte[] rest = Arrays.copyOfRange(input, HEAD_BYTES, input.length);
    if ((built.how & 4) == 0) {
      Image.read(TapeFormat.AWSTAPE, built.image(rest));
      return;
    }
    byte[] data = rest;
    byte[] packed = built.packed(rest);
    for (int i = built.how >> 4 & 15; i > 0; i--) {
      boolean room =
          data.length <= MOST_BYTES / 2
              && (!built.streams() || packed.length <= MOST_STREAM_BYTES / 2);
      data = room ? twice(data) : data;
      packed = room && built.streams() ? twice(packed) : packed;
    }
    packed = built.streams() ? packed : built.packed(data);
    byte[] image = built.image(built.spoiled(packed));
    if ((built.how & 8) != 0) {
      Image.read(TapeFormat.AWSTAPE, image);
    } else {
      requireRecord(data, image, built.bzip2() && packed.length > built.packed(rest).length);
    }
  }

  private static void requireRecord(byte[] data, byte[] image, boolean manyStreams)
      throws StorageException {
    Told told = new Told();
    Fault wanted =
        data.length == 0 || manyStreams
            ? Fault.CORRUPT
            : data.length > Told.LIMIT_BYTES ? Fault.BAD_REQUEST : null;
    try {
      Image.read(TapeFormat.AWSTAPE, image, told);
      Told.Item item = new Told.Item(ByteBuffer.wrap(data), false);
      FuzzTarget.require(
          wanted == null && told.items.size() == 1 && told.items.get(0).equals(item),
          "a record of " + data.length + " bytes",
          told.items);
    } catch (StorageException e) {
      FuzzTarget.require(e.fault() == wanted, "fault " + wanted, e);
      throw e;
    }
  }

  private static byte[] twice(byte[] bytes) {
    byte[] twice = Arrays.copyOf(bytes, bytes.length * 2);
    System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
    return twice;
  }

  private boolean bzip2() {
    return (how & 3) == 1;
  }

  private boolean streams() {
    return (how & 1) != 0;
  }

  private byte[] packed(byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream stream =
        bzip2() ? new BZip2CompressorOutputStream(bytes, 1) : new DeflaterOutputStream(bytes)) {
      stream.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private byte[] spoiled(byte[] packed) {
    if ((how & 8) != 0) {
      packed[(input[2] & 0xff) % packed.length] ^= (byte) (1 + (input[1] & 0x7f));
    }
    return packed;
  }

  /** Chunks, each with its header: length, length of the one before, flags. */
  private byte[] image(byte[] packed) {
    int piece = 1 + (input[1] & 0xff) * 257;
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    int last = 0;
    for (int at = 0; at < packed.length; at += piece) {
      int length = Math.min(piece, packed.length - at);
      int flags = (at == 0 ? 0x80 : 0) | (at + length == packed.length ? 0x20 : 0);
      boolean busTech = (how & 3) == 2;
      flags |= busTech ? 0 : bzip2() ? 2 : 1;
      int more = busTech ? 0x80 : 0;
      image.writeBytes(
          new byte[] {
            (byte) length,
            (byte) (length >> 8),
            (byte) last,
            (byte) (last >> 8),
            (byte) flags,
            (byte) more
          });
      image.write(packed, at, length);
      last = length;
    }
    return image.toByteArray();
  }
}
