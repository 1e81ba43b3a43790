package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.control.OpenBay;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which commands to tapes are only for who mounted. */
final class TapeOwnerTest extends ControlTreeFixture {
  private static final String CTL = "ctl";

  @BeforeEach
  void makeLibrary() throws Exception {
    write(CTL, "tape library name=VTL");
    write(CTL, "tape add library=VTL barcode=VT0001L8,VT0002L8");
  }

  private TapeCartridge tape(String barcode) throws StorageException {
    return open.copy().tapes().cartridge(barcode);
  }

  private void other(String line) throws StorageException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try (ControlHandle handle = ((ControlFile) node(CTL)).open(OpenBay.OTHER, OpenMode.WRITE)) {
      handle.write(0, ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void whatEndsTheJobOfAnotherIsOnlyForTheOwnerAndAudited() throws Exception {
    other("tape eject barcode=VT0002L8");
    assertThat(tape("VT0002L8").row().place().library()).isNull();

    String line = "tape eject barcode=VT0001L8 force=yes";
    assertThat(fault(() -> other(line))).isEqualTo(Fault.DENIED);
    assertThat(tape("VT0001L8").row().place().library()).isEqualTo("VTL");
    write(CTL, line);
    assertThat(tape("VT0001L8").row().place().library()).isNull();
    assertThat(read("audit"))
        .contains(" tape-eject EACCES ", " tape-eject ok ")
        .doesNotContain("VT0002L8");
  }

  @Test
  void aCheckReadsAndIsForAll() throws Exception {
    other("tape check barcode=VT0001L8 id=check1");
    assertThat(waitForEnd("check1")).contains("done");
    assertThat(tape("VT0001L8").row().medium().damage()).isNull();
  }
}
