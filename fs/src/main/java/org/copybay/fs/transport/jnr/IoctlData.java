package org.copybay.fs.transport.jnr;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The bytes of an ioctl in the memory of libfuse, which does not say how many there are. */
final class IoctlData {

  private static final int FS_IOC_GETFLAGS = 0x80086601;
  private static final int FS_IOC_SETFLAGS = 0x40086602;

  private IoctlData() {}

  /**
   * The bytes, for the handler.
   *
   * @param data where they are, both those that come from the caller and those that go there, which
   *     is not cleared if none come; null if the command has no bytes
   */
  static ByteBuffer of(int command, @Nullable Pointer data) {
    int length = length(command);
    if (data == null || length == 0) {
      return ByteBuffer.allocateDirect(0);
    }
    if (!fromCaller(command)) {
      data.setMemory(0, length, (byte) 0);
    }
    return MemoryIO.getInstance()
        .newDirectByteBuffer(data.address(), length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes the kernel takes a command to have. */
  static int length(int command) {
    return switch (command) {
      case FS_IOC_GETFLAGS, FS_IOC_SETFLAGS -> Integer.BYTES; // their numbers say 8
      default -> command >>> 30 == 0 ? 0 : command >>> 16 & 0x3fff;
    };
  }

  private static boolean fromCaller(int command) {
    return (command & 1 << 30) != 0;
  }
}
