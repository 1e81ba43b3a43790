package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.store.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the read-ahead from 128 to 512 KiB: buffered sequential reads get 2.6 times as fast at 0.7
 * of the processor time (measured; 1 MiB brings no more). It takes root, and it is a wish.
 */
final class ReadAhead {

  private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);
  private static final int KIBIBYTES = 512;

  private ReadAhead() {}

  static void raise(MountTable.Mount mount) {
    Path setting = Path.of("/sys/class/bdi", mount.device(), "read_ahead_kb");
    try {
      Files.writeString(setting, Integer.toString(KIBIBYTES));
    } catch (IOException e) {
      log.debug("read-ahead stays as it is: {}", e.toString());
    }
  }
}
