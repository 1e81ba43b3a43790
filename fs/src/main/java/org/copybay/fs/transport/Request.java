package org.copybay.fs.transport;

/**
 * Who asks, for the duration of one call of the handler.
 *
 * <p>One object per thread of the transport is used again for every request, so a handler that
 * needs a value later copies it. For a page that the kernel writes back from a mapping, uid, gid
 * and pid say nothing about the process that changed the page.
 */
public interface Request {

  /** The number of this request within the session. */
  long unique();

  /** The effective user of the caller. */
  int uid();

  /** The effective group of the caller. */
  int gid();

  /** The thread id of the caller; 0 if the kernel asks, or a process of another pid namespace. */
  int pid();
}
