package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.copybay.fs.transport.FuseSession;
import org.copybay.volumes.store.MountTable;

/** A mount that this process serves, wherever in the name space it is by now. */
public final class ServedMount {

  private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);

  private final Path mountPoint;
  private final String device;
  private final String source;

  /** The mount as the table showed it when it was made. */
  public ServedMount(MountTable.Mount mount) {
    mountPoint = mount.mountPoint();
    device = mount.device();
    source = mount.source();
  }

  /** Where it was mounted. */
  public Path mountPoint() {
    return mountPoint;
  }

  /** {@link FuseSession#unmount()} for the session of this mount. */
  public void unmount(FuseSession session) throws IOException {
    MountTable table = MountTable.read();
    IOException first = null;
    for (MountTable.Mount mount : table.bays()) {
      try {
        if (isThis(mount)) {
          // at its own place: a directory above it may have another name by now
          detach(session, table, mount.mountPoint());
        }
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** The number of a device that is gone is soon another one's. */
  private boolean isThis(MountTable.Mount mount) {
    return mount.device().equals(device) && mount.source().equals(source);
  }

  private void detach(FuseSession session, MountTable table, Path place) throws IOException {
    if (table.at(place).filter(this::isThis).isEmpty()) {
      throw new IOException("something else is mounted over " + place);
    }
    if (!disconnected(session) || DeadMount.stale(place, PROBE_LIMIT)) {
      DeadMount.detach(place);
    }
  }

  private boolean disconnected(FuseSession session) throws IOException {
    try {
      return session.awaitDisconnect(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + mountPoint, e);
    }
  }
}
