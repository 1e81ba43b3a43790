package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.copybay.copy.library.CartridgeMaking.NewCartridges;
import org.copybay.copy.library.LibrarySetup.Wanted;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.MediumKind;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeMedia;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.drive.DriveOpener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What health and metrics tell of tapes. */
final class TapeHealthTest extends ControlTreeFixture {
  private Path vault;
  private TapeCartridge cartridge;

  private Tapes tapes() {
    return open.copy().tapes();
  }

  @BeforeEach
  void makeLibraries() throws Exception {
    vault = directory.resolve("vault");
    library("VTL", LibraryType.VIRTUAL, null);
    library("VAULT", LibraryType.DESTINATION, vault.toString());
    tapes()
        .making()
        .add(
            new NewCartridges(
                List.of("VT0001", "VT0002"),
                tapes().library("VTL"),
                0,
                MediumKind.DATA,
                TapeMedia.LTO8,
                1 << 20,
                false),
            NOTHING);
    cartridge = tapes().cartridge("VT0001");
    tapes().changer().load(cartridge, tapes().drives().get(0), NOTHING);
  }

  private void library(String name, LibraryType type, @Nullable String path)
      throws StorageException {
    tapes().setup().create(new Wanted(name, type, 2, 10, 0, TapeMedia.LTO8, path), NOTHING);
  }

  @Test
  void aLibraryWhoseDirectoryIsNotThereIsUnreachable() throws Exception {
    assertThat(vault).isDirectory();
    assertThat(read("health")).isEqualTo("ok\n");
    assertThat(read("tape/libraries/VAULT/status")).contains("state: connected\n");
    Path away = vault.resolveSibling("away");
    Files.move(vault, away);
    String unreachable =
        "degraded: tape library VAULT is unreachable: its disk is not in "
            + vault
            + ", which has no .copybay-library of it\n";
    assertThat(read("health")).isEqualTo(unreachable);
    assertThat(read("tape/libraries/VAULT/status")).contains("state: unreachable\n");
    assertThat(read("tape/libraries/VTL/status")).contains("state: connected\n");
    Files.createDirectory(vault); // its mount point
    assertThat(read("health")).isEqualTo(unreachable);
    Files.delete(vault);
    Files.move(away, vault);
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void anotherDiskIsTakenByItsOwnPathAndNoOtherPath() throws Exception {
    Files.move(vault, vault.resolveSibling("away"));
    Files.createDirectory(vault);
    assertThat(fault(() -> write("ctl", "tape library name=VAULT path=" + vault + "2")))
        .isEqualTo(Fault.BAD_REQUEST);
    assertThat(read("last_error")).contains("path= of a library that is there does not change");
    assertThat(tapes().library("VAULT").connected()).isFalse();
    write("ctl", "tape library name=VAULT path=" + vault + " slots=12");
    assertThat(tapes().library("VAULT").connected()).isTrue();
    assertThat(tapes().library("VAULT").row().slots()).isEqualTo(12);
  }

  @Test
  void aDamagedMediumIsNamed() throws Exception {
    tapes().damage().note(cartridge, "object 7 is damaged");
    assertThat(read("health"))
        .isEqualTo("degraded: cartridge VT0001 is damaged: object 7 is damaged\n");
    tapes().damage().note(cartridge, null);
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void aCartridgeThatCouldNotBeOpenedInItsDriveIsNamedUntilItIs() throws Exception {
    Path index = directory.resolve("bay/tapes/VT0001/index");
    Path away = directory.resolve("index");
    tapes().stop();
    Files.move(index, away);
    open = open.reopen();
    tree = open.tree();
    assertThat(read("health")).startsWith("degraded: cartridge VT0001 is not in its drive: ");
    Files.move(away, index);
    cartridge = tapes().cartridge("VT0001");
    tapes().changer().load(cartridge, tapes().drives().get(0), NOTHING);
    assertThat(read("health")).startsWith("degraded: cartridge VT0001 is damaged: ");
    tapes().damage().note(cartridge, null); // as a check that finds none
    assertThat(read("health")).isEqualTo("ok\n");
  }

  @Test
  void metricsCountCartridgesBytesDrivesAndRequests() throws Exception {
    tapes().drives().get(0).open(new DriveOpener(1, true, false));
    tapes().drives().get(0).write(ByteBuffer.allocateDirect(1000));
    tapes().changer().eject(tapes().cartridge("VT0002"), "box", NOTHING);
    assertThat(read("metrics"))
        .contains("copybay_tape_cartridges{library=\"VTL\"} 1.0\n")
        .contains("copybay_tape_cartridges{library=\"-\"} 1.0\n")
        .contains("copybay_tape_cartridges{library=\"VAULT\"} 0.0\n")
        .contains("copybay_tape_bytes{library=\"VTL\"} 1008.0\n")
        .contains("copybay_tape_drives_in_use{library=\"VTL\"} 1.0\n")
        .contains("copybay_tape_copy_requests{state=\"queued\"} 0.0\n");
    tapes().drives().get(0).close(false);
  }
}
