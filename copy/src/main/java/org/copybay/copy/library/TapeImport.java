package org.copybay.copy.library;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.interchange.SimhParser;
import org.copybay.volumes.interchange.TapeFormat;
import org.copybay.volumes.interchange.TapeSink;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * A cartridge in the making: a program writes it as a SIMH tape image, from its beginning to its
 * end, and each object goes to the cartridge as it comes. Nobody else has it. It is known when the
 * program has closed it and the image is whole; after any error, and where the mount ends before,
 * nothing is left of it (P6). Any thread may call.
 */
public final class TapeImport {
  private final TapeImports imports;
  private final TapeCartridge cartridge;
  private final Cartridge store;
  private final Opener maker;

  // guarded by this
  private final SimhParser parser =
      new SimhParser(TapeFormat.MAX_RECORD_BYTES, new IntoCartridge());
  private ByteBuffer record = ByteBuffer.allocateDirect(1 << 16);
  private @Nullable StorageException failure;
  private boolean ended;

  // volatile: changed under this, read without it
  private volatile long received;
  private volatile boolean settled;

  TapeImport(TapeImports imports, TapeCartridge cartridge, Cartridge store, Opener maker) {
    this.imports = imports;
    this.cartridge = cartridge;
    this.store = store;
    this.maker = maker;
  }

  /** Puts the objects behind the end of the cartridge. */
  private final class IntoCartridge implements TapeSink {
    @Override
    public void record(ByteBuffer bytes, boolean damaged) throws StorageException {
      if (record.capacity() < bytes.remaining()) {
        record = ByteBuffer.allocateDirect(Math.max(bytes.remaining(), 2 * record.capacity()));
      }
      store.append(record.clear().put(bytes).flip(), damaged);
    }

    @Override
    public void mark() throws StorageException {
      store.mark(1, false);
    }
  }

  /** What it will be. */
  public TapeCartridge cartridge() {
    return cartridge;
  }

  /** The process that makes it, in words. */
  String maker() {
    return maker.describe();
  }

  /** How many bytes came. */
  public long received() {
    return received;
  }

  /** Whether its program has closed it, as far as is known: its end is on the way. */
  boolean isSettled() {
    return settled;
  }

  /**
   * Takes all of the next bytes of the image. BAD_REQUEST for bytes that belong elsewhere, CORRUPT
   * where the image breaks a rule, NO_SPACE; after an error every further write has the same one.
   */
  public synchronized int write(long offset, ByteBuffer source) throws StorageException {
    StorageException before = failure;
    if (before != null) {
      throw before;
    }
    settled = false;
    int count = source.remaining();
    try {
      if (offset != received) {
        throw new StorageException(
            Fault.BAD_REQUEST,
            "a tape image is written from its beginning to its end: wanted the bytes from "
                + received
                + " on, got "
                + count
                + " at "
                + offset,
            "cat IMAGE > tapes/" + cartridge.barcode() + ", or cp --sparse=never");
      }
      parser.put(source);
      received += count;
      return count;
    } catch (StorageException e) {
      failure = notMade(e);
      throw failure;
    }
  }

  private StorageException notMade(StorageException e) {
    return new StorageException(
        e.fault(),
        "no cartridge " + cartridge.barcode() + " is made: " + e.getMessage(),
        e.remedy(),
        e);
  }

  /** Sets the length of what came, to what it is. BAD_REQUEST. */
  public void setSize(long size) throws StorageException {
    if (size != received) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a tape image ends with its last object: wanted "
              + received
              + " bytes, what came, got "
              + size);
    }
  }

  /** All that came survives power loss (P2), but none of it is a cartridge yet. */
  public synchronized void sync() throws StorageException {
    if (!ended) {
      store.sync();
    }
  }

  /**
   * A descriptor was closed, perhaps not the last one. Behind the word for the end nothing can
   * follow: it is known then. Else what is no whole image is an error, which close(2) gives to the
   * program. CORRUPT, and of making it known.
   */
  public void descriptorClosed() throws StorageException {
    boolean complete;
    synchronized (this) {
      settled = true;
      complete = failure == null && parser.ended();
      if (failure == null && received > 0) {
        try {
          parser.requireWhole();
        } catch (StorageException e) {
          throw notMade(e);
        }
      }
    }
    if (complete) {
      close();
    }
  }

  /** The last descriptor was closed: it is known now, or gone. The second time nothing happens. */
  public void close() throws StorageException {
    StorageException why;
    boolean said;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      said = failure != null;
      why = said ? failure : whyNot();
      failure = why;
    }
    if (why == null) {
      imports.publish(this);
      return;
    }
    imports.abandon(this, why);
    if (!said) {
      throw why;
    }
  }

  /** Ends the image, all of it durable, and says why no cartridge becomes of it, or null. */
  private @Nullable StorageException whyNot() {
    try {
      if (received == 0) {
        throw new StorageException(
            Fault.BAD_REQUEST,
            "the tape image is empty",
            "a blank one: tape add library=NAME barcode=" + cartridge.barcode());
      }
      parser.end();
      store.settle();
      return null;
    } catch (StorageException e) {
      return notMade(e);
    }
  }

  /** The connection to the kernel was cut: what its program did not close is not whole. */
  public void connectionCut() throws StorageException {
    synchronized (this) {
      if (!settled && failure == null) {
        failure =
            notMade(new StorageException(Fault.CLOSED, "the mount ended while it was written"));
      }
    }
    close();
  }

  /** Where the cartridge ends. */
  Cartridge store() {
    return store;
  }
}
