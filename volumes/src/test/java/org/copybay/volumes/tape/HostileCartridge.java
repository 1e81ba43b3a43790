package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.fuzz.FuzzTarget;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;

/**
 * The files of a cartridge, built by an input, as somebody may put them into a directory: what they
 * say may be anything, and their checksums right. The first byte says how:
 *
 * <pre>
 *   bit 0  somebody writes      bit 2  opened for reading only
 *   bit 1  the power was lost   bit 3  the entries stand there with header and checksums
 *   bit 4  records have the checksum of their bytes
 * </pre>
 *
 * The second byte says how many entries follow; the tape file is what is behind them.
 */
public final class HostileCartridge {
  /** An entry without its seal. */
  private static final int ENTRY_BYTES = IndexLayout.ENTRY_BYTES - 4;

  /** What the seal covers before the entry: the id of the cartridge, and the number. */
  private static final int SEAL_PREFIX_BYTES = 24;

  private static final int HEAD_BYTES = 2;
  private static final int CRC_OFFSET = 4;
  private static final int TAPE_OFFSET = 8;
  private static final int STORED_OFFSET = 36;

  /** The longest record that is read. */
  private static final int MOST_BYTES = 1 << 16;

  private static final UUID ID = new UUID(1, 2);
  private static final Origin WRITER = new Origin(new UUID(3, 4), 5);

  private final int how;
  private final byte[] entries;
  private final byte[] tape;

  private HostileCartridge(byte[] input) {
    how = input[0];
    int left = input.length - HEAD_BYTES;
    int length = raw() ? IndexLayout.ENTRY_BYTES : ENTRY_BYTES;
    int count = Math.min(input[1] & 0xff, left / length);
    int end = HEAD_BYTES + count * length;
    entries = Arrays.copyOfRange(input, HEAD_BYTES, end);
    tape = Arrays.copyOfRange(input, end, input.length);
  }

  private boolean raw() {
    return (how & 8) != 0;
  }

  /**
   * Opens it and reads all of it. What was opened takes a filemark, and is the same when it is
   * opened again.
   */
  public static void open(byte[] input) throws StorageException {
    if (input.length < HEAD_BYTES) {
      return;
    }
    HostileCartridge files = new HostileCartridge(input);
    SimulatedStore store = files.store();
    boolean readOnly = (files.how & 4) != 0;
    RecoverMode mode = (files.how & 2) != 0 ? RecoverMode.POWER : RecoverMode.PROCESS;
    Cartridge cartridge = Cartridge.open("cartridge", store, mode, readOnly);
    readAll(cartridge);
    if (readOnly) {
      return;
    }
    try {
      reopen(cartridge, store);
    } catch (StorageException e) {
      throw new AssertionError("what was opened does not work", e);
    }
  }

  private static void reopen(Cartridge cartridge, SimulatedStore store) throws StorageException {
    TapeEnd end = cartridge.end();
    Cartridge again =
        Cartridge.open("cartridge", store.afterProcessDeath(), RecoverMode.PROCESS, false);
    FuzzTarget.require(again.end().equals(end), end.toString(), again.end());
    again.mark(1, true);
    FuzzTarget.require(again.isMark(end.objects()), "a filemark", again.end());
    FuzzTarget.require(again.end().marks() == end.marks() + 1, "one more", again.end());
  }

  /** One thing that is asked of a cartridge. */
  @FunctionalInterface
  private interface Question {
    void ask() throws StorageException;
  }

  private static void readAll(Cartridge cartridge) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(MOST_BYTES);
    TapeEnd end = cartridge.end();
    for (long number = 0; number < end.objects(); number++) {
      long each = number;
      ask(() -> read(cartridge, each, target.clear()));
    }
    for (int mark = 0; mark < Math.min(end.marks(), end.objects()); mark++) {
      int each = mark;
      ask(
          () -> {
            long number = cartridge.mark(each);
            boolean right = cartridge.isMark(number) && cartridge.marksBefore(number) == each;
            FuzzTarget.require(right, "filemark " + each, "object " + number);
          });
    }
  }

  private static void ask(Question question) throws StorageException {
    try {
      question.ask();
    } catch (StorageException e) {
      // OUT_OF_RANGE: its place is one that the store cannot have
      if (e.fault() != Fault.CORRUPT && e.fault() != Fault.OUT_OF_RANGE) {
        throw e;
      }
    }
  }

  private static void read(Cartridge cartridge, long number, ByteBuffer target)
      throws StorageException {
    if (!cartridge.isMark(number) && cartridge.length(number) <= MOST_BYTES) {
      int length = cartridge.read(number, target);
      FuzzTarget.require(length > 0 && length == target.position(), "a record", length);
    }
  }

  private SimulatedStore store() throws StorageException {
    SimulatedStore store = new SimulatedStore(0, 1);
    store.home().writeAll(0, Bytes.direct(tape));
    StoreFile index = store.create(Cartridge.INDEX);
    if (raw()) {
      index.writeAll(0, Bytes.direct(entries));
      return store;
    }
    IndexHeader header = new IndexHeader(2, ID, (how & 1) != 0 ? WRITER : Origin.UNKNOWN, 1);
    index.setSize(IndexHeader.BYTES);
    index.writeAll(header.offset(), header.encode());
    ByteBuffer sealed = ByteBuffer.allocate(IndexLayout.ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int number = 0; number * ENTRY_BYTES < entries.length; number++) {
      sealed.clear().put(entries, number * ENTRY_BYTES, ENTRY_BYTES);
      if ((how & 16) != 0) {
        putCrc(sealed);
      }
      sealed.putInt(ENTRY_BYTES, seal(number, sealed));
      index.writeAll(IndexLayout.offset(number), Bytes.direct(sealed.array()));
    }
    return store;
  }

  private static int seal(int number, ByteBuffer entry) {
    ByteBuffer covered =
        ByteBuffer.allocate(SEAL_PREFIX_BYTES + ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    covered.putLong(ID.getMostSignificantBits()).putLong(ID.getLeastSignificantBits());
    covered.putLong(number).put(entry.duplicate().clear().limit(ENTRY_BYTES));
    CRC32C crc = new CRC32C();
    crc.update(covered.flip());
    return (int) crc.getValue();
  }

  private void putCrc(ByteBuffer entry) {
    long begin = entry.getLong(TAPE_OFFSET) + TapeObject.WORD_BYTES;
    int length = entry.getInt(STORED_OFFSET);
    if (begin >= 0 && length >= 0 && begin <= tape.length - length) {
      CRC32C crc = new CRC32C();
      crc.update(tape, (int) begin, length);
      entry.putInt(CRC_OFFSET, (int) crc.getValue());
    }
  }
}
