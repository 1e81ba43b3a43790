package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four tracks through three backups and their expiry: the images after every step, in one life, and
 * with an unmount or the death of the process between any two steps.
 */
final class WorkedVectorTest {
  private static final String FIRST = "p0 v1 v2 v3";
  private static final String SECOND = "r0 q1 v2 v3";
  private static final String THIRD = "r0 s1 s2 v3";

  /** What happens between two steps. */
  enum Between {
    NOTHING,
    REOPEN,
    DEATH
  }

  @TempDir Path directory;

  private TestSafeguarded test;
  private Between between;
  private int lives;
  private long[] ids;

  private void step() throws Exception {
    switch (between) {
      case NOTHING -> {}
      case REOPEN -> test = test.reopened();
      case DEATH -> test = test.killed(directory.resolve("bay" + ++lives));
    }
  }

  private long backup() throws Exception {
    test.clock.pass(Duration.ofHours(1));
    long id = test.backup("s");
    step();
    return id;
  }

  private void write(int track, String text) throws Exception {
    test.write("v", track, text);
    step();
  }

  private void makeThreeBackups() throws Exception {
    test = TestSafeguarded.create(directory.resolve("bay0"));
    test.create("v", 4, "v");
    test.session("s", "v");
    write(0, "p0");
    long first = backup();
    write(0, "q0");
    write(1, "q1");
    write(0, "r0");
    assertThat(test.image(first, "v")).isEqualTo(FIRST);
    long second = backup();
    write(1, "s1");
    write(2, "s2");
    assertThat(test.image(first, "v")).isEqualTo(FIRST);
    assertThat(test.image(second, "v")).isEqualTo(SECOND);
    long third = backup();
    write(0, "t0");
    ids = new long[] {first, second, third};
    assertThat(test.image(first, "v")).isEqualTo(FIRST);
    assertThat(test.image(second, "v")).isEqualTo(SECOND);
    assertThat(test.image(third, "v")).isEqualTo(THIRD);
    assertThat(test.read("v")).isEqualTo("t0 s1 s2 v3");
  }

  @AfterEach
  void closeBay() {
    test.close();
    TestSafeguarded.assertClean(test.path);
  }

  @ParameterizedTest
  @EnumSource
  void expireRemovesABackupAndAllBeforeIt(Between what) throws Exception {
    between = what;
    makeThreeBackups();

    assertThat(test.expire("s", ids[1], false).now()).containsExactly(ids[0], ids[1]);
    step();

    assertThat(test.ids("s")).containsExactly(ids[2]);
    assertThat(test.image(ids[2], "v")).isEqualTo(THIRD);
    assertThat(test.read("v")).isEqualTo("t0 s1 s2 v3");
    test.assertNothingLeftBehind();
  }

  @ParameterizedTest
  @EnumSource
  void expireOfOnlyOneKeepsThoseBeforeAndAfterIt(Between what) throws Exception {
    between = what;
    makeThreeBackups();

    assertThat(test.expire("s", ids[1], true).now()).containsExactly(ids[1]);
    step();

    assertThat(test.ids("s")).containsExactly(ids[0], ids[2]);
    assertThat(test.image(ids[0], "v")).isEqualTo(FIRST);
    assertThat(test.image(ids[2], "v")).isEqualTo(THIRD);
    test.assertNothingLeftBehind();
  }
}
