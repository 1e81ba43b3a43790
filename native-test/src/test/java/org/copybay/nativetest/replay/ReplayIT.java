package org.copybay.nativetest.replay;

import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Power loss at every moment. Writers work on a bay whose disk is recorded; then the disk is built
 * as it was at one cut of the record after another, and as it may have been when it kept only some
 * of what was not flushed yet, and the bay on it is mounted. P2: what was acknowledged is there.
 * P4: every sector holds what was written to it. P5: so does every point, of the time when it was
 * made. P7: the bay is in order, mounts and is well.
 *
 * <p>P3: a write bitmap names every change since its start or reset, and members of a shadow set
 * become equal by what its bitmaps name, and the target of a QuickOPC session its source.
 *
 * <p>P7: a safeguarded backup is there on all its volumes or on none, with its lock.
 *
 * <p>P6: the target of a duplicate of an optical volume is whole, or says that it is not.
 *
 * <p>A tape has every record that was fenced, and is whole. The target of a smart copy is blank or
 * complete.
 *
 * <p>The short form looks at some cuts of one recording, -Dreplay.cuts=N at more; -Dsoak.rounds=N
 * at every cut of N. A failure again, but for the timing of threads, by -Dcopybay.seed=SEED; what
 * the disk recorded is kept in target/replay-SEED.
 */
class ReplayIT {
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 0);
  private static final int SHORT_CUTS = Integer.getInteger("replay.cuts", 6);

  @Test
  void plainVolumesKeepWhatWasAcknowledged() throws Exception {
    replay(PlainVolumes::new);
  }

  @Test
  void pointsKeepWhatTheirVolumesHeld() throws Exception {
    replay(FrozenVolumes::new);
  }

  @Test
  void bitmapsNameEveryChange() throws Exception {
    replay(TrackedVolumes::new);
  }

  @Test
  void membersOfShadowSetsBecomeEqual() throws Exception {
    replay(ShadowedVolumes::new);
  }

  @Test
  void targetsOfSessionsShowTheirSources() throws Exception {
    replay(SessionVolumes::new);
  }

  @Test
  void backupsAreThereOnAllVolumesOrOnNone() throws Exception {
    replay(BackedUpVolumes::new);
  }

  @Test
  void opticalVolumesKeepWhatIsWrittenAndSayWhatIsWhole() throws Exception {
    replay(OpticalVolumes::new);
  }

  @Test
  void tapesKeepEveryRecordThatWasFenced() throws Exception {
    replay(RecordedTapes::new);
  }

  @Test
  void smartCopiesAreWholeOrNothing() throws Exception {
    replay(RecordedSmartCopies::new);
  }

  private static void replay(Supplier<Scenario> scenarios) throws Exception {
    Random seeds = new Random();
    for (int round = 0; round < Math.max(1, ROUNDS); round++) {
      long seed = Long.getLong("copybay.seed", seeds.nextLong());
      try (Replay replay = new Replay(scenarios.get(), seed)) {
        replay.record();
        replay.check(ROUNDS == 0 ? SHORT_CUTS : Integer.MAX_VALUE);
      }
    }
  }
}
