package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * The files of one cartridge, looked at without changing them: every entry of the index, and
 * whether the tape file has its objects where the index says. What a crash leaves is in order.
 */
public final class CartridgeInspection {
  private static final String INDEX = "tape index";
  private static final String TAPE = "tape file";

  private final TrackStore store;
  private final TapeFile tape;
  private final Findings findings;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  private CartridgeInspection(TrackStore store, Findings findings) {
    this.store = store;
    this.tape = new TapeFile(store.home());
    this.findings = findings;
  }

  /**
   * Looks at it.
   *
   * @param id medium id that its index should have
   * @param mode what it takes the end of its last writer for
   * @param readData whether every record is read, else the words of the first and the last object
   * @return where it ends, or null where that is not to be found
   */
  public static @Nullable TapeEnd run(
      UUID id, TrackStore store, RecoverMode mode, boolean readData, Findings findings) {
    CartridgeInspection inspection = new CartridgeInspection(store, findings);
    try (StoreFile file = store.open(Cartridge.INDEX)) {
      return inspection.look(id, file, mode, readData);
    } catch (StorageException e) {
      if (e.fault() == Fault.CORRUPT || e.fault() == Fault.NOT_FOUND) {
        findings.damage(INDEX, Cartridge.INDEX, "an index that fits its tape file", e.getMessage());
      } else {
        findings.unreadable(INDEX, Cartridge.INDEX, e);
      }
      return null;
    }
  }

  private @Nullable TapeEnd look(UUID id, StoreFile file, RecoverMode mode, boolean readData)
      throws StorageException {
    IndexHeader header = TapeIndex.header(file, "header");
    if (!header.cartridge().equals(id)) {
      findings.damage(INDEX, Cartridge.INDEX, "medium " + id, "medium " + header.cartridge());
      return null;
    }
    TapeIndex index = new TapeIndex(file, id, "index");
    boolean settled = header.writer().equals(Origin.UNKNOWN);
    if (settled && !entries(index, index.capacity())) {
      return null;
    }
    boolean lost = mode.lostUnsynced(header.writer(), store.origin());
    TapeEnd end = CartridgeRecovery.end("index", header, tape, index, lost);
    if (!settled && !entries(index, end.objects())) {
      return null;
    }
    if (tape.size() < end.tapeBytes()) {
      findings.damage(TAPE, "tape.tap", end.tapeBytes() + " bytes", tape.size());
      return end;
    }
    long step = readData ? 1 : Math.max(1, end.objects() - 1);
    for (long number = 0; number < end.objects(); number += step) {
      object(number, index.get(number, end.objects()), readData);
    }
    return end;
  }

  /** Whether all of so many entries check, each object where the one before ends. */
  private boolean entries(TapeIndex index, long count) throws StorageException {
    long valid = index.valid(0, count);
    if (valid < count) {
      findings.damage(
          INDEX,
          Cartridge.INDEX,
          count + " entries, each where the one before ends",
          "entry " + valid + " does not check");
    }
    return valid == count;
  }

  private void object(long number, TapeObject object, boolean readData) {
    try {
      String misfit = tape.misframed(object);
      if (misfit != null) {
        damaged(number, object, TapeFile.wanted(object), misfit);
      } else if (readData && !object.isMark()) {
        record(number, object);
      }
    } catch (StorageException e) {
      damaged(number, object, "it can be read", e.getMessage());
    }
  }

  private void record(long number, TapeObject object) throws StorageException {
    if (buffer.capacity() < object.length()) {
      buffer = ByteBuffer.allocateDirect(object.length());
    }
    tape.read(object, buffer.clear().limit(object.length()), "object " + number);
    int crc = TapeObject.crcOf(buffer.flip());
    if (crc != object.crc()) {
      damaged(
          number, object, String.format("checksum %08x", object.crc()), String.format("%08x", crc));
    }
  }

  private void damaged(long number, TapeObject object, String wanted, @Nullable String got) {
    findings.damage(
        TAPE,
        "tape.tap object " + number + " at " + object.tapeOffset(),
        wanted,
        String.valueOf(got));
  }
}
