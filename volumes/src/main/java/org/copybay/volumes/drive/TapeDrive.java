package org.copybay.volumes.drive;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * A tape drive: what is loaded, where it stands, and who has it open. Any thread may call; one
 * request runs at a time.
 *
 * <p>The position belongs to the drive, not to an open file. What was written lies in the page
 * cache when its write returns (P1), and survives power loss at the next filemark that is written
 * at once, fsync, or close (P2).
 */
public final class TapeDrive {
  /** Bytes that can be written behind the early warning: labels, and the end of an archive. */
  public static final long TRAILER_BYTES = 4L << 20;

  /** Most objects of a tape: st(4) numbers them by 31 bits. */
  static final long MAX_OBJECTS = Integer.MAX_VALUE;

  /** Largest block of fixed mode: what MTIOCGET has bits for. */
  static final int MAX_BLOCK = 0xffffff;

  private static final long RELEASE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final int number;
  private final DriveEvents events;
  private final RankedLock lock;
  private final Condition released;

  // guarded by lock
  private final DriveState state;
  private final TapeWriting writing;

  // volatile: set once, before the first request
  private volatile int maxRecord = 1 << 17;

  /**
   * An empty drive.
   *
   * @param number of it in the bay: drives/nst3 for 3
   * @param events is told what it does
   */
  public TapeDrive(int number, DriveEvents events) {
    this.number = number;
    this.events = events;
    this.lock = new RankedLock(LockRank.DRIVE, number);
    this.released = lock.condition();
    this.state = new DriveState("nst" + number);
    this.writing = new TapeWriting(this, state, events);
  }

  /** Its number in the bay. */
  public int number() {
    return number;
  }

  /** Its name: nst0. */
  public String name() {
    return state.name;
  }

  /** Sets how many bytes one request brings without being cut: no record is longer. */
  public void setMaxRecord(int bytes) {
    maxRecord = bytes;
  }

  // ---- loading

  /** Puts a cartridge in, at its beginning. BUSY when there is one. */
  public void load(LoadedTape wanted) throws StorageException {
    try (var held = lock.enter()) {
      LoadedTape now = state.tape;
      if (now != null) {
        throw new StorageException(
            Fault.BUSY,
            "drive " + name() + " has cartridge " + now.barcode(),
            "echo 'tape unload drive=" + name() + "' > .control/ctl");
      }
      state.load(wanted);
    }
  }

  /**
   * Takes the cartridge out. NO_MEDIUM; BUSY when a program has the drive open; FORBIDDEN when its
   * door is locked (MTLOCK).
   */
  public LoadedTape unload() throws StorageException {
    try (var held = lock.enter()) {
      requireClosed();
      LoadedTape now = state.loaded();
      if (state.locked) {
        throw new StorageException(
            Fault.FORBIDDEN,
            "the door of drive " + name() + " is locked",
            "mt -f drives/" + name() + " unlock");
      }
      state.tape = null;
      state.ready = false;
      return now;
    }
  }

  /** It was cleaned. */
  public void clean() {
    try (var held = lock.enter()) {
      state.cleaning = false;
    }
  }

  /** What is loaded, ready or not, or null. */
  public @Nullable LoadedTape tape() {
    try (var held = lock.enter()) {
      return state.tape;
    }
  }

  /** Who has it open, or null. */
  public @Nullable DriveOpener opener() {
    try (var held = lock.enter()) {
      return state.opener;
    }
  }

  // ---- opening

  /**
   * Opens it: waits two seconds for the last opener, whose close may not have come here yet. BUSY,
   * NO_MEDIUM, READ_ONLY.
   *
   * @param wanted who, and how
   */
  public void open(DriveOpener wanted) throws StorageException {
    try (var held = lock.enter()) {
      awaitRelease();
      if (!wanted.nonBlocking()) {
        String refusal = state.readyTape().rules().refusal();
        if (wanted.writes() && refusal != null) {
          throw new StorageException(Fault.READ_ONLY, refusal);
        }
      }
      state.opener = wanted;
      state.at.last = LastTransfer.NONE;
      state.changed = false;
    }
  }

  /** Waits until nobody has it open, at most two seconds. BUSY. */
  public void awaitClosed() throws StorageException {
    try (var held = lock.enter()) {
      awaitRelease();
    }
  }

  private void awaitRelease() throws StorageException {
    long left = RELEASE_WAIT_NANOS;
    while (state.opener != null && left > 0) {
      left = RankedLock.awaitRunning(released, left);
    }
    requireClosed();
  }

  private void requireClosed() throws StorageException {
    DriveOpener now = state.opener;
    if (now != null) {
      throw new StorageException(
          Fault.BUSY,
          "drive " + name() + " is open by pid " + now.pid(),
          "one program at a time: close it there, and try again");
    }
  }

  /**
   * Closes it: a write before it is ended by a filemark, which survives power loss (P2).
   *
   * @param rewind whether the tape goes back to its beginning
   */
  public void close(boolean rewind) throws StorageException {
    LoadedTape wrote = null;
    try (var held = lock.enter()) {
      LoadedTape now = state.ready ? state.tape : null;
      try {
        if (now != null) {
          writing.end(now);
        }
      } finally {
        wrote = state.changed ? state.tape : null;
        closed(now != null && rewind);
      }
    } finally { // what was written stays where the filemark behind it fails
      if (wrote != null) {
        events.sessionEnded(this, wrote);
      }
    }
  }

  private void closed(boolean rewind) {
    state.transfer.settle();
    if (rewind) {
      state.at.rewind();
    }
    state.at.last = LastTransfer.NONE;
    state.opener = null;
    released.signalAll();
  }

  // ---- reading and writing

  /**
   * Reads: in variable mode one record, in fixed mode as many blocks as there is room for.
   *
   * @return bytes; 0 at a filemark. TAPE_END, RECORD_TOO_LONG, CORRUPT, NO_MEDIUM
   */
  public int read(ByteBuffer target) throws StorageException {
    try (var held = lock.enter()) {
      LoadedTape now = state.readyTape();
      state.transfer.dropHalf();
      state.transfer.requireWhole();
      return target.hasRemaining() ? state.transfer.read(now.cartridge(), target, maxRecord) : 0;
    }
  }

  /**
   * Writes: in variable mode one record, in fixed mode as many blocks as it has. Promise P1.
   * NO_SPACE at the early warning and at the end of the tape, DENIED, TAPE_END, BAD_REQUEST.
   *
   * @return bytes taken
   */
  public int write(ByteBuffer source) throws StorageException {
    try (var held = lock.enter()) {
      LoadedTape now = state.readyTape();
      state.transfer.requireWhole();
      return source.hasRemaining() ? writing.write(now, source, maxRecord) : 0;
    }
  }

  /** fsync: everything written survives power loss (P2). */
  public void sync() throws StorageException {
    try (var held = lock.enter()) {
      LoadedTape now = state.tape;
      if (now != null) {
        now.cartridge().sync();
      }
    }
  }

  // ---- operations

  /** The answer to MTIOCPOS: the number of the next object. NO_MEDIUM. */
  public long tell() throws StorageException {
    try (var held = lock.enter()) {
      state.readyTape();
      state.at.find();
      return state.at.object;
    }
  }

  /** What MTIOCGET tells. */
  public DriveStatus status() {
    try (var held = lock.enter()) {
      return state.status();
    }
  }

  /**
   * Does one operation of MTIOCTOP. TAPE_END, NO_MEDIUM, DENIED, BAD_REQUEST, FORBIDDEN.
   *
   * @param op its number
   * @param count its argument
   * @param root whether the caller may set options of the driver
   */
  public void operate(int op, int count, boolean root) throws StorageException {
    TapeOp known = TapeOp.of(op);
    if (known == null) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          name() + ": no operation " + op + ": there are no setmarks and no partitions");
    }
    if (known == TapeOp.SETDRVBUFFER && !root) {
      throw new StorageException(Fault.FORBIDDEN, "options of the driver are set by root only");
    }
    try (var held = lock.enter()) {
      new TapeOperation(state, writing, known, count).run();
    }
  }
}
