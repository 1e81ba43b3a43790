package org.copybay.control;

import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import org.copybay.control.report.Caller;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.MountFacts;
import org.copybay.copy.CopyServices;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.FileLock;

/** A real bay in a temporary directory, with everything that the control tree stands on. */
public final class OpenBay implements AutoCloseable {
  /** Who mounted. */
  public static final Caller OWNER = new Caller(1000, 1000, 5120);

  /** Somebody else whom the mode of the file let in. */
  public static final Caller OTHER = new Caller(1001, 1000, 6000);

  private final FileLock lock;
  private final SettableClock clock;
  private final Bay bay;
  private final CopyServices copy;
  private boolean closed;

  private OpenBay(Path directory, SettableClock clock, boolean readOnly) throws StorageException {
    FileLock taken = BayOpener.tryLock(directory);
    if (taken == null) {
      throw new IllegalStateException("the bay is locked");
    }
    lock = taken;
    this.clock = clock;
    bay = BayOpener.open(directory, readOnly, RecoverMode.AUTO, 1 << 20, clock, clock.uptime());
    copy = CopyServices.open(bay);
    copy.start();
  }

  /** A new bay. */
  public static OpenBay create(Path directory) throws StorageException {
    SettableClock clock = new SettableClock();
    BayOpener.init(directory, clock);
    return new OpenBay(directory, clock, false);
  }

  /** The same bay after a restart. */
  public OpenBay reopen() throws StorageException {
    return reopen(false);
  }

  /** The same bay after a restart. */
  public OpenBay reopen(boolean readOnly) throws StorageException {
    Path directory = bay.path();
    close();
    return new OpenBay(directory, clock, readOnly);
  }

  /** Its clock. */
  public SettableClock clock() {
    return clock;
  }

  /** The bay. */
  public Bay bay() {
    return bay;
  }

  /** Its jobs. */
  public Jobs jobs() {
    return copy.jobs();
  }

  /** Its copy services. */
  public CopyServices copy() {
    return copy;
  }

  /** Its shadow sets. */
  public ShadowSets sets() {
    return copy.sets();
  }

  /** Its QuickOPC groups and sessions. */
  public QuickOpc opc() {
    return copy.opc();
  }

  /** The control tree. */
  public ControlTree tree() throws StorageException {
    MountFacts facts =
        new MountFacts(
            "/mnt/bay",
            () -> "dev",
            "allow_other",
            "0.1.0",
            OWNER.uid(),
            OWNER.uid(),
            clock.instant());
    return ControlTree.open(bay, copy, facts, clock);
  }

  /** Makes a volume. */
  public Volume volume(String name, long size) throws StorageException {
    return bay.create(
        new NewVolume(name, size, null, CacheMode.PAGE, new VolumeRecord.Owner(1000, 1000, 0600)),
        NOTHING);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    copy.scheduler().close();
    copy.safeguarded().close();
    copy.jobs().close();
    copy.sets().close();
    bay.close();
    lock.close();
  }
}
