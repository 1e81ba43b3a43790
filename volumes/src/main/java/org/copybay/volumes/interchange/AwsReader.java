package org.copybay.volumes.interchange;

import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.AwsHeader.Packing;

/**
 * Reads an AWSTAPE or HET image. It ends with its last byte, so one that was cut between two
 * objects looks whole. One thread.
 */
final class AwsReader {
  private final ImageInput image;
  private final int limitBytes;
  private final Teller teller;
  private final RecordBytes bytes = new RecordBytes();
  private final Unpacker unpacker = new Unpacker();

  /** The length in the header before. */
  private int last;

  /** Whether a record has begun and not ended. */
  private boolean open;

  /** Of the record that is open: where it begins, and how it is packed. */
  private long begin;

  private Packing packing = Packing.NONE;

  AwsReader(ImageInput image, int limitBytes, Teller teller) {
    this.image = image;
    this.limitBytes = limitBytes;
    this.teller = teller;
  }

  void read() throws StorageException {
    while (true) {
      long at = image.offset();
      int there = image.ahead(AwsHeader.HEADER_BYTES);
      if (there == 0 && !open) {
        return;
      }
      if (there < AwsHeader.HEADER_BYTES) {
        throw Damage.cut(at + there, "a header of 6 bytes from byte " + at);
      }
      AwsHeader header = image.header();
      require(header, at);
      image.pass(AwsHeader.HEADER_BYTES);
      last = header.length();
      if (header.mark()) {
        teller.mark();
      } else {
        chunk(header, at);
      }
    }
  }

  /**
   * What a header must say. The length of the one before may be 0 where an object begins: so does
   * an image that was appended to another one.
   */
  private void require(AwsHeader header, long at) throws StorageException {
    if (!header.isKnown()) {
      throw Damage.at(
          at + 4,
          "flags of a filemark without data or of a chunk with some",
          header.shownFlags() + " with " + header.length() + " bytes");
    }
    if (header.begins() == open) {
      throw Damage.at(
          at + 4,
          open ? "another chunk of the record at byte " + begin : "the first chunk of an object",
          "flags " + header.shownFlags());
    }
    if (header.previous() != last && (open || header.previous() != 0)) {
      throw Damage.at(at + 2, "the previous length " + last, "" + header.previous());
    }
  }

  private void chunk(AwsHeader header, long at) throws StorageException {
    if (!open) {
      open = true;
      begin = at;
      packing = header.packing();
      bytes.clear();
    } else if (header.packing() != packing) {
      throw Damage.at(
          at + 4,
          "the packing " + packing + " of the record at byte " + begin,
          header.packing().toString());
    }
    int most = packing == Packing.NONE ? limitBytes : Unpacker.mostPacked(limitBytes);
    if (bytes.length() + header.length() > most) {
      throw Damage.tooLong(begin, bytes.length() + header.length(), limitBytes);
    }
    if (!bytes.add(image, header.length())) {
      throw Damage.cut(image.offset(), header.length() + " bytes of the chunk at byte " + at);
    }
    if (header.ends()) {
      open = false;
      teller.record(
          packing == Packing.NONE ? bytes : unpacker.unpack(packing, bytes, begin, limitBytes),
          false);
    }
  }
}
