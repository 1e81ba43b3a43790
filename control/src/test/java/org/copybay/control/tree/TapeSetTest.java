package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.copy.library.MediumFacts;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of a cartridge by command. */
final class TapeSetTest extends ControlTreeFixture {
  @BeforeEach
  void makeLibrary() throws Exception {
    write("ctl", "tape library name=VTL");
    write("ctl", "tape add library=VTL barcode=VT0001L8");
  }

  private MediumFacts facts() throws Exception {
    return open.copy().tapes().cartridge("VT0001L8").row().medium();
  }

  @Test
  void whatIsNotNamedStays() throws Exception {
    write("ctl", "tape set barcode=VT0001L8 label=monday");
    write("ctl", "tape set barcode=VT0001L8 protect=permanent");
    assertThat(facts().label()).isEqualTo("monday");
    assertThat(facts().protection().word()).isEqualTo("permanent");
    write("ctl", "tape set barcode=VT0001L8 label=none");
    assertThat(facts().label()).isEmpty();
  }

  @Test
  void whatSaysNothingIsRefused() throws Exception {
    assertThat(fault(() -> write("ctl", "tape set barcode=VT0001L8"))).isEqualTo(Fault.BAD_REQUEST);
    assertThat(read("last_error"))
        .contains("want what is to be said of it: pool=, label= or protect=");
  }
}
