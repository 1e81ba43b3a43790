package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backups of a volume in turn, until it is full. */
final class RotationsTest extends OpticalFixture {
  private OpticalVolume source;
  private OpticalVolume one;
  private OpticalVolume two;

  @BeforeEach
  void makeRotation() throws Exception {
    source = test.init(test.add("SRC", "LIB", MediaType.WORM, 20), "SOURCE");
    test.write(source, 0, random(1, 5 * S));
    one = test.add("T1", "LIB", MediaType.ERASE, 20);
    two = test.add("T2", "LIB", MediaType.ERASE, 20);
    optical.rotations().create("R", source, List.of(one, two), NOTHING);
  }

  private RotationRecord row() throws Exception {
    return optical.rotations().find("R");
  }

  private String next() throws Exception {
    OpticalVolume next = optical.rotations().next(row());
    return next == null ? "none" : next.key();
  }

  private String newest() throws Exception {
    OpticalVolume newest = optical.rotations().newest(row());
    return newest == null ? "none" : newest.key();
  }

  private void backUp(OpticalVolume target, String id) throws Exception {
    test.duplicate(Ask.of(source.id(), target.key()).ids(id).clear(true));
  }

  @Test
  void targetsAreWrittenInTurn() throws Exception {
    List<String> seen = new ArrayList<>();
    seen.add(newest() + " " + next());
    backUp(one, "B1");
    seen.add(newest() + " " + next());
    backUp(two, "B2");
    seen.add(newest() + " " + next());
    backUp(one, "B1");
    seen.add(newest() + " " + next());

    assertThat(seen).containsExactly("none T1.A", "T1.A T2.A", "T2.A T1.A", "T1.A T2.A");
  }

  @Test
  void itIsKnownAfterARestartAndARenameOfItsSource() throws Exception {
    backUp(one, "B1");
    optical.labels().change(source, new Labels.Changing("RENAMED", null, null, null), NOTHING);
    reopen();
    assertThat(newest()).isEqualTo("T1.A");
    assertThat(next()).isEqualTo("T2.A");
  }

  @Test
  void aCopyThatDidNotEndIsNone() throws Exception {
    backUp(one, "B1");
    optical.labels().change(one, row -> row.withState(SideState.INCOMPLETE), NOTHING);
    assertThat(newest()).isEqualTo("none");
    assertThat(next()).isEqualTo("T1.A");
  }

  @Test
  void theSourceIsFullAtItsThreshold() throws Exception {
    assertThat(optical.rotations().isFull(row())).isFalse();
    optical.labels().change(source, new Labels.Changing(null, 50, null, null), NOTHING);
    test.write(source, 5 * S, random(2, 5 * S));
    assertThat(optical.rotations().isFull(row())).isTrue();
    optical.labels().change(source, new Labels.Changing(null, 60, null, null), NOTHING);
    assertThat(optical.rotations().isFull(row())).isFalse();
  }

  @Test
  void theFinalCopySetsTheTargetsFree() throws Exception {
    backUp(one, "B1");
    OpticalVolume last = test.add("LAST", "LIB", MediaType.WORM, 20);
    optical.rotations().setFinal(row(), last, NOTHING);
    backUp(two, "B2");
    assertThat(row().targets()).hasSize(2);

    backUp(last, "FINAL");

    assertThat(row().targets()).isEmpty();
    assertThat(row().finalKey()).isEqualTo("LAST.A");
    optical.cartridges().destroy(optical.cartridge("T1"), NOTHING);
    reopen();
    assertThat(row().targets()).isEmpty();
  }

  @Test
  void anOlderCopyIsNotTakenForTheFinalOne() throws Exception {
    backUp(one, "B1");
    optical.rotations().setFinal(row(), one, NOTHING); // and the mount ends before its job begins

    reopen();

    assertThat(row().targets()).hasSize(2);
    one = test.side("T1.A");
    source = test.side("SRC.A");
    backUp(one, "B1");
    assertThat(row().targets()).isEmpty();
  }

  @Test
  void itsMediaAreNotDestroyedBeforeItEnds() throws Exception {
    for (String name : new String[] {"SRC", "T2"}) {
      assertFault(
          Fault.BUSY,
          () -> optical.cartridges().destroy(optical.cartridge(name), NOTHING),
          "belongs to rotation R");
    }
    optical.rotations().delete(row(), NOTHING);
    optical.cartridges().destroy(optical.cartridge("T2"), NOTHING);
    assertThat(optical.rotations().all()).isEmpty();
  }

  @Test
  void whatCannotRotateIsRefused() throws Exception {
    OpticalVolume worm = test.add("W", "LIB", MediaType.WORM, 20);
    OpticalVolume free = test.add("F", "LIB", MediaType.ERASE, 20);
    Rotations rotations = optical.rotations();

    assertFault(
        Fault.WRONG_MEDIUM,
        () -> rotations.create("R2", source, List.of(worm), NOTHING),
        "ODUP-MEDIATYPE: target");
    OpticalVolume small = test.add("S", "LIB", MediaType.ERASE, 19);
    assertFault(
        Fault.NO_SPACE,
        () -> rotations.create("R2", source, List.of(small), NOTHING),
        "ODUP-SMALL");
    assertFault(
        Fault.BUSY,
        () -> rotations.create("R2", source, List.of(one), NOTHING),
        "belongs to rotation R");
    assertFault(
        Fault.NO_PAIR, () -> rotations.create("R2", free, List.of(free), NOTHING), "SAMEVOL");
    assertFault(Fault.EXISTS, () -> rotations.create("R", free, List.of(), NOTHING), "R exists");
    assertFault(Fault.NOT_FOUND, () -> rotations.find("NONE"), "no rotation NONE");
  }
}
