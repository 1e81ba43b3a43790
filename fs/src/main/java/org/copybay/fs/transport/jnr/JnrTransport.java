package org.copybay.fs.transport.jnr;

import java.io.IOException;
import java.util.List;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.FuseTransport;
import org.copybay.fs.transport.MountSpec;
import org.copybay.fs.transport.UnfitTransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a handler through libfuse 2, which mounts by mount(2) as root and by fusermount otherwise.
 * One mount at a time in a process.
 */
public final class JnrTransport implements FuseTransport {

  private static final Logger log = LoggerFactory.getLogger(JnrTransport.class);

  @Override
  public FuseSession mount(MountSpec spec, FuseHandler handler) throws IOException {
    JnrSession session;
    try {
      session = new JnrSession(spec, handler);
    } catch (LinkageError e) {
      log.info("libfuse 2: {}", e.toString());
      throw new UnfitTransportException(
          "libfuse 2 could not be loaded, which transport=jnr needs (Debian package libfuse2)");
    }
    try (Descriptors.Stderr said = new Descriptors.Stderr()) {
      try {
        session.start(options(spec));
      } catch (IOException e) {
        String text = said.text();
        throw text.isEmpty() ? e : new IOException(text, e);
      }
      log.info(
          "mounted path={} source={} libfuse=2 {}", spec.mountPoint(), spec.source(), said.text());
    }
    return session;
  }

  /**
   * The options for libfuse: nothing is cached, writes come in 128 KiB and not in 4 KiB, O_TRUNC
   * comes with the open, a deleted file that is open keeps no name.
   */
  static String[] options(MountSpec spec) {
    List<String> options = spec.options();
    options.add("attr_timeout=0");
    options.add("entry_timeout=0");
    options.add("big_writes");
    options.add("atomic_o_trunc");
    options.add("hard_remove");
    options.add("use_ino");
    options.add("nonempty");
    return new String[] {"-o", String.join(",", options)};
  }
}
