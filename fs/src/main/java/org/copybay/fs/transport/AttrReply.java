package org.copybay.fs.transport;

/**
 * The answer to getattr and setattr: attributes, and how long the kernel may believe them.
 *
 * <p>Used again for every request of a thread; empty, with a time of 0, when the handler gets it.
 */
public final class AttrReply {

  private final FuseAttr attr = new FuseAttr();
  private long attrValidNanos;

  /** Empties every field. */
  public void clear() {
    attr.clear();
    attrValidNanos = 0;
  }

  /** The attributes, to be filled in. */
  public FuseAttr attr() {
    return attr;
  }

  /** Sets how long the kernel may use the attributes without asking again. */
  public AttrReply attrValidNanos(long nanos) {
    attrValidNanos = nanos;
    return this;
  }

  public long attrValidNanos() {
    return attrValidNanos;
  }
}
