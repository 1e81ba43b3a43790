package org.copybay.fs.mount;

import java.io.IOException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.MountSpec;
import org.copybay.fs.transport.UnfitTransportException;
import org.copybay.fs.transport.dev.DevTransport;
import org.copybay.fs.transport.jnr.JnrTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mounts by the transport that was asked for; where none was, by {@code dev}, and by {@code jnr}
 * only if this machine lacks what {@code dev} needs.
 */
final class Transports {
  private static final Logger LOG = LoggerFactory.getLogger(Transports.class);

  /** What {@code transport=} may name. */
  enum Choice {
    DEV,
    JNR
  }

  private final @Nullable Choice asked;

  // volatile: set by the thread that mounts, read by requests
  private volatile String name = "dev";
  private volatile @Nullable String note;

  Transports(@Nullable Choice asked) {
    this.asked = asked;
  }

  /** The name of the transport that serves the mount. */
  String name() {
    return name;
  }

  /** A sentence for who mounts, if it is not the transport that he expects; else null. */
  @Nullable String note() {
    return note;
  }

  /** Mounts. A refusal that both transports would meet is the first one's, and the end. */
  FuseSession mount(MountSpec spec, FuseHandler handler) throws IOException {
    if (asked == Choice.JNR) {
      return mountJnr(spec, handler);
    }
    try {
      return new DevTransport().mount(spec, handler);
    } catch (UnfitTransportException e) {
      if (asked == Choice.DEV) {
        throw e;
      }
      return mountInstead(spec, handler, e);
    }
  }

  private FuseSession mountJnr(MountSpec spec, FuseHandler handler) throws IOException {
    name = "jnr";
    return new JnrTransport().mount(spec, handler);
  }

  private FuseSession mountInstead(MountSpec spec, FuseHandler handler, IOException why)
      throws IOException {
    try {
      FuseSession session = mountJnr(spec, handler);
      note =
          "served by libfuse 2 (transport=jnr), which is slower and has no shared mappings, because "
              + why.getMessage();
      LOG.warn("{}", note);
      return session;
    } catch (IOException e) {
      e.addSuppressed(why);
      throw new IOException(why.getMessage() + "; transport=jnr: " + e.getMessage(), e);
    }
  }
}
