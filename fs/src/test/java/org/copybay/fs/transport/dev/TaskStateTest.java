package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskStateTest {

  @Test
  void theStateFollowsANameThatMayHoldAnything() {
    assertThat(TaskState.asleep("12 (a) R (b) S 1 2")).isTrue();
    assertThat(TaskState.asleep("12 (a) S (b) R 1 2")).isFalse();
    assertThat(TaskState.asleep("12 (fuse-1) D 1 2")).isTrue();
    assertThat(TaskState.asleep("12 (fuse")).isTrue();
  }

  @Test
  void thisThreadRunsAndAnUnknownOneCountsAsAsleep() {
    TaskState tasks = new TaskState();

    assertThat(tasks.asleep(Posix.threadId())).isFalse();
    assertThat(tasks.asleep(Integer.MAX_VALUE)).isTrue();
  }
}
