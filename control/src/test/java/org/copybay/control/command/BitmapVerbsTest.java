package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command of write bitmaps. */
class BitmapVerbsTest extends InterpreterFixture {
  private Volume volume;

  @BeforeEach
  void makeVolume() throws Exception {
    open.volume("a", 1 << 20);
    volume = open.bay().find("a");
  }

  @Test
  void itIsStartedResetAndDeleted() throws Exception {
    assertThat(run(Scope.bay(), "bitmap start volume=a bitmap=t"))
        .matches("ok gen=\\d+ write bitmap t of volume a records changes since \\S+");
    assertThat(run(Scope.volume("a"), "bitmap start s grain=127")).startsWith("ok ");
    assertThat(volume.bitmaps())
        .extracting(BitmapRecord::grain)
        .containsExactly(Grain.TRACK, Grain.SECTORS_127);

    assertThat(run(Scope.bay(), "bitmap reset a t")).contains("write bitmap t of volume a");
    assertThat(run(Scope.bay(), "bitmap delete a t"))
        .endsWith("write bitmap t of volume a is deleted");
    assertThat(volume.bitmaps()).extracting(BitmapRecord::name).containsExactly("s");
  }

  @Test
  void whatIsThereOrNotThereIsRefused() throws Exception {
    run(Scope.bay(), "bitmap start a t");

    RefusedException again = refused(Scope.bay(), "bitmap start a t");
    assertThat(again.error().fault()).isEqualTo(Fault.EXISTS);
    assertThat(again.error().remedy()).endsWith("bitmap delete volume=a bitmap=t");
    RefusedException none = refused(Scope.bay(), "bitmap reset a u");
    assertThat(none.error().fault()).isEqualTo(Fault.NOT_FOUND);
    assertThat(none.error().remedy())
        .isEqualTo("ls .control/volumes/a/bitmaps shows what there is");
    assertThat(refused(Scope.bay(), "bitmap start x t").error().getMessage())
        .isEqualTo("no volume x");
    assertThat(refused(Scope.bay(), "bitmap end a t").error().getMessage())
        .isEqualTo("action= is one of start, reset, delete");
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    assertThat(run(Scope.bay(), "bitmap start a t dry-run=yes"))
        .contains("start write bitmap t of volume a");
    assertThat(volume.bitmaps()).isEmpty();
    run(Scope.bay(), "bitmap start a t");
    assertThat(refused(Scope.bay(), "bitmap start a t dry-run=yes").error().fault())
        .isEqualTo(Fault.EXISTS);
  }
}
