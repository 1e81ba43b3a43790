package org.copybay.nativetest;

import java.io.IOException;
import java.nio.file.Files;

/** A user without privileges. */
public final class Nobody {
  private Nobody() {}

  /**
   * Runs a script as nobody in a home with a directory mnt, in a mount namespace where everybody
   * may open /dev/fuse, as on a machine with udev.
   */
  public static Shell.Result run(TestBay bay, String script) throws IOException {
    return run(bay, "666", script);
  }

  /** The same with that mode of /dev/fuse. */
  public static Shell.Result run(TestBay bay, String fuseMode, String script) throws IOException {
    Needs.program("fusermount3", "setpriv");
    Shell.requireNoLostNegation(script);
    Files.writeString(bay.scratch().resolve("script"), script);
    bay.must(
        """
        chmod 755 $T; rm -f fuse; mkdir -p home/mnt; chown -R 65534:65534 home
        mknod fuse c 10 229; chmod %s fuse
        setpriv --reuid=65534 --regid=65534 --clear-groups test -x $COPYBAY || {
          echo "the user nobody cannot read $COPYBAY" >&2; exit 1; }
        """
            .formatted(fuseMode));
    return bay.run(
        """
        export HOME=$T/home
        exec unshare -m --propagation slave bash -euc '
          mount --bind $T/fuse /dev/fuse
          cd ~
          exec setpriv --reuid=65534 --regid=65534 --clear-groups bash -euo pipefail $T/script
        '
        """);
  }
}
