package org.copybay.volumes.interchange;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Parses a SIMH image that comes piece by piece, of any lengths, and tells a sink its objects as
 * they end; of the image it keeps one record at most. The image ends with the word for that, behind
 * which nothing is looked at, or with its last byte, so one that was cut between two objects looks
 * whole: {@link #wantsEnd}. After an error nothing more may come. One thread.
 */
public final class SimhParser {
  /** The longest end of a record: a pad, and the word. */
  private static final int TAIL_BYTES = 1 + SimhWord.BYTES;

  private static final int PIECE_BYTES = 1 << 13;

  private final int limitBytes;
  private final Teller teller;
  private final RecordBytes bytes = new RecordBytes();
  private final byte[] piece = new byte[PIECE_BYTES];

  /** What came of a word, or of the end of a record. */
  private final byte[] head = new byte[TAIL_BYTES];

  private int have;

  /** How many bytes came. */
  private long offset;

  /** The object with data that has begun, or null, where it begins, and what is to come of it. */
  private @Nullable SimhWord open;

  private long begin;
  private int dataLeft;

  private boolean ended;
  private boolean wantsEnd;

  /**
   * A parser that got nothing yet.
   *
   * @param limitBytes the longest record that is taken, 1 to {@link TapeFormat#MAX_RECORD_BYTES}
   * @param sink takes the objects
   */
  public SimhParser(int limitBytes, TapeSink sink) {
    this(limitBytes, new Teller(sink));
  }

  SimhParser(int limitBytes, Teller teller) {
    this.limitBytes = limitBytes;
    this.teller = teller;
  }

  /**
   * Takes all of the next bytes. CORRUPT with the place where the image breaks a rule, BAD_REQUEST
   * for a record over the limit, and what the sink throws.
   */
  public void put(ByteBuffer source) throws StorageException {
    while (source.hasRemaining()) {
      if (ended) {
        offset += source.remaining();
        source.position(source.limit());
      } else if (dataLeft > 0) {
        data(source);
      } else {
        head[have++] = source.get();
        offset++;
        step();
      }
    }
  }

  /** There is no more: the image must be whole. CORRUPT, when its last object was told. */
  public void end() throws StorageException {
    requireWholeObjects();
    SimhWord word = open;
    if (word != null) {
      close(word);
      have = 0;
    }
    requireEnd();
  }

  /** Whether it can end here, which changes nothing. CORRUPT. */
  public void requireWhole() throws StorageException {
    requireWholeObjects();
    requireEnd();
  }

  private void requireWholeObjects() throws StorageException {
    SimhWord word = open;
    boolean unpadded =
        word != null && dataLeft == 0 && have == SimhWord.BYTES && head(0).equals(word);
    if (word != null && !unpadded) {
      throw Damage.cut(
          offset, "the record of " + word.length() + " bytes that begins at byte " + begin);
    }
    if (word == null && have > 0 && !ended) {
      throw Damage.cut(offset, "a word of 4 bytes from byte " + (offset - have));
    }
  }

  private void requireEnd() throws StorageException {
    if (wantsEnd && !ended) {
      throw Damage.cut(offset, "the word for its end, which its first word promises");
    }
  }

  /** Whether the word for the end came. */
  public boolean ended() {
    return ended;
  }

  /**
   * Whether its first word is {@link SimhWord#PROMISE}: only with the word for the end it is whole.
   */
  public boolean wantsEnd() {
    return wantsEnd;
  }

  /** How many bytes came. */
  public long offset() {
    return offset;
  }

  /** What was told up to now. */
  public TapeTally tally() {
    return teller.tally();
  }

  private void data(ByteBuffer source) throws StorageException {
    SimhWord word = opened();
    boolean kept = word.kind() == SimhWord.Kind.RECORD;
    int most = Math.min(kept ? bytes.room() : piece.length, source.remaining());
    int count = Math.min(most, dataLeft);
    source.get(kept ? bytes.array() : piece, kept ? bytes.length() : 0, count);
    if (kept) {
      bytes.added(count);
    }
    offset += count;
    dataLeft -= count;
  }

  private SimhWord opened() {
    SimhWord word = open;
    if (word == null) {
      throw new IllegalStateException("no record is open");
    }
    return word;
  }

  private SimhWord head(int at) {
    return SimhWord.decode(head, at);
  }

  private void step() throws StorageException {
    SimhWord word = open;
    if (word != null) {
      tail(word);
    } else if (have == SimhWord.BYTES) {
      word(head(0));
    }
  }

  private void word(SimhWord word) throws StorageException {
    long at = offset - have;
    have -= word.wordBytes();
    System.arraycopy(head, word.wordBytes(), head, 0, have);
    switch (word.kind()) {
      case END -> ended = true;
      case MARK -> teller.mark();
      case RECORD, OTHER_RECORD -> begin(word, at);
      case OTHER_MARKER -> {
        if (at == 0 && word.equals(SimhWord.PROMISE)) {
          wantsEnd = true;
        } else {
          teller.leaveOut();
        }
      }
      case GAP -> {}
    }
  }

  private void begin(SimhWord word, long at) throws StorageException {
    if (word.kind() == SimhWord.Kind.RECORD && word.length() > limitBytes) {
      throw Damage.tooLong(at, word.length(), limitBytes);
    }
    bytes.clear();
    open = word;
    begin = at;
    dataLeft = word.length();
  }

  /**
   * Goes behind the pad and the word at the end of a record. Some programs write no pad behind an
   * odd length: where the word stands only at the place without it, that is one of theirs.
   */
  private void tail(SimhWord word) throws StorageException {
    int pad = word.length() % 2;
    if (have < pad + SimhWord.BYTES) {
      return;
    }
    if (head(pad).equals(word)) {
      have = 0;
    } else if (head(0).equals(word)) {
      head[0] = head[SimhWord.BYTES]; // belongs to what follows
      have = 1;
    } else {
      throw Damage.at(
          offset - SimhWord.BYTES,
          "the length " + word + " of the record at byte " + begin + " again",
          head(pad).toString());
    }
    close(word);
  }

  private void close(SimhWord word) throws StorageException {
    open = null;
    if (word.kind() == SimhWord.Kind.OTHER_RECORD || word.length() == 0) {
      teller.leaveOut(); // 80000000: an error in place of a record
    } else {
      teller.record(bytes, word.damaged());
    }
  }
}
