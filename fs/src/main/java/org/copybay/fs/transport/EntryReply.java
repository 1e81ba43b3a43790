package org.copybay.fs.transport;

/**
 * A name that was looked up or made: its node, its attributes, and how long both may be believed.
 *
 * <p>An answer with a node that is not 0 counts one look-up of that node (see {@link
 * FuseHandler#forget}). A look-up answered with node 0 says "no such name" and lets the kernel
 * remember that for {@link #entryValidNanos()}; with ENOENT it asks again every time.
 *
 * <p>Used again for every request of a thread; empty, with times of 0, when the handler gets it.
 */
public final class EntryReply {

  private final FuseAttr attr = new FuseAttr();
  private long node;
  private long entryValidNanos;
  private long attrValidNanos;

  /** Empties every field. */
  public void clear() {
    attr.clear();
    node = 0;
    entryValidNanos = 0;
    attrValidNanos = 0;
  }

  /** The attributes, to be filled in. */
  public FuseAttr attr() {
    return attr;
  }

  /** Sets the node; 0 means that there is no such name. */
  public EntryReply node(long value) {
    node = value;
    return this;
  }

  /** Sets how long the kernel may use the name without asking again. */
  public EntryReply entryValidNanos(long nanos) {
    entryValidNanos = nanos;
    return this;
  }

  /** Sets how long the kernel may use the attributes without asking again. */
  public EntryReply attrValidNanos(long nanos) {
    attrValidNanos = nanos;
    return this;
  }

  public long node() {
    return node;
  }

  public long entryValidNanos() {
    return entryValidNanos;
  }

  public long attrValidNanos() {
    return attrValidNanos;
  }
}
