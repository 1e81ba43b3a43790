package org.copybay.volumes.interchange;

import org.copybay.volumes.StorageException;

/** Tells a sink what a reader finds, and counts it. One thread. */
final class Teller {
  private final TapeSink sink;
  private long records;
  private long marks;
  private long damaged;
  private long leftOut;

  Teller(TapeSink sink) {
    this.sink = sink;
  }

  void manifest(String text) throws StorageException {
    sink.manifest(text);
  }

  void record(RecordBytes bytes, boolean isDamaged) throws StorageException {
    sink.record(bytes.buffer(), isDamaged);
    records++;
    damaged += isDamaged ? 1 : 0;
  }

  void mark() throws StorageException {
    sink.mark();
    marks++;
  }

  void leaveOut() {
    leftOut++;
  }

  /** How many objects were told, which is the number of the next one. */
  long told() {
    return records + marks;
  }

  TapeTally tally() {
    return new TapeTally(records, marks, damaged, leftOut);
  }
}
