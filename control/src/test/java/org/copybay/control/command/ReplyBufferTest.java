package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyBufferTest {
  private final ReplyBuffer replies = new ReplyBuffer();

  @Test
  void repliesBeginBehindTheWrite() {
    replies.add(0, 10, "ok 1\n");

    assertThat(read(10, 100)).isEqualTo("ok 1\n");
    assertThat(read(15, 100)).isEmpty();
  }

  @Test
  void aReaderMayTakeOneByteAtATime() {
    replies.add(0, 10, "ok 1\n");

    assertThat(read(10, 1) + read(11, 1) + read(12, 3)).isEqualTo("ok 1\n");
  }

  @Test
  void unreadRepliesWaitBehindTheNextWrite() {
    replies.add(0, 10, "ok 1\n");
    replies.add(10, 7, "ok 2\n");

    assertThat(read(17, 100)).isEqualTo("ok 1\nok 2\n");
  }

  @Test
  void aShellThatReadsAheadAndSeeksBackKeepsTheRest() {
    replies.add(0, 10, "ok 1\nok 2\n");
    assertThat(read(10, 100)).isEqualTo("ok 1\nok 2\n");

    replies.add(15, 7, "ok 3\n");

    assertThat(read(22, 100)).isEqualTo("ok 2\nok 3\n");
  }

  @Test
  void anAppendingWriterReadsWhatItHasNotRead() {
    replies.add(900, 10, "ok 1\n");
    assertThat(read(910, 100)).isEqualTo("ok 1\n");

    replies.add(900, 10, "ok 2\n");

    assertThat(read(910, 100)).isEqualTo("ok 2\n");
  }

  @Test
  void whoSeeksBackToTheBeginningGetsTheReplies() {
    replies.add(0, 3, "ok 1\n");

    assertThat(read(0, 2)).isEqualTo("ok");
    assertThat(read(2, 100)).isEqualTo(" 1\n");
    assertThat(read(5, 100)).isEmpty();
  }

  @Test
  void whoNeverReadsLosesTheOldest() {
    for (int i = 0; i < 10_000; i++) {
      replies.add(i, 1, "ok line " + i + "\n");
    }

    String kept = read(10_000, 1 << 20);
    assertThat(kept.length()).isLessThanOrEqualTo(ReplyBuffer.LIMIT_BYTES);
    assertThat(kept).startsWith("ok line ").endsWith("ok line 9999\n");
  }

  private String read(long offset, int length) {
    ByteBuffer target = ByteBuffer.allocate(length);
    int count = replies.read(offset, target);
    return new String(target.array(), 0, count, StandardCharsets.UTF_8);
  }
}
