package org.copybay.fs.transport.dev;

import java.nio.file.Path;
import java.time.Duration;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.MountSpec;

/** Mounts a {@link PassThrough} until it is unmounted, to measure the transport alone. */
final class PassThroughMain {

  private PassThroughMain() {}

  /** Takes the directory to show and the mount point. */
  public static void main(String[] args) throws Exception {
    MountSpec spec = new MountSpec(Path.of(args[1]), "copybay#passthrough", false, false, false);
    FuseSession session = new DevTransport().mount(spec, new PassThrough(Path.of(args[0])));
    System.out.println("mounted");
    while (!session.awaitEnd(Duration.ofDays(1))) {
      System.out.println("still mounted");
    }
  }
}
