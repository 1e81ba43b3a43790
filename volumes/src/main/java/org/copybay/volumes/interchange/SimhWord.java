package org.copybay.volumes.interchange;

/**
 * A control word of a SIMH image: 32 bits, little-endian. Its upper four bits are a class and the
 * rest is a length where data follow, as in "SIMH Magtape Representation and Handling" and its
 * proposal for an extended format.
 *
 * @param value the word
 */
record SimhWord(int value) {
  static final int BYTES = 4;
  static final SimhWord MARK = new SimhWord(0);
  static final SimhWord END = new SimhWord(0xffffffff);

  /**
   * A private marker, "CBE" behind class 7. As the first word it promises that the word for the end
   * stands behind the last object, so that what a program left of an image does not look whole.
   */
  static final SimhWord PROMISE = new SimhWord(0x70434245);

  private static final int GAP = 0xfffffffe;
  private static final int HALF_GAP = 0xfffeffff;
  private static final int DAMAGED = 0x80000000;
  private static final int LENGTH_BITS = 28;

  /** The ranges FFFF0000 to FFFF00FF and FFFF8000 to FFFF80FF. */
  private static final int REVERSE_HALF_GAP = 0xffff0000;

  private static final int REVERSE_HALF_GAP_MASK = ~0x80ff;

  /** What a word begins. */
  enum Kind {
    /** A filemark: the word and nothing else. */
    MARK,
    /** A record of a tape, good or damaged. */
    RECORD,
    /** Data with their length before and behind them, private or reserved. */
    OTHER_RECORD,
    /** A word and nothing else, private or reserved. */
    OTHER_MARKER,
    /** Erased tape, or half of a word of it that an overwritten record left. */
    GAP,
    /** The end of the medium; what follows is no part of the tape. */
    END
  }

  static SimhWord decode(byte[] bytes, int at) {
    return new SimhWord(
        (bytes[at] & 0xff)
            | (bytes[at + 1] & 0xff) << 8
            | (bytes[at + 2] & 0xff) << 16
            | (bytes[at + 3] & 0xff) << 24);
  }

  /** The word before and behind the data of a record. */
  static SimhWord record(int length, boolean damaged) {
    return new SimhWord(damaged ? length | DAMAGED : length);
  }

  Kind kind() {
    if (equals(MARK)) {
      return Kind.MARK;
    }
    if (equals(END)) {
      return Kind.END;
    }
    if (value == GAP || value == HALF_GAP || (value & REVERSE_HALF_GAP_MASK) == REVERSE_HALF_GAP) {
      return Kind.GAP;
    }
    return switch (value >>> LENGTH_BITS) {
      case 0, 8 -> Kind.RECORD;
      case 7, 15 -> Kind.OTHER_MARKER;
      default -> Kind.OTHER_RECORD;
    };
  }

  boolean hasData() {
    return kind() == Kind.RECORD || kind() == Kind.OTHER_RECORD;
  }

  boolean damaged() {
    return value < 0;
  }

  /** How many bytes of data follow, without a pad. */
  int length() {
    return value & ((1 << LENGTH_BITS) - 1);
  }

  /**
   * How many bytes to go on by: behind half a gap the next word begins in the middle of this one,
   * which is how the simulators come back into step.
   */
  int wordBytes() {
    return value == HALF_GAP ? BYTES / 2 : BYTES;
  }

  /** As eight digits. */
  @Override
  public String toString() {
    return String.format("%08X", value);
  }
}
