package org.copybay.copy.quickopc;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * What a crash leaves: the row goes first. A target that does not hold everything, and of which no
 * row says where the rest comes from, is INVALID (P6); a point and bitmaps that no row names are
 * removed at the mount.
 */
/** Ends sessions, and copies of them; under the lock of QuickOpc. */
final class Ending {
  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

  private final QuickOpc opc;
  private final Bay bay;

  Ending(QuickOpc opc) {
    this.opc = opc;
    this.bay = opc.bay();
  }

  /** All is copied and synced: the point goes, and the session where it records nothing. */
  void complete(Session session, Catalogue.Change also) throws StorageException {
    SessionRecord record = session.record();
    SessionRecord next = record.withoutPoint();
    Catalogue.Change rows =
        connection -> {
          if (record.tracking()) {
            OpcTable.put(connection, next);
          } else {
            OpcTable.delete(connection, record);
          }
          also.run(connection);
        };
    String key = record.point();
    if (key == null || opc.isPointShared(key, record)) {
      bay.catalogue().change(rows);
    } else {
      bay.points().dropSession(key, rows);
    }
    session.setRecord(next);
    if (record.tracking()) {
      opc.tell(next, session.phase());
    } else {
      opc.unpublish(record);
      deleteBitmaps(session, record.generation());
      opc.tell(record, Phase.NONE);
    }
  }

  /** Ends a session. What its target does not hold yet it will never hold by itself. */
  void cancel(Session session, Catalogue.Change also) throws StorageException {
    SessionRecord record = session.record();
    bay.catalogue()
        .change(
            connection -> {
              OpcTable.delete(connection, record);
              also.run(connection);
            });
    boolean copying = session.isCopying();
    if (copying) {
      session.target().origin().setOrigin(null); // first: nobody reads a point that goes
    }
    forget(session);
    if (copying) {
      bay.contentChanged(session.target());
    }
    opc.tell(record, Phase.NONE);
  }

  /** Removes what a session had, whose row is gone. */
  void forget(Session session) {
    SessionRecord record = session.record();
    opc.unpublish(record);
    endJob(record);
    dropPoint(record.point(), record);
    deleteBitmaps(session, record.generation());
    deleteBitmaps(session, record.generation() - 1);
  }

  private void endJob(SessionRecord record) {
    Job job = opc.findJob(record);
    if (job != null) {
      try {
        JobOrder order = job.cancel();
        LOG.info("session={} job={} cancel: {}", record.id(), job.id(), order);
      } catch (StorageException e) {
        LOG.warn("session={} job={} {}", record.id(), job.id(), e.getMessage());
      }
    }
  }

  /** Removes what a session had before its last start. */
  void removeBefore(Session session, @Nullable String oldPoint) {
    dropPoint(oldPoint, session.record());
    deleteBitmaps(session, session.record().generation() - 1);
  }

  private void dropPoint(@Nullable String key, SessionRecord record) {
    if (key != null && !opc.isPointShared(key, record)) {
      try {
        bay.points().dropSession(key, Catalogue.Change.NOTHING);
      } catch (StorageException e) {
        LOG.warn("session={} point={} {}", record.id(), key, e.getMessage());
      }
    }
  }

  /** Both bitmaps of a generation; what fails is done at the next mount. */
  void deleteBitmaps(Session session, int generation) {
    for (boolean ofSource : new boolean[] {true, false}) {
      Volume volume = ofSource ? session.source() : session.target();
      String name = session.record().bitmap(ofSource, generation);
      try {
        bay.bitmaps().deleteHidden(volume, name);
      } catch (StorageException e) {
        LOG.warn("bitmap={} of volume={}: {}", name, volume.name(), e.getMessage());
      }
    }
  }
}
