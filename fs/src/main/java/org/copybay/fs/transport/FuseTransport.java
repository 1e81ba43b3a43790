package org.copybay.fs.transport;

import java.io.IOException;

/** A way to serve a {@link FuseHandler} to the kernel. */
public interface FuseTransport {

  /**
   * Mounts, and returns when the kernel's first request (INIT) has been answered: from then on
   * programs may use the mount point.
   *
   * @throws IOException if the mount is refused, with a sentence for the user; nothing is mounted
   *     then
   */
  FuseSession mount(MountSpec spec, FuseHandler handler) throws IOException;
}
