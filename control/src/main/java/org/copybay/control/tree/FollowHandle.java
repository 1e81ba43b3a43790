package org.copybay.control.tree;

import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.event.Events;
import org.jspecify.annotations.Nullable;

/** A stream of the events that follow its opening, to the end of the mount. */
final class FollowHandle extends LineHandle {
  private final Events events;
  private final AtomicBoolean closed = new AtomicBoolean();

  // only in nextLine, by one reader at a time
  private boolean begun;
  private long told; // the number of the last one

  /** AGAIN when there are too many of them. */
  FollowHandle(Events events) throws StorageException {
    events.follow();
    this.events = events;
    this.told = events.last();
  }

  @Override
  @Nullable String nextLine() throws StorageException {
    if (!begun) {
      begun = true;
      return EventPages.HEADER;
    }
    boolean ended = events.ended(); // asked first: what is told until then is told to the reader
    Event event = events.await(told, WAIT_MILLIS);
    if (event == null) {
      if (ended) {
        return null;
      }
      throw new StorageException(Fault.INTERRUPTED, "no news");
    }
    long lost = event.number() - told - 1;
    if (lost > 0) {
      told += lost;
      return "# lost: " + lost;
    }
    told = event.number();
    return EventPages.line(event);
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      events.unfollow();
    }
  }
}
