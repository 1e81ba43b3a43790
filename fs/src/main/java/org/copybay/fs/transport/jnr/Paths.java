package org.copybay.fs.transport.jnr;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.Request;

/**
 * Finds the node of a path by one look-up for each name. Nothing tells when the kernel has
 * forgotten a path, so one look-up is kept of each of the nodes found last: their inode numbers
 * stay. Paths are absolute in the mount, as libfuse gives them. Any thread may call.
 */
final class Paths {

  private static final int NAME_MAX = 255;

  /** What the binding makes of bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  /** More than a program goes through while it expects that inode numbers stay. */
  private static final int KEPT_NODES = 4096;

  private final FuseHandler handler;

  // guarded by itself: nodes with one look-up each, the one found last at the end
  private final LinkedHashSet<Long> kept = new LinkedHashSet<>();

  Paths(FuseHandler handler) {
    this.handler = handler;
  }

  /** One look-up of a node, which ends on closing unless it is taken over. */
  final class Found implements AutoCloseable {
    private final long node;
    private final FuseAttr attr;
    private boolean taken;

    private Found(long node, FuseAttr attr) {
      this.node = node;
      this.attr = attr;
    }

    long node() {
      return node;
    }

    /** The attributes, as of the look-up. */
    FuseAttr attr() {
      return attr;
    }

    /** The node, whose look-up the caller ends with {@link Paths#end}. */
    long take() {
      taken = true;
      return node;
    }

    @Override
    public void close() {
      if (!taken) {
        end(node);
      }
    }
  }

  /** Looks a path up. ENOENT, and what the handler says. */
  Found find(Request request, String path) throws FuseException {
    if (path.equals("/")) {
      AttrReply reply = new AttrReply();
      handler.getattr(request, FuseHandler.ROOT, FuseHandler.NONE, reply);
      return new Found(FuseHandler.ROOT, reply.attr());
    }
    try (Found parent = parent(request, path)) {
      EntryReply reply = new EntryReply();
      handler.lookup(request, parent.node(), name(path), reply);
      if (reply.node() == 0) {
        throw new FuseException(Errno.ENOENT);
      }
      return new Found(reply.node(), reply.attr());
    }
  }

  /** Looks up the directory that a path lies in. */
  Found parent(Request request, String path) throws FuseException {
    int end = path.lastIndexOf('/');
    return find(request, end == 0 ? "/" : path.substring(0, end));
  }

  /** The last name of a path. ENAMETOOLONG, EILSEQ. */
  static String name(String path) throws FuseException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.indexOf(REPLACEMENT) >= 0) {
      throw new FuseException(Errno.EILSEQ);
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
      throw new FuseException(Errno.ENAMETOOLONG);
    }
    return name;
  }

  /** Ends one look-up: it is kept in the place of the oldest one that is kept, or given back. */
  void end(long node) {
    if (node == FuseHandler.ROOT) {
      return;
    }
    long oldest = node;
    synchronized (kept) {
      boolean known = kept.remove(node);
      kept.add(node);
      if (!known) {
        if (kept.size() <= KEPT_NODES) {
          return;
        }
        oldest = kept.iterator().next();
        kept.remove(oldest);
      }
    }
    handler.forget(oldest, 1);
  }
}
