package org.copybay.volumes.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.interchange.TapeSink;

/** The objects that a reader told, held to what it promises of them. */
final class Told implements TapeSink {
  /** The longest record that is asked for: so short that short inputs come over it. */
  static final int LIMIT_BYTES = 1 << 16;

  /** What is kept of what packed records hold, in bytes. */
  private static final int MOST_BYTES = 1 << 20;

  final List<Item> items = new ArrayList<>();
  String manifest = "";
  private int keptBytes;

  /** A record, or a filemark where it has no bytes. */
  record Item(ByteBuffer bytes, boolean damaged) {
    @Override
    public String toString() {
      return bytes.hasRemaining() ? bytes.remaining() + " bytes, damaged=" + damaged : "mark";
    }
  }

  @Override
  public void manifest(String text) {
    manifest = text;
  }

  /** BAD_REQUEST behind more than is kept, which ends the reading. */
  @Override
  public void record(ByteBuffer bytes, boolean damaged) throws StorageException {
    int length = bytes.remaining();
    FuzzTarget.require(length > 0 && length <= LIMIT_BYTES, "a record within the limit", length);
    keptBytes += length;
    if (keptBytes > MOST_BYTES) {
      throw new StorageException(Fault.BAD_REQUEST, "enough");
    }
    items.add(new Item(ByteBuffer.allocate(length).put(bytes).flip(), damaged));
  }

  @Override
  public void mark() {
    items.add(new Item(ByteBuffer.allocate(0), false));
  }
}
