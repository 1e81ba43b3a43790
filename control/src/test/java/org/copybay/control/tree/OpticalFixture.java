package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.copybay.control.OpenBay;
import org.copybay.control.report.Caller;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.junit.jupiter.api.BeforeEach;

/** A library with some cartridges: SRC and OPP on E1, TGT on E2, WSRC on W1, blank W2. */
abstract class OpticalFixture extends ControlTreeFixture {
  static final String CTL = "optical/ctl";

  @BeforeEach
  void makeLibrary() throws Exception {
    write(CTL, "device name=LIB1");
    for (String name : new String[] {"E1", "E2"}) {
      write(CTL, "add device=LIB1 media=*ERASE capacity=256K cartridge=" + name);
    }
    for (String name : new String[] {"W1", "W2"}) {
      write(CTL, "add device=LIB1 media=*WORM capacity=256K cartridge=" + name);
    }
    initialize("E1.A", "SRC");
    initialize("E1.B", "OPP");
    initialize("E2.A", "TGT");
    initialize("W1.A", "WSRC");
    fill("SRC", "what the source holds");
    fill("TGT", "what the target holds");
    fill("WSRC", "once");
  }

  Optical optical() {
    return open.copy().optical();
  }

  OpticalVolume volume(String name) throws StorageException {
    return optical().find(name);
  }

  void initialize(String name, String id) throws StorageException {
    write(CTL, "initialize volume=" + name + " newvol=" + id);
  }

  void fill(String name, String text) throws StorageException {
    try (OpenFile file = volume(name).open(new Opener(1, true), false)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer source = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      assertThat(file.write(0, source)).isEqualTo(bytes.length);
    }
  }

  /** What a volume holds at its beginning, whoever may read it. */
  String content(String name) throws StorageException {
    OpticalVolume volume = volume(name);
    ByteBuffer target = ByteBuffer.allocateDirect(32);
    volume.medium().read(0, target);
    byte[] bytes = new byte[target.flip().remaining()];
    target.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Writes a line as somebody. */
  void write(Caller caller, String path, String line) throws StorageException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try (ControlHandle handle = ((ControlFile) node(path)).open(caller, OpenMode.WRITE)) {
      handle.write(0, ByteBuffer.wrap(bytes));
    }
  }

  /** Writes a line as who mounted. */
  void command(String line) throws StorageException {
    write(OpenBay.OWNER, CTL, line);
  }

  String status(String name, String key) throws StorageException {
    String mark = key + ": ";
    return read("optical/volumes/" + name + "/status")
        .lines()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .findFirst()
        .orElseThrow();
  }
}
