package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Which checkpoint and which journal make the map of a volume. The file {@code engine} holds two
 * copies, each a sector, at 0 and 4096; the one with the higher sequence that checks is in force,
 * and the other is written next. Writing and syncing it is the commit of a checkpoint.
 * Little-endian:
 *
 * <pre>
 *    0          8       12    16         24            40     48        56        60
 *   +----------+-------+-----+----------+-------------+------+---------+---------+---------+
 *   | CPBYENGN |version| crc | sequence | volume uuid | map  | segment | block   |  state  |
 *   |          |       |     |          |             |number| number  | bytes   |         |
 *   +----------+-------+-----+----------+-------------+------+---------+---------+---------+
 * </pre>
 *
 * The CRC32C covers 512 bytes with the field itself as zero.
 *
 * @param sequence one more than the one before
 * @param volume whose map it is
 * @param map number of the checkpoint
 * @param segment number of the first journal segment that is to be replayed over it
 * @param blockBytes the unit of places
 * @param state what the others mean
 */
record Superblock(long sequence, UUID volume, long map, long segment, int blockBytes, State state) {

  /** What the files of an engine mean. */
  enum State {
    /** The map is that of the checkpoint: there is no journal to replay. */
    CHECKPOINT(0),
    /** The segment must be there, and is replayed over the checkpoint. */
    JOURNAL(1),
    /** The engine had nothing more to say: the home is the volume. */
    RETIRED(2);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** Null for a code of another version. */
    static @Nullable State of(int code) {
      return switch (code) {
        case 0 -> CHECKPOINT;
        case 1 -> JOURNAL;
        case 2 -> RETIRED;
        default -> null;
      };
    }
  }

  static final String FILE = "engine";

  private static final long MAGIC = 0x4e474e4559425043L; // "CPBYENGN"
  private static final int VERSION = 1;
  static final int LENGTH = 512;
  static final int SPACING = 4096;

  /** Both copies. */
  static final int FILE_BYTES = SPACING + LENGTH;

  static final int CRC_OFFSET = 12;
  private static final int STATE_OFFSET = 60;

  /** The next one: another checkpoint, another first segment. */
  Superblock next(long newMap, long newSegment, State newState) {
    return new Superblock(sequence + 1, volume, newMap, newSegment, blockBytes, newState);
  }

  /** The last one. */
  Superblock retired() {
    return next(map, segment, State.RETIRED);
  }

  /** Makes it the one in force, durable before this returns. */
  void write(StoreFile file) throws StorageException {
    file.writeAll(sequence % 2 * SPACING, encode());
    file.flush();
  }

  /** The one in force. CORRUPT when neither copy checks. */
  static Superblock read(TrackStore store) throws StorageException {
    return readBoth(store).newest;
  }

  /**
   * What the file holds.
   *
   * @param newest the one in force, as far as can be told
   * @param lost at which byte a copy does not check, which may have been a newer one; -1 for none
   */
  record Copies(Superblock newest, long lost) {}

  /** Both copies. CORRUPT when neither checks. */
  static Copies readBoth(TrackStore store) throws StorageException {
    try (StoreFile file = store.open(FILE)) {
      Superblock first = read(file, 0);
      Superblock second = read(file, SPACING);
      if (first != null && second != null) {
        return new Copies(second.sequence > first.sequence ? second : first, -1);
      }
      Superblock only = first == null ? second : first;
      if (only == null) {
        throw new StorageException(
            Fault.CORRUPT, FILE + " is damaged: it is cut, or no copy of it checks");
      }
      long other = first == null ? 0 : SPACING;
      return new Copies(only, only.sequence == 0 ? -1 : other); // it is the first one
    }
  }

  /** Whether there is no copy: the file is cut, or zeros. */
  static boolean blank(StoreFile file) throws StorageException {
    for (long at = 0; at <= SPACING && at + LENGTH <= file.size(); at += SPACING) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(LENGTH);
      file.read(at, bytes);
      bytes.clear();
      while (bytes.hasRemaining()) {
        if (bytes.get() != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether this one, which is in force, and the copy before it are on the disk. CORRUPT. */
  void check(TrackStore store) throws StorageException {
    try (StoreFile file = store.open(FILE)) {
      file.dropCached(0, file.size());
      check(file, sequence, this);
      if (sequence > 0) {
        check(file, sequence - 1, null);
      }
    }
  }

  private static void check(StoreFile file, long sequence, @Nullable Superblock wanted)
      throws StorageException {
    long at = sequence % 2 * SPACING;
    if (file.size() < at + LENGTH) {
      throw MapLayout.damaged(FILE, "too short: want=" + (at + LENGTH) + " got=" + file.size());
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    file.read(at, bytes);
    int want = crc(bytes);
    int got = bytes.getInt(CRC_OFFSET);
    if (want != got) {
      throw MapLayout.damaged(
          FILE, String.format("copy at %d: checksum: want=%08x got=%08x", at, want, got));
    }
    Superblock found = decode(bytes.clear());
    if (found == null || (wanted != null && !found.equals(wanted))) {
      throw MapLayout.damaged(FILE, "copy at " + at + ": want " + wanted + " got " + found);
    }
  }

  private static @Nullable Superblock read(StoreFile file, long at) throws StorageException {
    if (file.size() < at + LENGTH) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    file.read(at, bytes);
    return decode(bytes.clear());
  }

  ByteBuffer encode() {
    ByteBuffer target = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    target.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(sequence);
    target.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
    target.putLong(map).putLong(segment).putInt(blockBytes).putInt(state.code);
    return target.clear().putInt(CRC_OFFSET, crc(target));
  }

  static @Nullable Superblock decode(ByteBuffer source) {
    State state = State.of(source.getInt(STATE_OFFSET));
    if (source.getLong(0) != MAGIC
        || source.getInt(8) != VERSION
        || source.getInt(CRC_OFFSET) != crc(source)
        || state == null) {
      return null;
    }
    return new Superblock(
        source.getLong(16),
        new UUID(source.getLong(24), source.getLong(32)),
        source.getLong(40),
        source.getLong(48),
        source.getInt(56),
        state);
  }

  static int crc(ByteBuffer buffer) {
    byte[] bytes = new byte[LENGTH];
    buffer.duplicate().clear().get(bytes);
    ByteBuffer.wrap(bytes).putInt(CRC_OFFSET, 0);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
