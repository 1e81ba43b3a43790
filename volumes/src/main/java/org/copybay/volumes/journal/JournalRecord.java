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
    /** As RUN, for content that the volume had just after the point was made, which gets them. */
    FILL(6),
    /**
     * Everything up to the record with the number in start was fenced before this was written, and
     * the journal up to the one with the number in base had been synced.
     */
    BARRIER(7),
    /** As FILL, where blocks without a place get one, born at the point; no point gets them. */
    FILL_ANEW(8),
    /** As FILL, for zeros without space. */
    FILL_ZERO(9),
    /**
     * The next SWITCH is about the blocks of these whole tracks: of each, those that have a bit in
     * point.
     */
    PREPARE(10),
    /**
     * What the volume shows has an origin now: count says where, point is the number of the last
     * point that was made before it, start how many blocks it is about, base the stamp.
     */
    SWITCH(11),
    /** These whole tracks have bytes of their own again. */
    FILLED(12),
    /** The point is not dropped before the time in start, in ms. */
    LOCK(13);

    private static final Kind[] BY_CODE = new Kind[14];

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

    /** Whether the map has what it says. */
    public boolean ofMap() {
      return switch (this) {
        case RUN, ZERO, SETTLE, FILL, FILL_ANEW, FILL_ZERO -> true;
        case FREEZE, DROP, BARRIER, PREPARE, SWITCH, FILLED, LOCK -> false;
      };
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

  /** Blocks without a place that were filled. */
  public static JournalRecord fillAnew(long start, int count, long base, int born) {
    return new JournalRecord(Kind.FILL_ANEW, count, born, start, base);
  }

  /** Blocks filled with zeros as of just after a point. */
  public static JournalRecord fillZero(long start, int count, int point) {
    return new JournalRecord(Kind.FILL_ZERO, count, point, start, 0);
  }

  /** Whole tracks that the next switch is about. */
  public static JournalRecord prepare(long start, int count, int mask) {
    return new JournalRecord(Kind.PREPARE, count, mask, start, 0);
  }

  /** A switch of what is shown. */
  public static JournalRecord switchTo(int where, int lastPoint, long blocks, long stamp) {
    return new JournalRecord(Kind.SWITCH, where, lastPoint, blocks, stamp);
  }

  /** Whole tracks that were filled. */
  public static JournalRecord filled(long start, int count) {
    return new JournalRecord(Kind.FILLED, count, 0, start, 0);
  }

  /** A point that is not dropped before a time. */
  public static JournalRecord lock(int point, long untilMillis) {
    return new JournalRecord(Kind.LOCK, 0, point, untilMillis, 0);
  }

  static JournalRecord barrier(long upTo, long synced) {
    return new JournalRecord(Kind.BARRIER, 0, 0, upTo, synced);
  }
}
