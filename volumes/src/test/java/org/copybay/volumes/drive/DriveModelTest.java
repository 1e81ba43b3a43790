package org.copybay.volumes.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random work with a drive answers as a list of records and filemarks does. More by
 * -Dmodel.seeds=N, a failure again by -Dcopybay.seed=SEED.
 */
final class DriveModelTest {
  private static final int STEPS = 150;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  @Test
  void aDriveAnswersAsAListOfRecordsAndMarks() throws Exception {
    int count = Integer.getInteger("model.seeds", 400);
    long first = Long.getLong("copybay.seed", 0L);
    for (long seed = first; seed < first + count; seed++) {
      run(new Random(seed), "seed " + seed);
    }
  }

  private static void run(Random random, String seed) throws Exception {
    boolean writeOnce = random.nextInt(8) == 0;
    long capacity = random.nextInt(3) == 0 ? random.nextInt(1000) : Deck.ROOMY;
    Deck deck = writeOnce ? Deck.worm(capacity, "") : Deck.small(capacity);
    PaperTape paper = new PaperTape(capacity, writeOnce);
    List<String> done = new ArrayList<>();
    boolean open = true;
    for (int i = 0; i < STEPS; i++) {
      String step = open ? step(random) : random.nextInt(4) == 0 ? "openro" : "open";
      open = !step.startsWith("close");
      done.add(step);
      String got = deck.step(step) + " at " + deck.place();
      assertThat(got)
          .as("%s, %d bytes: %s", seed, capacity, String.join(", ", done))
          .isEqualTo(paper.step(step) + " at " + paper.place());
    }
    assertThat(deck.content()).as(seed).isEqualTo(paper.content());
  }

  private static String step(Random random) {
    int few = random.nextInt(4);
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4, 5 -> "write " + LETTERS.substring(random.nextInt(LETTERS.length()));
      case 6, 7, 8 -> "read " + (random.nextInt(6) == 0 ? 5 : 40);
      case 9 -> (random.nextBoolean() ? "weof " : "weofi ") + few;
      case 10 -> random.nextInt(3) == 0 ? "rewind" : "nop";
      case 11 -> "fsf " + few;
      case 12 -> "bsf " + few;
      case 13, 14 -> "fsr " + random.nextInt(6);
      case 15, 16 -> "bsr " + random.nextInt(6);
      case 17 -> "fsfm " + few;
      case 18 -> "bsfm " + few;
      case 19 -> "eod";
      case 20 -> random.nextInt(5) == 0 ? "erase 0" : "tell";
      case 21 -> "seek " + random.nextInt(30);
      case 22 -> "tell";
      default -> random.nextInt(4) == 0 ? "closerew" : "close";
    };
  }
}
