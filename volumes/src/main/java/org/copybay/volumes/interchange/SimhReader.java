package org.copybay.volumes.interchange;

import org.copybay.volumes.StorageException;

/**
 * Reads a SIMH image. It ends with the word for that or with its last byte, so one that was cut
 * between two objects looks whole. One thread.
 */
final class SimhReader {
  private final ImageInput image;
  private final int limitBytes;
  private final Teller teller;
  private final RecordBytes bytes = new RecordBytes();

  SimhReader(ImageInput image, int limitBytes, Teller teller) {
    this.image = image;
    this.limitBytes = limitBytes;
    this.teller = teller;
  }

  void read() throws StorageException {
    while (true) {
      long at = image.offset();
      int there = image.ahead(SimhWord.BYTES);
      if (there == 0) {
        return;
      }
      if (there < SimhWord.BYTES) {
        throw Damage.cut(at + there, "a word of 4 bytes from byte " + at);
      }
      SimhWord word = image.word(0);
      image.pass(word.wordBytes());
      switch (word.kind()) {
        case END -> {
          return;
        }
        case MARK -> teller.mark();
        case RECORD -> record(at, word);
        case OTHER_RECORD -> other(at, word);
        case OTHER_MARKER -> teller.leaveOut();
        case GAP -> {}
      }
    }
  }

  private void record(long at, SimhWord word) throws StorageException {
    if (word.length() > limitBytes) {
      throw Damage.tooLong(at, word.length(), limitBytes);
    }
    bytes.clear();
    if (!bytes.add(image, word.length())) {
      throw cut(at, word);
    }
    requireEnd(at, word);
    if (word.length() == 0) {
      teller.leaveOut(); // 80000000: an error in place of a record
    } else {
      teller.record(bytes, word.damaged());
    }
  }

  private void other(long at, SimhWord word) throws StorageException {
    if (!image.skip(word.length())) {
      throw cut(at, word);
    }
    requireEnd(at, word);
    teller.leaveOut();
  }

  /**
   * Goes behind the pad and the word at the end of a record. Some programs write no pad behind an
   * odd length: where the word stands only at the place without it, that is one of theirs.
   */
  private void requireEnd(long begin, SimhWord word) throws StorageException {
    int pad = word.length() % 2;
    int there = image.ahead(pad + SimhWord.BYTES);
    if (there == pad + SimhWord.BYTES && image.word(pad).equals(word)) {
      image.pass(there);
    } else if (there >= SimhWord.BYTES && image.word(0).equals(word)) {
      image.pass(SimhWord.BYTES);
    } else if (there == pad + SimhWord.BYTES) {
      throw Damage.at(
          image.offset() + pad,
          "the length " + word + " of the record at byte " + begin + " again",
          image.word(pad).toString());
    } else {
      throw cut(begin, word);
    }
  }

  private StorageException cut(long begin, SimhWord word) throws StorageException {
    image.skip(SimhWord.BYTES + 1); // what is left, so that the offset is that of the end
    return Damage.cut(
        image.offset(), "the record of " + word.length() + " bytes that begins at byte " + begin);
  }
}
