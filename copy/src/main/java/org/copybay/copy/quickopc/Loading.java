package org.copybay.copy.quickopc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Padded;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.track.TrackOrigin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings sessions back at a mount, before any request: their targets show again what they showed, a
 * start that a crash interrupted is ended (Starting), and what no session has is removed. One that
 * lacks something is suspended. Under the lock of QuickOpc.
 */
final class Loading {
  private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

  private final QuickOpc opc;
  private final Bay bay;

  Loading(QuickOpc opc) {
    this.opc = opc;
    this.bay = opc.bay();
  }

  void run(List<SessionRecord> records) throws StorageException {
    for (SessionRecord record : records) {
      Volume source = bay.findOrNull(record.source());
      Volume target = bay.findOrNull(record.target());
      if (source == null || target == null) {
        LOG.error("{} lost a volume: source={} target={}", record.describe(), source, target);
        if (!bay.readOnly()) {
          bay.catalogue().change(connection -> OpcTable.delete(connection, record));
        }
        continue;
      }
      opc.use(record, source, target);
      opc.publish(new Session(bay, record, source, target));
    }
    for (Session session : opc.sessions()) {
      bringBack(session);
    }
    if (!bay.readOnly()) {
      removeRest();
    }
  }

  /** Lets the target of a session show what it showed, or suspends it. */
  void bringBack(Session session) {
    SessionRecord record = session.record();
    if (session.source().awaitsDisk() || session.target().awaitsDisk()) {
      LOG.warn("{} waits for a disk", record.describe());
      return; // its job brings it back (FillWork)
    }
    try {
      requireBitmaps(session);
      showOrigin(session);
    } catch (StorageException e) {
      LOG.error("{}: {}", record.describe(), e.getMessage());
      if (record.error() == null && !bay.readOnly()) {
        boolean recorded = opc.suspend(record.id(), e.getMessage());
        LOG.info("{} is suspended, recorded={}", record.describe(), recorded);
      } else if (record.error() == null) {
        session.setRecord(record.withError(e.getMessage()));
      }
    }
  }

  /** What was not recorded cannot be told from what did not change. CORRUPT. */
  private static void requireBitmaps(Session session) throws StorageException {
    SessionRecord record = session.record();
    if (record.tracking() && session.tracked(record.generation()).isEmpty()) {
      throw new StorageException(Fault.CORRUPT, "its write bitmaps are gone");
    }
  }

  private void showOrigin(Session session) throws StorageException {
    SessionRecord record = session.record();
    TrackOrigin origin = session.target().origin();
    PointVolume shown = opc.safety(record, session.target());
    String key = record.point();
    if (shown == null && key != null) {
      PointInTime point = bay.points().findSession(key);
      shown = opc.frozen(point, session.source());
    }
    boolean there = origin.stamp() == record.stamp();
    if (shown != null && there) {
      origin.setOrigin(new Padded(shown, session.target().size()));
    }
    if (!record.switched() && !bay.readOnly()) {
      Starting starting = new Starting(opc, StartSpec.atMount());
      if (there) {
        starting.announce(session);
      } else {
        starting.again(session);
      }
      SessionRecord next = record.withSwitched().withStartBytes(origin.unfilledBytes());
      bay.catalogue().change(connection -> OpcTable.put(connection, next));
      session.setRecord(next);
    }
  }

  private void removeRest() throws StorageException {
    Set<String> points = new HashSet<>();
    Set<String> bitmaps = new HashSet<>();
    for (Session session : opc.sessions()) {
      SessionRecord record = session.record();
      String key = record.point();
      if (key != null) {
        points.add(key);
      }
      bitmaps.add(record.bitmap(true, record.generation()));
      bitmaps.add(record.bitmap(false, record.generation()));
      if (record.error() != null) { // it may not have come to its last start
        bitmaps.add(record.bitmap(true, record.generation() - 1));
        bitmaps.add(record.bitmap(false, record.generation() - 1));
      }
    }
    points.addAll(VerifyWork.points(bay.catalogue().read(JobTable::all)));
    for (PointInTime point : bay.points().ofSessions()) {
      String key = point.session();
      if (key != null && isOurs(key) && !points.contains(key)) {
        remove("point " + key, () -> bay.points().dropSession(key, Catalogue.Change.NOTHING));
      }
    }
    for (Volume volume : bay.volumes()) {
      for (BitmapRecord bitmap : volume.bitmaps()) {
        String name = bitmap.name();
        if (name.startsWith(SessionRecord.NAMES) && !bitmaps.contains(name)) {
          remove("bitmap " + name, () -> bay.bitmaps().deleteHidden(volume, name));
        }
      }
      if (!volume.damaged()) {
        remove("what was prepared in " + volume.name(), () -> forgetPrepared(volume));
      }
    }
  }

  private static boolean isOurs(String key) {
    return key.startsWith(SessionRecord.POINTS) || key.startsWith(VerifyWork.POINTS);
  }

  private static void forgetPrepared(Volume volume) throws StorageException {
    if (volume.origin().prepared()) {
      volume.origin().forgetPrepared();
    }
  }

  /** What may fail. */
  @FunctionalInterface
  private interface Step {
    void run() throws StorageException;
  }

  private static void remove(String what, Step step) {
    try {
      step.run();
    } catch (StorageException e) {
      LOG.warn("{} is left: {}", what, e.getMessage());
    }
  }
}
