package org.copybay.control.command;

import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.copybay.control.SettableClock;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.quickopc.GroupType;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.SessionCommands;
import org.copybay.copy.quickopc.Sets;
import org.copybay.copy.quickopc.StartSpec;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;

/** A bay with QuickOPC sessions, whose copies are paused until a test lets them run. */
final class OpcBay implements AutoCloseable {
  static final int REGION = Sets.REGION_BYTES;

  final SettableClock clock = new SettableClock();
  final Bay bay;
  final Jobs jobs;
  final QuickOpc opc;
  final SessionCommands commands;

  OpcBay(Path path) throws StorageException {
    BayOpener.init(path, clock);
    bay = BayOpener.open(path, false, RecoverMode.AUTO, 1 << 20, clock);
    jobs = new Jobs(bay);
    opc = new QuickOpc(bay, jobs);
    commands = new SessionCommands(opc);
    opc.load();
    jobs.load();
    opc.startMissing();
    jobs.start();
  }

  /** A volume of so many regions, which all hold data. */
  Volume volume(String name, int regions) throws StorageException {
    VolumeRecord.Owner owner = new VolumeRecord.Owner(1, 2, 0640);
    Volume volume =
        bay.create(
            new NewVolume(name, (long) regions * REGION, null, CacheMode.PAGE, owner), NOTHING);
    for (int region = 0; region < regions; region++) {
      write(name, region, REGION);
    }
    return volume;
  }

  /** Changes the first bytes of a region. */
  void write(String volume, int region, int bytes) throws StorageException {
    Opener writer = new Opener((int) ProcessHandle.current().pid(), true);
    try (OpenFile open = bay.find(volume).open(writer, false)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
      buffer.put(new byte[bytes]).put(0, (byte) (region + 1)).flip();
      int written = open.write((long) region * REGION, buffer);
      if (written != bytes) {
        throw new AssertionError("wrote " + written);
      }
    }
  }

  PairRecord pair(String group, GroupType type, String source, String target)
      throws StorageException {
    if (!opc.groups().all().containsKey(group)) {
      opc.groups().createGroup(group, type, NOTHING);
    }
    return opc.groups().addPair(group, null, bay.find(source), bay.find(target), NOTHING);
  }

  void start(PairRecord pair, StartSpec.Mode mode) throws StorageException {
    StartSpec spec = new StartSpec(mode, false, false, null, true, null, "start", 7, NOTHING);
    if (commands.start(List.of(pair), spec).size() != 1) {
      throw new AssertionError("no session");
    }
  }

  /** Copies so many regions, as the copier does. */
  void fill(String target, int count) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(count * REGION);
    if (bay.find(target).origin().fillNext(0, buffer) == null) {
      throw new AssertionError("nothing to copy");
    }
  }

  /** Lets the copy of a pair run to its end. */
  void copy(PairRecord pair) throws StorageException {
    Job job = commands.job(pair);
    if (job.resume() == null) {
      throw new AssertionError("no answer");
    }
    Awaitility.await("end of the copy")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> job.state().ended());
  }

  @Override
  public void close() {
    jobs.close();
    bay.close();
  }
}
