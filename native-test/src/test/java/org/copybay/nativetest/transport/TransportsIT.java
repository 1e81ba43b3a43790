package org.copybay.nativetest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;

/**
 * The same operations give the same answers through both transports. A failure is repeated by
 * -Dcopybay.seed=SEED; {@code ./soak transports} runs more and longer scripts.
 */
class TransportsIT {

  /** What jnr cannot do, as docs/ARCHITECTURE.md says: everything else is the same. */
  private static final Set<String> DIFFERENT =
      Set.of(
          "lseek data or hole",
          Script.NAMELESS,
          Script.END_SENTENCE,
          "chown of a set-user-id file");

  private static final int SEEDS = Integer.getInteger("soak.rounds", 1);
  private static final int OPERATIONS = Integer.getInteger("soak.rounds") == null ? 600 : 10_000;

  @Test
  void theSameScriptHasTheSameResults() throws IOException {
    Needs.libfuse2();
    long first = Long.getLong("copybay.seed", new Random().nextLong());
    for (long seed = first; seed < first + SEEDS; seed++) {
      System.err.println("TransportsIT seed=" + seed);
      List<String> dev = log("dev", seed);
      List<String> jnr = log("jnr", seed);
      for (int i = 0; i < OPERATIONS; i++) {
        assertThat(jnr.get(i))
            .as("operation %d of -Dcopybay.seed=%d, first dev, then jnr", i, seed)
            .isEqualTo(dev.get(i));
      }
    }
  }

  /** The log also stays in target/, to be compared as a whole. */
  private static List<String> log(String transport, long seed) throws IOException {
    try (TestBay bay = TestBay.onTmpfs("1g").withOptions("transport=" + transport).open()) {
      List<String> log = new Script(bay.mountPoint(), seed, DIFFERENT).run(OPERATIONS);
      Files.write(Path.of("target", "transports-" + transport + ".log"), log);
      return log;
    }
  }
}
