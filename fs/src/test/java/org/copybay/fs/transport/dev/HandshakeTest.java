package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.copybay.fs.transport.UnfitTransportException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first request of a kernel, which comes through a socket here. */
class HandshakeTest {
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int INIT = 26;
  private static final int INIT_BYTES = Wire.IN_HEADER + 64;

  private final int[] sockets = new int[2];

  @BeforeEach
  void open() {
    assertThat(Posix.LIBC.socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets)).isZero();
  }

  @AfterEach
  void close() {
    Posix.close(sockets[0]);
    Posix.close(sockets[1]);
  }

  @Test
  void aKernelOfLinux54IsEnough() throws IOException {
    send(7, 31);

    try (Handshake handshake = new Handshake(sockets[0])) {
      assertThat(handshake.read().minor()).isEqualTo(31);
    }
  }

  @Test
  void anOlderKernelIsLeftToAnotherTransport() throws IOException {
    send(7, 30);

    try (Handshake handshake = new Handshake(sockets[0])) {
      assertThatThrownBy(handshake::read)
          .isInstanceOf(UnfitTransportException.class)
          .hasMessageContaining("kernel offers 7.30, wanted is 7.31");
    }
  }

  private void send(int major, int minor) {
    ByteBuffer request = ByteBuffer.allocate(INIT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    request.putInt(0, INIT_BYTES).putInt(4, INIT).putLong(8, 1);
    request.putInt(Wire.IN_HEADER, major).putInt(Wire.IN_HEADER + 4, minor);
    Pointer memory = Memory.allocateDirect(Posix.RUNTIME, INIT_BYTES);
    memory.put(0, request.array(), 0, INIT_BYTES);
    assertThat(Posix.LIBC.write(sockets[1], memory.address(), INIT_BYTES)).isEqualTo(INIT_BYTES);
  }
}
