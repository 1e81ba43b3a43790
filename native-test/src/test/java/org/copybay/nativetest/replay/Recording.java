package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.List;
import org.copybay.nativetest.TestBay;

/**
 * A bay at work on a disk whose writes are recorded. Scenarios make volumes and give commands
 * through it, so that it is known from which position of the log on they survive a power loss.
 */
final class Recording {
  private final TestBay bay;
  private final RecordedDisk disk;
  private final List<StampedVolume> volumes = new ArrayList<>();

  Recording(TestBay bay, RecordedDisk disk) {
    this.bay = bay;
    this.disk = disk;
  }

  /** Makes a volume of that many sectors of 512 bytes; cache is page or block. */
  StampedVolume create(String name, int sectors, String cache) {
    StampedVolume volume = new StampedVolume(name, "volumes", volumes.size() + 1, sectors);
    long size = (long) sectors * Stamp.BYTES;
    volume.created(command("create volume " + name + " size=" + size + " cache=" + cache));
    volumes.add(volume);
    return volume;
  }

  /**
   * Makes a shadow set of new volumes of that many sectors, and waits until all are full members.
   */
  StampedVolume createSet(String name, int sectors, String... members) {
    StampedVolume unit = new StampedVolume(name, "shadow", volumes.size() + 1, sectors);
    for (String member : members) {
      command("create volume " + member + " size=" + (long) sectors * Stamp.BYTES);
    }
    command("mount set=" + name + " members=" + String.join(",", members) + " id=made-" + name);
    bay.must("cat $C/jobs/made-" + name + "/wait");
    unit.created(position());
    volumes.add(unit);
    return unit;
  }

  /** Writes a line to .control/ctl; returns the position from which on its effect must survive. */
  long command(String line) {
    bay.command(line);
    return position();
  }

  /** The length of the log now: what returned before this call survives from there on. */
  long position() {
    return disk.position();
  }

  TestBay bay() {
    return bay;
  }

  /** The volumes made so far. */
  List<StampedVolume> volumes() {
    return volumes;
  }
}
