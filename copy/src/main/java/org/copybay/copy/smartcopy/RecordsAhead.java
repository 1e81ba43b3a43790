package org.copybay.copy.smartcopy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a cartridge holds in a thread of its own, each record checked, a few batches ahead of
 * who works with them: reading and writing take both a processor. Used by one thread, which owns
 * the batch that it was given last.
 */
final class RecordsAhead implements AutoCloseable {
  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCH_OBJECTS = 4096;
  private static final int BATCHES = 3;

  private final Cartridge tape;
  private final long begin;
  private final long end;
  private final BlockingQueue<Batch> empty = new ArrayBlockingQueue<>(BATCHES);
  private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES + 1);
  private final Thread thread;

  // only by the thread that uses it
  private @Nullable Batch given;

  // volatile: set once, by close
  private volatile boolean stopped;

  /**
   * Begins to read.
   *
   * @param begin number of the first object; all that there are now are read
   */
  RecordsAhead(Cartridge tape, long begin) {
    this.tape = tape;
    this.begin = begin;
    this.end = tape.end().objects();
    for (int i = 0; i < BATCHES; i++) {
      empty.add(new Batch(BATCH_BYTES));
    }
    thread = new Thread(this::read, Thread.currentThread().getName() + "-reader");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A filemark or a record.
   *
   * @param damaged whether the record came with an error
   * @param bytes of the record, direct; none for a filemark
   */
  record Item(long number, boolean mark, boolean damaged, ByteBuffer bytes) {
    /** Bytes that it takes in a tape image. */
    long imageBytes() {
      return mark ? Integer.BYTES : bytes.limit() + 2L * Integer.BYTES + (bytes.limit() & 1);
    }
  }

  /** Some of them, one behind the other. Owned by one thread at a time. */
  private static final class Batch {
    private final List<Item> items = new ArrayList<>();
    private ByteBuffer bytes;
    private @Nullable Throwable failure;

    Batch(int bytes) {
      this.bytes = ByteBuffer.allocateDirect(bytes);
    }
  }

  /** The next ones, in order; none at the end. The buffers of those before are used again. */
  List<Item> next() throws StorageException {
    if (given != null) {
      empty.add(given);
    }
    Batch batch = taken(full);
    given = batch;
    Throwable failure = batch.failure;
    if (failure instanceof StorageException error) {
      throw error;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    return batch.items;
  }

  private static Batch taken(BlockingQueue<Batch> queue) {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  // ---- the thread that reads

  private void read() {
    long number = begin;
    boolean more = true;
    while (more && !stopped) {
      Batch batch = taken(empty);
      batch.items.clear();
      try {
        number = fill(batch, number);
        more = !batch.items.isEmpty();
      } catch (StorageException | RuntimeException | Error e) {
        batch.failure = e;
        more = false;
      }
      full.add(batch);
    }
  }

  private long fill(Batch batch, long first) throws StorageException {
    long number = first;
    ByteBuffer bytes = batch.bytes.clear();
    while (number < end && batch.items.size() < BATCH_OBJECTS && !stopped) {
      int length = tape.length(number);
      if (length > bytes.remaining()) {
        if (!batch.items.isEmpty()) {
          return number;
        }
        batch.bytes = ByteBuffer.allocateDirect(length);
        bytes = batch.bytes;
      }
      batch.items.add(item(number, length, bytes));
      number++;
    }
    return number;
  }

  private Item item(long number, int length, ByteBuffer bytes) throws StorageException {
    ByteBuffer own = bytes.slice(bytes.position(), length);
    boolean mark = tape.isMark(number);
    if (!mark) {
      tape.read(number, own.duplicate());
      bytes.position(bytes.position() + length);
    }
    return new Item(number, mark, !mark && tape.isDamaged(number), own);
  }

  /** Ends the reading; the cartridge is not used any more then. */
  @Override
  public void close() {
    stopped = true;
    empty.clear();
    empty.add(new Batch(0)); // wakes the thread where it waits for one
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
