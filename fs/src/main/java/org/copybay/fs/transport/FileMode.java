package org.copybay.fs.transport;

/** The bits of {@code st_mode} that say what a node is. */
public final class FileMode {

  public static final int S_IFMT = 0170000;
  public static final int S_IFDIR = 0040000;
  public static final int S_IFREG = 0100000;
  public static final int S_IFLNK = 0120000;

  private FileMode() {}
}
