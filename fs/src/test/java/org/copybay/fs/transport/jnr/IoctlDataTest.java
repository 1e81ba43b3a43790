package org.copybay.fs.transport.jnr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.junit.jupiter.api.Test;

/** How many bytes libfuse has for an ioctl, and what is in them. */
class IoctlDataTest {

  private static final int BYTES = 64;

  private final Pointer memory = Memory.allocateDirect(Runtime.getSystemRuntime(), BYTES);

  IoctlDataTest() {
    memory.setMemory(0, BYTES, (byte) 'x');
  }

  @Test
  void theNumberOfACommandSaysHowManyBytesItHas() {
    assertThat(IoctlData.length(0x80306d02)).isEqualTo(48);
    assertThat(IoctlData.length(0x40086d01)).isEqualTo(8);
    assertThat(IoctlData.length(0xffff0000)).isEqualTo((1 << 14) - 1);
    assertThat(IoctlData.length(0x6d01)).isZero();
    assertThat(IoctlData.length(0x00086d01)).as("neither brings nor takes").isZero();
  }

  @Test
  void flagsOfAFileAreAnIntWhateverTheirNumberSays() {
    assertThat(IoctlData.length(0x80086601)).isEqualTo(4);
    assertThat(IoctlData.length(0x40086602)).isEqualTo(4);
  }

  @Test
  void bytesOfTheCallerAreKeptAndOthersAreZero() {
    ByteBuffer brought = IoctlData.of(0xc0086d7f, memory);
    assertThat(brought.getLong(0)).isEqualTo(0x7878_7878_7878_7878L);

    ByteBuffer taken = IoctlData.of(0x80086d03, memory);
    assertThat(taken.remaining()).isEqualTo(8);
    assertThat(taken.getLong()).isZero();
    assertThat(memory.getByte(8)).isEqualTo((byte) 'x');
    taken.putInt(0, 1);
    assertThat(memory.getByte(0)).as("little-endian").isEqualTo((byte) 1);
  }

  @Test
  void aCommandWithoutBytesHasNone() {
    assertThat(IoctlData.of(0x6d01, null).remaining()).isZero();
  }
}
