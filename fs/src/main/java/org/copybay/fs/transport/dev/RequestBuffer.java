package org.copybay.fs.transport.dev;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory of one worker, for one request and its answer.
 *
 * <pre>
 *   0                    4016           4080        4096                         4096 + 1 MiB
 *   | (not used)          | request header and arguments | data, page-aligned ... | spare |
 *                         | in header 40 | write_in 40   | bytes of a WRITE       |
 *                                       | out header 16  | body of every answer   |
 * </pre>
 *
 * <p>The arguments of a request other than WRITE reach into the body of the answer, so they are
 * read before the answer is written. Pages that no request has touched take no room. Belongs to one
 * thread.
 */
final class RequestBuffer implements AutoCloseable {

  /** The largest WRITE and the largest answer, in bytes. */
  static final int DATA_LENGTH = 1 << 20;

  static final int DATA = 4096;
  static final int REQUEST = DATA - Wire.IN_HEADER - Wire.WRITE_IN;
  static final int ANSWER = DATA - Wire.OUT_HEADER;
  private static final int LENGTH = DATA_LENGTH + 4 * 4096;

  private final long address;
  private final ByteBuffer memory;
  private final ByteBuffer body;
  private final ByteBuffer data;

  RequestBuffer() throws IOException {
    address = Posix.map(LENGTH);
    memory = MemoryIO.getInstance().newDirectByteBuffer(address, LENGTH);
    memory.order(ByteOrder.LITTLE_ENDIAN);
    body = memory.slice(DATA, DATA_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    data = body.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** All of it, for absolute access. */
  ByteBuffer memory() {
    return memory;
  }

  /** The body of the answer, for absolute access. */
  ByteBuffer body() {
    return body;
  }

  /** The same bytes as {@link #body()}, with position 0 and this limit, for the handler. */
  ByteBuffer data(int length) {
    return data.clear().limit(length);
  }

  /**
   * The bytes of an ioctl, for the handler: those that came are moved to where the answer has its
   * own, and zeros are put behind them, for the memory still has bytes of earlier requests.
   *
   * @param received how many bytes came
   * @param length how many there are in all, at most {@link #DATA_LENGTH} less the answer's head
   */
  ByteBuffer ioctlData(int received, int length) {
    int begin = DATA + Wire.IOCTL_OUT;
    memory.put(begin, memory, REQUEST + Wire.IN_HEADER + Wire.IOCTL_IN, received);
    for (int at = begin + received; at < begin + length; at++) {
      memory.put(at, (byte) 0);
    }
    return body.slice(Wire.IOCTL_OUT, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  long requestAddress() {
    return address + REQUEST;
  }

  int requestCapacity() {
    return LENGTH - REQUEST;
  }

  long answerAddress() {
    return address + ANSWER;
  }

  /** Writes the header of an answer; the body is in place. */
  void answerHeader(int length, int error, long unique) {
    memory.putInt(ANSWER, length);
    memory.putInt(ANSWER + 4, error);
    memory.putLong(ANSWER + 8, unique);
  }

  @Override
  public void close() {
    Posix.unmap(address, LENGTH);
  }
}
