package org.copybay.volumes.interchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.DeflaterOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** Records of AWSTAPE as others write them: packed, and in many chunks. */
final class Packed {
  private Packed() {}

  static byte[] chunks(byte[] data, int chunkBytes, int packing, int more) {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    byte[] header = new byte[AwsHeader.HEADER_BYTES];
    int last = 0;
    for (int at = 0; at < data.length; at += chunkBytes) {
      int length = Math.min(chunkBytes, data.length - at);
      int flags =
          packing
              | (at == 0 ? AwsHeader.BEGINS : 0)
              | (at + length == data.length ? AwsHeader.ENDS : 0);
      new AwsHeader(length, last, flags, more).encode(header);
      image.writeBytes(header);
      image.write(data, at, length);
      last = length;
    }
    return image.toByteArray();
  }

  static byte[] zlib(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream stream = new DeflaterOutputStream(packed)) {
      stream.write(bytes);
    }
    return packed.toByteArray();
  }

  static byte[] bzip2(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream stream = new BZip2CompressorOutputStream(packed)) {
      stream.write(bytes);
    }
    return packed.toByteArray();
  }
}
