package org.copybay.fs.transport;

/**
 * The attributes of one node, filled by the handler as the answer to look-up, getattr and setattr.
 *
 * <p>Used again for every request of a thread: it is empty (all 0, one link, requests of 4096
 * bytes) when the handler gets it, and the handler must not keep it.
 */
public final class FuseAttr {
  private static final int USUAL_REQUEST_BYTES = 4096;

  private long ino;
  private long size;
  private long blocks;
  private long accessNanos;
  private long modifyNanos;
  private long changeNanos;
  private int mode;
  private int links = 1;
  private int uid;
  private int gid;
  private int requestBytes = USUAL_REQUEST_BYTES;

  /** Empties every field. */
  public void clear() {
    ino = 0;
    size = 0;
    blocks = 0;
    accessNanos = 0;
    modifyNanos = 0;
    changeNanos = 0;
    mode = 0;
    links = 1;
    uid = 0;
    gid = 0;
    requestBytes = USUAL_REQUEST_BYTES;
  }

  /** Sets the inode number that programs see; by custom the node number. */
  public FuseAttr ino(long value) {
    ino = value;
    return this;
  }

  /** Sets the length in bytes. */
  public FuseAttr size(long value) {
    size = value;
    return this;
  }

  /** Sets the space in use, in units of 512 bytes. */
  public FuseAttr blocks(long value) {
    blocks = value;
    return this;
  }

  /** Sets the times of last access, of change of content and of change of attributes. */
  public FuseAttr times(long accessEpochNanos, long modifyEpochNanos, long changeEpochNanos) {
    accessNanos = accessEpochNanos;
    modifyNanos = modifyEpochNanos;
    changeNanos = changeEpochNanos;
    return this;
  }

  /** Sets the kind and the permissions, as {@link FileMode} names them. */
  public FuseAttr mode(int value) {
    mode = value;
    return this;
  }

  /** Sets the number of links. */
  public FuseAttr links(int value) {
    links = value;
    return this;
  }

  /** Sets the owner. */
  public FuseAttr owner(int user, int group) {
    uid = user;
    gid = group;
    return this;
  }

  /**
   * Sets the size of reads and writes that suits the file, a power of two, usually 4096:
   * st_blksize, by which programs choose their buffers.
   */
  public FuseAttr requestBytes(int value) {
    requestBytes = value;
    return this;
  }

  public long ino() {
    return ino;
  }

  public long size() {
    return size;
  }

  public long blocks() {
    return blocks;
  }

  public long accessNanos() {
    return accessNanos;
  }

  public long modifyNanos() {
    return modifyNanos;
  }

  public long changeNanos() {
    return changeNanos;
  }

  public int mode() {
    return mode;
  }

  public int links() {
    return links;
  }

  public int uid() {
    return uid;
  }

  public int gid() {
    return gid;
  }

  public int requestBytes() {
    return requestBytes;
  }
}
