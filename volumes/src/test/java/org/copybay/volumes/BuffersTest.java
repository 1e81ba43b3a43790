package org.copybay.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Buffers that are taken and given back. */
class BuffersTest {
  /** More than any test leaves behind. */
  private static final int MANY = 200;

  private static final int MANY_LARGE = 20;

  /** Takes many of a length, which nobody gets again. */
  private static List<ByteBuffer> takeMany(int length) {
    List<ByteBuffer> taken = new ArrayList<>();
    while (taken.size() < (length <= 1 << 16 ? MANY : MANY_LARGE)) {
      taken.add(Buffers.take(length));
    }
    return taken;
  }

  @Test
  void aBufferIsEmptyAndOfTheLengthThatIsAsked() {
    for (int length : new int[] {0, 1, 4096, 4097, 65_536, 65_537, 1 << 20, (1 << 20) + 1}) {
      ByteBuffer used = Buffers.take(length);
      used.position(length / 2);
      Buffers.give(used);
      for (ByteBuffer taken : takeMany(length)) {
        assertThat(taken.isDirect()).isTrue();
        assertThat(taken.position()).isZero();
        assertThat(taken.limit()).isEqualTo(length);
      }
    }
  }

  @Test
  void aBufferThatIsGivenBackIsUsedAgainByOneAtATime() {
    ByteBuffer mine = Buffers.take(100);
    assertThat(byIdentity(takeMany(100)).contains(mine)).isFalse();
    Buffers.give(mine);
    List<ByteBuffer> taken = takeMany(4096);
    assertThat(byIdentity(taken).contains(mine)).isTrue();
    assertThat(byIdentity(taken)).hasSameSizeAs(taken);
  }

  @Test
  void oneOfAnyOtherLengthIsNotKept() {
    ByteBuffer large = Buffers.take((1 << 20) + 1);
    ByteBuffer odd = ByteBuffer.allocateDirect(5000);
    Buffers.give(large);
    Buffers.give(odd);
    for (int length : new int[] {4096, 5000, 1 << 20, (1 << 20) + 1}) {
      Set<ByteBuffer> taken = byIdentity(takeMany(length));
      assertThat(taken.contains(large)).isFalse();
      assertThat(taken.contains(odd)).isFalse();
    }
  }

  private static Set<ByteBuffer> byIdentity(List<ByteBuffer> buffers) {
    Set<ByteBuffer> set = Collections.newSetFromMap(new IdentityHashMap<>());
    set.addAll(buffers);
    return set;
  }
}
