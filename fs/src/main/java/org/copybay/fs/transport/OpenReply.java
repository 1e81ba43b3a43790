package org.copybay.fs.transport;

/**
 * The answer to open, create and opendir: the handle, and how the kernel treats this descriptor.
 *
 * <p>Used again for every request of a thread; handle 0 and no flags when the handler gets it.
 */
public final class OpenReply {

  private static final int DIRECT_IO = 1;
  private static final int KEEP_CACHE = 1 << 1;
  private static final int NON_SEEKABLE = 1 << 2;
  private static final int STREAM = 1 << 4;
  private static final int PARALLEL_DIRECT_WRITES = 1 << 6;

  private long handle;
  private int flags;

  /** Empties every field. */
  public void clear() {
    handle = 0;
    flags = 0;
  }

  /** Sets the number that later calls name this descriptor by; never {@link FuseHandler#NONE}. */
  public OpenReply handle(long value) {
    handle = value;
    return this;
  }

  /** Every read and write of this descriptor comes to the handler, past the page cache. */
  public OpenReply directIo() {
    flags |= DIRECT_IO;
    return this;
  }

  /**
   * As {@link #directIo()}, and writes to one file may come at once, as long as no descriptor with
   * page cache is open on it. Only if {@link FuseSession#parallelDirectWrites()}.
   */
  public OpenReply parallelDirectWrites() {
    flags |= DIRECT_IO | PARALLEL_DIRECT_WRITES;
    return this;
  }

  /** The page cache of the file stays valid at this open; without it the open empties it. */
  public OpenReply keepCache() {
    flags |= KEEP_CACHE;
    return this;
  }

  /**
   * As {@link #directIo()}, and the file has no positions: lseek and pread are ESPIPE. The reads
   * and writes of this descriptor come one after the other, and one of up to {@link
   * FuseSession#unsplitBytes()} is one request.
   */
  public OpenReply nonSeekable() {
    flags |= DIRECT_IO | NON_SEEKABLE;
    return this;
  }

  /**
   * The file has no positions: lseek and pread are ESPIPE. A read that waits does not hold up a
   * write to the same file.
   */
  public OpenReply stream() {
    flags |= NON_SEEKABLE | STREAM;
    return this;
  }

  public long handle() {
    return handle;
  }

  /** False if the file has no positions. */
  public boolean seekable() {
    return (flags & NON_SEEKABLE) == 0;
  }

  /** The bits FOPEN_* of the kernel's protocol. */
  public int flags() {
    return flags;
  }
}
