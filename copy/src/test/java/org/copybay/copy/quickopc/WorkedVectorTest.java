package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.copybay.copy.TestJobs;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight regions through a start, changes on both sides, a differential start and a restore: bytes
 * and sets after every step, in one run, and with the death of the process after each.
 */
final class WorkedVectorTest {
  private static final String NONE = "00000000";

  @TempDir Path directory;

  private TestOpc test;
  private boolean dies;
  private int deaths;

  /** The process dies between two steps, or lives on. */
  private void between() throws Exception {
    if (dies) {
      Path next = directory.resolve("bay" + ++deaths);
      test.copyTo(next);
      test.close();
      test = TestOpc.open(next);
    }
  }

  private void assertIs(PairRecord pair, String sets, String target) throws Exception {
    between();
    assertThat(test.sets(pair)).isEqualTo(sets);
    assertThat(test.read("b")).isEqualTo(target);
  }

  @Test
  void oneLife() throws Exception {
    run();
  }

  @Test
  void aDeathAfterEachStep() throws Exception {
    dies = true;
    run();
  }

  private void run() throws Exception {
    test = TestOpc.create(directory.resolve("bay0"));
    try {
      test.create("a", 8, 'a');
      test.create("b", 8, 'b');
      PairRecord pair = test.pair("a", "b");
      String old = "a0 a1 a2 a3 a4 a5 a6 a7";

      test.start(pair, Mode.FULL);
      assertIs(pair, "11111111 " + NONE + " " + NONE, old);
      test.fill("b", 0, 2);
      assertIs(pair, "00111111 " + NONE + " " + NONE, old);
      test.write("a", 4, "A4'");
      assertIs(pair, "00111111 00001000 " + NONE, old);
      test.write("b", 7, "B7!");
      assertIs(pair, "00111110 00001000 00000001", "a0 a1 a2 a3 a4 a5 a6 B7!");
      test.write("b", 0, "B0!");
      assertIs(pair, "00111110 00001000 10000001", "B0! a1 a2 a3 a4 a5 a6 B7!");
      test.write("a", 0, "A0'");
      assertIs(pair, "00111110 10001000 10000001", "B0! a1 a2 a3 a4 a5 a6 B7!");

      test.start(pair, Mode.DIFF);
      String now = "A0' a1 a2 a3 A4' a5 a6 a7";
      assertIs(pair, "10111111 " + NONE + " " + NONE, now);
      test.copy(pair);
      assertIs(pair, NONE + " " + NONE + " " + NONE, now);
      assertThat(test.opc.phase(pair)).isEqualTo(Phase.TRACKING);
      test.write("a", 3, "A3''");
      test.write("b", 5, "B5!");
      assertIs(pair, NONE + " 00010000 00000100", "A0' a1 a2 a3 A4' B5! a6 a7");

      test.start(pair, Mode.RESTORE);
      between();
      String restored = "A0' a1 a2 a3 A4' B5! a6 a7";
      assertThat(test.read("a")).isEqualTo(restored);
      assertIs(pair, NONE + " 00010100 00000100", restored);
      test.copy(pair);
      assertIs(pair, NONE + " 00010100 00000100", restored);
      assertThat(test.read("a")).isEqualTo(restored);
      assertThat(test.opc.findBackward(pair)).isNull();
      TestJobs.await("no point of a session", () -> test.bay.points().ofSessions().isEmpty());
    } finally {
      test.close();
    }
  }
}
