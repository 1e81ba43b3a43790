package org.copybay.control.tree;

/** What a file is opened for. */
public enum OpenMode {
  /** O_RDONLY. */
  READ,
  /** O_WRONLY. */
  WRITE,
  /** O_RDWR. */
  READ_WRITE;

  /** Whether writes may follow. */
  public boolean writing() {
    return this != READ;
  }
}
