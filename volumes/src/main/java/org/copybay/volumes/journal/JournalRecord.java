package org.copybay.volumes.journal;

/**
 * One change of a map. What each field means depends on the kind; fields that a kind does not use
 * are 0.
 *
 * @param kind what happened
 * @param count blocks
 * @param point number of a point in time, 0 for none
 * @param start the first block of the volume
 * @param base the block of the spill that holds the first one
 */
public record JournalRecord(Kind kind, int count, int point, long start, long base) {

  /** What a record says. */
  public enum Kind {
    /** Blocks were written to the spill; what they were passed to the point, or was released. */
    RUN(1),
    /** Blocks became zeros without space; what they were passed to the point, or was released. */
    ZERO(2),
    /** Blocks were copied to their home; their place in the spill was released. */
    SETTLE(3),
    /** The point was made: start is the size of the volume in bytes, base the time in ms. */
    FREEZE(4),
    /** The point is no more. */
    DROP(5),
    /** As RUN, for content that the volume had just after the point was made. */
    FILL(6),
    /**
     * Everything up to the record with the number in start was fenced before this was written, and
     * the journal up to the one with the number in base had been synced.
     */
    BARRIER(7);

    private static final Kind[] BY_CODE = new Kind[8];

    static {
      for (Kind kind : values()) {
        BY_CODE[kind.code] = kind;
      }
    }

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Kind of(int code) {
      Kind kind = code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
      if (kind == null) {
        throw new IllegalArgumentException("journal record kind=" + code);
      }
      return kind;
    }
  }

  /** Blocks written to the spill. */
  public static JournalRecord run(long start, int count, long base, int point) {
    return new JournalRecord(Kind.RUN, count, point, start, base);
  }

  /** Blocks that became zeros. */
  public static JournalRecord zero(long start, int count, int point) {
    return new JournalRecord(Kind.ZERO, count, point, start, 0);
  }

  /** Blocks copied home. */
  public static JournalRecord settle(long start, int count) {
    return new JournalRecord(Kind.SETTLE, count, 0, start, 0);
  }

  /** A point made. */
  public static JournalRecord freeze(int point, long sizeBytes, long timeMillis) {
    return new JournalRecord(Kind.FREEZE, 0, point, sizeBytes, timeMillis);
  }

  /** A point dropped. */
  public static JournalRecord drop(int point) {
    return new JournalRecord(Kind.DROP, 0, point, 0, 0);
  }

  /** Blocks filled as of just after a point. */
  public static JournalRecord fill(long start, int count, long base, int point) {
    return new JournalRecord(Kind.FILL, count, point, start, base);
  }

  static JournalRecord barrier(long upTo, long synced) {
    return new JournalRecord(Kind.BARRIER, 0, 0, upTo, synced);
  }
}
