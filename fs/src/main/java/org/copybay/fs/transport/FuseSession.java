package org.copybay.fs.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One mount, from the answer to INIT until the kernel has let go of it. Safe for all threads.
 *
 * <p><b>Invalidation.</b> The kernel answers reads from its page cache, and attributes from its
 * cache, as long as the handler's replies allowed. After a change that did not come through the
 * mount, the handler's side calls an invalidate method and waits for the future, with a limit (30
 * s), before it says that the change is done. The rules:
 *
 * <ol>
 *   <li>Call after the new content is published and every gate and lock is open. The kernel waits
 *       for each unanswered READ and partial-page WRITE of that node, so these must be able to end.
 *   <li>Never wait for the future in a request of the same node, nor in a request that holds a lock
 *       which a request of that node needs.
 *   <li>One thread sends, in order; a notice that waits holds up the ones behind it.
 * </ol>
 *
 * <p>A future ends normally also if the kernel has never seen the node, and if the session is over:
 * nothing stale is left then. Only an error that leaves the cache in doubt fails it, with an {@link
 * IOException}.
 */
public interface FuseSession {

  /** True if {@link OpenReply#parallelDirectWrites()} may be answered (protocol 7.39 or later). */
  boolean parallelDirectWrites();

  /**
   * How many bytes of one read(2) or write(2) past the page cache come as one request, wherever in
   * a page the buffer of the caller begins. A longer one may come in parts.
   */
  int unsplitBytes();

  /**
   * Drops cached bytes [offset, offset+length) of a node, and its cached attributes.
   *
   * @param length bytes; 0 means to the end of the file
   */
  CompletableFuture<Void> invalidateData(long node, long offset, long length);

  /** Drops the cached attributes of a node, such as its size, but no bytes. */
  CompletableFuture<Void> invalidateAttributes(long node);

  /**
   * Takes the mount out of the name space at once, at every place where it is. Open files go on
   * working; the session ends when the last of them is closed. A connection that the kernel cut may
   * have left its mount behind, dead: that is taken away too. Does nothing if the mount is gone.
   *
   * @throws IOException if the system refuses at some place, with its text; the other places are
   *     done all the same
   */
  void unmount() throws IOException;

  /**
   * Waits until the kernel sends no more requests, because the mount is gone or the connection was
   * cut (umount -f). Calls of the handler may still be under way.
   *
   * @return false if the time is over first
   */
  boolean awaitDisconnect(Duration limit) throws InterruptedException;

  /**
   * Waits until the session is over and the last call of the handler has returned.
   *
   * @return false if the time is over first
   */
  boolean awaitEnd(Duration limit) throws InterruptedException;
}
