package org.copybay.fs.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Whether this user may let others into a mount, which libfuse leaves to /etc/fuse.conf. */
final class AllowOther {
  private static final Path CONF = Path.of("/etc/fuse.conf");
  private static final String POINT = "allow_other";

  private AllowOther() {}

  static List<Finding> look(Rights rights) throws IOException {
    String conf;
    try {
      conf = Files.readString(CONF);
    } catch (NoSuchFileException e) {
      conf = "";
    }
    return List.of(find(rights, conf));
  }

  static Finding find(Rights rights, String conf) {
    if (rights.root()) {
      return Finding.ok(POINT, "root may use it");
    }
    if (conf.lines().map(String::strip).anyMatch("user_allow_other"::equals)) {
      return Finding.ok(POINT, "/etc/fuse.conf permits it to everybody");
    }
    return Finding.warning(
        POINT,
        "/etc/fuse.conf has no line user_allow_other, so only root may mount with it",
        "that line, where others than you use your mount",
        "echo user_allow_other >>/etc/fuse.conf (as root)");
  }
}
