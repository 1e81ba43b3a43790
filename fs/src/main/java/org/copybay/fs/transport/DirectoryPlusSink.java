package org.copybay.fs.transport;

/** Takes the entries of one readdirplus answer. Valid during the call only. */
public interface DirectoryPlusSink {

  /** The entry to fill in for the next {@link #add}, emptied; one object, used again. */
  EntryReply entry();

  /**
   * Adds a name with the attributes that were set in {@link #entry()}.
   *
   * <p>Counts one look-up if it was added and its node is not 0. For "." and ".." the node is 0;
   * ino and mode are needed always.
   *
   * @param nextOffset not 0; a later call with this offset goes on behind this entry
   * @return false if the entry did not fit: the answer is full, nothing was counted, and the
   *     handler returns
   */
  boolean add(String name, long nextOffset);
}
