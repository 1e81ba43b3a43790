package org.copybay.copy.quickopc;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a start back that was recorded and could not be shown; under the lock of QuickOpc. */
final class TakingBack {
  private static final Logger LOG = LoggerFactory.getLogger(TakingBack.class);

  private final QuickOpc opc;
  private final Bay bay;

  TakingBack(QuickOpc opc) {
    this.opc = opc;
    this.bay = opc.bay();
  }

  /**
   * After an error: where no target shows the start, and that can be recorded, it never was (P7).
   * Else the sessions are suspended, and the next mount ends the start.
   */
  boolean run(List<StartItem> items) {
    boolean back = false;
    if (items.stream().noneMatch(StartItem::isSwitched)) {
      try {
        takeBack(items);
        back = true;
      } catch (StorageException e) {
        LOG.error("a start that failed is not taken back: {}", e.getMessage());
      }
    }
    for (StartItem item : items) {
      Session session = opc.findSession(item.next().id());
      if (!back) {
        boolean recorded = opc.suspend(item.next().id(), "its start failed");
        LOG.error("session={} is suspended, recorded={}", item.next().id(), recorded);
      } else if (item.old() == null) {
        opc.unpublish(item.next());
      } else if (session != null) {
        session.setRecord(item.old());
      }
    }
    return back;
  }

  private void takeBack(List<StartItem> items) throws StorageException {
    Catalogue.Change rows =
        connection -> {
          for (StartItem item : items) {
            if (item.old() == null) {
              OpcTable.delete(connection, item.next());
            } else {
              OpcTable.put(connection, item.old());
            }
            Session restore = item.restore(opc);
            if (restore != null) {
              OpcTable.put(connection, restore.record());
            }
          }
        };
    String key = items.get(0).next().point();
    if (key == null) {
      bay.catalogue().change(rows);
    } else {
      bay.points().dropSession(key, rows);
    }
  }
}
