package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitHandleTest {
  private long now = -5_000; // as System.nanoTime may be
  private final ScriptedJob job = new ScriptedJob();
  private final List<StorageException> told = new ArrayList<>();
  private final WaitHandle handle = new WaitHandle(job, () -> now, told::add);

  /** A job that does its next step, which takes some time, when somebody waits for it. */
  private final class ScriptedJob implements Watched {
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final List<Long> waits = new ArrayList<>();
    private String line = "copying 0%";
    private boolean ended;
    private @Nullable StorageException error;
    private long version;
    private @Nullable Runnable whileTelling;

    void step(long millis, String newLine) {
      steps.add(
          () -> {
            now += millis;
            line = newLine;
            version++;
          });
    }

    void end(long millis, String newLine, @Nullable StorageException newError) {
      step(millis, newLine);
      Runnable last = steps.removeLast();
      steps.add(
          () -> {
            last.run();
            ended = true;
            error = newError;
          });
    }

    @Override
    public boolean ended() {
      return ended;
    }

    @Override
    public @Nullable StorageException error() {
      return error;
    }

    @Override
    public String line() {
      if (whileTelling != null) {
        whileTelling.run();
        whileTelling = null;
      }
      return line;
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public void awaitChange(long known, long millis) {
      waits.add(millis);
      if (steps.isEmpty()) {
        now += millis;
      } else {
        steps.remove().run();
      }
    }
  }

  @Test
  void theFirstReadTellsHowFarTheJobIs() throws Exception {
    assertThat(read(100)).isEqualTo("copying 0%\n");
    assertThat(job.waits).isEmpty();
  }

  @Test
  void aReadReturnsOneLineAndKeepsTheRestOfItForTheNext() throws Exception {
    assertThat(read(1) + read(1) + read(5) + read(100)).isEqualTo("copying 0%\n");
  }

  @Test
  void progressIsToldAtMostOnceASecond() throws Exception {
    read(100);
    for (int percent = 1; percent <= 10; percent++) {
      job.step(300, "copying " + percent + "%");
    }

    assertThat(read(100)).isEqualTo("copying 4%\n"); // after 1.2 s, not after 0.3 s
    assertThat(read(100)).isEqualTo("copying 8%\n");
  }

  @Test
  void bytesThatMovedAreNewsWithoutAChangeOfVersion() throws Exception {
    read(100);
    job.step(1000, "copying 1%");
    job.version--;

    assertThat(read(100)).isEqualTo("copying 1%\n");
  }

  @Test
  void withoutNewsForASecondTheReaderIsAskedToAskAgain() throws Exception {
    read(100);

    assertThat(error().fault()).isEqualTo(Fault.INTERRUPTED);

    assertThat(job.waits.stream().mapToLong(Long::longValue).sum()).isLessThanOrEqualTo(1000);
    assertThat(error().fault()).isEqualTo(Fault.INTERRUPTED);
    job.step(10, "copying 5%");
    assertThat(read(100)).isEqualTo("copying 5%\n");
    assertThat(told).isEmpty();
  }

  @Test
  void theLastLineComesAtOnceAndThenTheFileEnds() throws Exception {
    read(100);
    job.end(5, "done 100%", null);

    assertThat(read(100)).isEqualTo("done 100%\n");
    assertThat(read(100)).isEmpty();
    assertThat(read(100)).isEmpty();
  }

  @Test
  void aJobThatFailedEndsTheFileWithItsError() throws Exception {
    StorageException failure = new StorageException(Fault.NO_SPACE, "disk full");
    job.end(5, "failed: ENOSPC: disk full", failure);
    read(100);

    assertThat(read(100)).isEqualTo("failed: ENOSPC: disk full\n");
    assertThat(error()).isSameAs(failure);
    assertThat(error()).isSameAs(failure);

    assertThat(told).containsExactly(failure);
  }

  @Test
  void aJobThatEndsWhileItsLineIsMadeTellsItsResultOnce() throws Exception {
    read(100);
    now += 2000;
    job.end(0, "done 100%", null);
    job.whileTelling = () -> job.steps.remove().run();

    assertThat(read(100)).isEqualTo("done 100%\n");
    assertThat(read(100)).isEmpty();
  }

  @Test
  void aLongEndedJobTellsItsResultOnly() throws Exception {
    job.end(0, "done 100%", null);
    job.awaitChange(0, 0);

    assertThat(read(100)).isEqualTo("done 100%\n");
    assertThat(read(100)).isEmpty();
  }

  private String read(int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocate(length);
    int count = handle.read(12345, target);
    assertThat(target.position()).isEqualTo(count);
    return new String(target.array(), 0, count, StandardCharsets.UTF_8);
  }

  private StorageException error() {
    StorageException error = catchThrowableOfType(StorageException.class, () -> read(100));
    assertThat(error).isNotNull();
    return error;
  }
}
