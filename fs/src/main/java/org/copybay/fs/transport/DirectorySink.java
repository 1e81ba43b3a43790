package org.copybay.fs.transport;

/** Takes the entries of one readdir answer. Valid during the call only. */
public interface DirectorySink {

  /**
   * Adds a name.
   *
   * @param mode what the name is, by the S_IFMT bits; permissions are ignored
   * @param nextOffset not 0; a later call with this offset goes on behind this entry
   * @return false if the entry did not fit: the answer is full and the handler returns
   */
  boolean add(String name, long ino, int mode, long nextOffset);
}
