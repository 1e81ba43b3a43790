package org.copybay.fs.transport.jnr;

import java.nio.charset.StandardCharsets;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.Request;

/**
 * Finds the node of a path: one look-up for each name, each given back as soon as it is not needed.
 * Paths are absolute in the mount, as libfuse gives them. Any thread may call.
 */
final class Paths {

  private static final int NAME_MAX = 255;

  /** What the binding makes of bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private final FuseHandler handler;

  Paths(FuseHandler handler) {
    this.handler = handler;
  }

  /** One look-up of a node, which is given back on closing unless it is kept. */
  final class Found implements AutoCloseable {
    private final long node;
    private final FuseAttr attr;
    private boolean kept;

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

    /** The node, whose look-up the caller gives back with {@link Paths#forget}. */
    long keep() {
      kept = true;
      return node;
    }

    @Override
    public void close() {
      if (!kept) {
        forget(node);
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

  /** Gives one look-up of a node back. */
  void forget(long node) {
    if (node != FuseHandler.ROOT) {
      handler.forget(node, 1);
    }
  }
}
