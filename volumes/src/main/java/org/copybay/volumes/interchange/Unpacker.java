package org.copybay.volumes.interchange;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.AwsHeader.Packing;

/** Unpacks the records of HET, each into memory for one record and no further. One thread. */
final class Unpacker {
  private final RecordBytes unpacked = new RecordBytes();

  /** The longest packed form of a record of so many bytes: bzip2 adds 1 % and 600 bytes at most. */
  static int mostPacked(int limitBytes) {
    return limitBytes + limitBytes / 64 + 1024;
  }

  /**
   * The bytes of a record, until the next call.
   *
   * @param begin the byte of the image where the record begins, for messages
   */
  RecordBytes unpack(Packing packing, RecordBytes packed, long begin, int limitBytes)
      throws StorageException {
    unpacked.clear();
    try {
      if (packing == Packing.ZLIB) {
        inflate(packed, begin, limitBytes);
      } else {
        bunzip(packed, begin, limitBytes);
      }
    } catch (DataFormatException | IOException | RuntimeException e) {
      throw Damage.at(begin, "a record packed by " + packing, "what cannot be unpacked", e);
    }
    if (unpacked.length() == 0) {
      throw Damage.at(begin, "a packed record of one byte or more", "none");
    }
    return unpacked;
  }

  /** One stream of zlib, or some of them one behind the other. */
  private void inflate(RecordBytes packed, long begin, int limitBytes)
      throws StorageException, DataFormatException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed.array(), 0, packed.length());
      while (true) {
        int room = unpacked.room();
        int got = inflater.inflate(unpacked.array(), unpacked.length(), room);
        add(got, begin, limitBytes);
        if (inflater.finished()) {
          int rest = inflater.getRemaining();
          if (rest == 0) {
            return;
          }
          inflater.reset();
          inflater.setInput(packed.array(), packed.length() - rest, rest);
        } else if (got == 0) {
          throw new DataFormatException("it ends early, or wants a dictionary");
        }
      }
    } finally {
      inflater.end();
    }
  }

  /** One stream of bzip2: each takes memory for a block, however short it is. */
  private void bunzip(RecordBytes packed, long begin, int limitBytes)
      throws StorageException, IOException {
    ByteArrayInputStream source = new ByteArrayInputStream(packed.array(), 0, packed.length());
    try (InputStream stream = new BZip2CompressorInputStream(source)) {
      while (true) {
        int room = unpacked.room();
        int got = stream.read(unpacked.array(), unpacked.length(), room);
        if (got <= 0) {
          break;
        }
        add(got, begin, limitBytes);
      }
      if (source.available() > 0) {
        throw new IOException("there are bytes behind its end");
      }
    }
  }

  private void add(int count, long begin, int limitBytes) throws StorageException {
    unpacked.added(count);
    if (unpacked.length() > limitBytes) {
      throw Damage.tooLong(begin, unpacked.length(), limitBytes);
    }
  }
}
