package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/** What an inspection says of an engine that a test has stopped, or does not use meanwhile. */
record Inspected(List<Finding> damages, @Nullable List<Integer> points) {

  static Inspected of(TrackStore store, int blockBytes, RecoverMode mode, Portions portions)
      throws StorageException {
    Findings findings = new Findings();
    VolumeIdentity volume = new VolumeIdentity(EngineFixture.VOLUME, "a", store.home().size());
    List<EngineInspection.Point> points =
        EngineInspection.run(store, volume, new Geometry(blockBytes), portions, mode, findings);
    return new Inspected(
        findings.all().stream()
            .filter(finding -> finding.severity() == Finding.Severity.DAMAGE)
            .toList(),
        points == null ? null : points.stream().map(EngineInspection.Point::number).toList());
  }

  /** Portions of any size: what is found must not depend on them. */
  static Portions portions(Random random) {
    return new Portions(1 + random.nextInt(50), 1 + random.nextInt(4), 1 + random.nextInt(100));
  }

  /**
   * Nothing is wrong with it after a crash; but the simulation tears a write of the superblock, as
   * no kernel does with one sector, and a start takes the other copy then.
   */
  static void soundAfterCrash(
      String when, TrackStore store, int blockBytes, RecoverMode mode, Random random)
      throws StorageException {
    List<Finding> found = of(store, blockBytes, mode, portions(random)).damages;
    boolean torn =
        found.size() == 1
            && found.get(0).what().equals("superblock")
            && (found.get(0).got().startsWith("checksum")
                || found.get(0).wanted().equals("512 bytes")); // a second copy that was cut
    if (!torn) {
      assertThat(found).as(when).isEmpty();
    }
  }

  /** Nothing is wrong with it. */
  static Inspected sound(
      String when, TrackStore store, int blockBytes, RecoverMode mode, Random random)
      throws StorageException {
    Inspected found = of(store, blockBytes, mode, portions(random));
    assertThat(found.damages).as(when).isEmpty();
    return found;
  }
}
