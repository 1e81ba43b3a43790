package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;

/** The commands of points in time. */
class PointVerbsTest extends InterpreterFixture {
  @Test
  void volumesAreFrozenTogetherUnderAName() throws Exception {
    open.volume("a", 1024);
    open.volume("b", 2048);

    assertThat(run(Scope.bay(), "freeze volumes=a,b name=P")).isEqualTo("ok point P of a, b");

    assertThat(open.bay().points().all()).hasSize(1);
    assertThat(open.bay().points().all().get(0).volumes())
        .extracting(volume -> volume.name() + " " + volume.size())
        .containsExactly("a 1024", "b 2048");
  }

  @Test
  void aNameWithACommaIsQuoted() throws Exception {
    open.volume("a,b", 1024);
    open.volume("c", 1024);

    assertThat(run(Scope.bay(), "freeze \"a,b\",c P")).isEqualTo("ok point P of a,b, c");
  }

  @Test
  void aVolumeThatIsNotThereOrNamedTwiceIsRefused() throws Exception {
    open.volume("a", 1024);

    assertThat(refused(Scope.bay(), "freeze volumes=a,x name=P").error().getMessage())
        .isEqualTo("no volume x");
    assertThat(refused(Scope.bay(), "freeze volumes=a,a name=P").error().getMessage())
        .isEqualTo("volume a is named twice");
    assertThat(refused(Scope.bay(), "freeze volumes=a").error().fault())
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(open.bay().points().all()).isEmpty();
  }

  @Test
  void aPointIsMadeOnceAndDroppedOnce() throws Exception {
    open.volume("a", 1024);
    run(Scope.bay(), "freeze volumes=a name=P");

    RefusedException again = refused(Scope.bay(), "freeze volumes=a name=P");
    assertThat(again.error().fault()).isEqualTo(Fault.EXISTS);
    assertThat(again.error().remedy()).endsWith("drop point=P");

    assertThat(run(Scope.bay(), "drop point=P")).isEqualTo("ok point P is dropped");
    assertThat(refused(Scope.bay(), "drop point=P").error().fault()).isEqualTo(Fault.NOT_FOUND);
  }
}
