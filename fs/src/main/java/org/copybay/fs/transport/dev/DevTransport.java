package org.copybay.fs.transport.dev;

import java.io.IOException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.FuseTransport;
import org.copybay.fs.transport.MountSpec;
import org.copybay.volumes.store.MountTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a handler through /dev/fuse: mounted by mount(2) as root, by fusermount3 otherwise. */
public final class DevTransport implements FuseTransport {

  private static final Logger log = LoggerFactory.getLogger(DevTransport.class);
  private static final String DEVICE = "/dev/fuse";

  @Override
  public FuseSession mount(MountSpec spec, FuseHandler handler) throws IOException {
    int device = Posix.LIBC.geteuid() == 0 ? mountAsRoot(spec) : Fusermount.mount(spec);
    try {
      return serve(spec, handler, device);
    } catch (IOException | RuntimeException | Error e) {
      try {
        detach(spec);
      } catch (IOException detachFailure) {
        e.addSuppressed(detachFailure);
      }
      Posix.close(device);
      throw e;
    }
  }

  /** Serves a mount that was just made; unmounting it after a failure is up to the caller. */
  static FuseSession serve(MountSpec spec, FuseHandler handler, int device) throws IOException {
    try (Handshake handshake = new Handshake(device)) {
      Features features = handshake.read();
      MountTable.Mount mount = find(spec);
      DevSession session = new DevSession(mount, device, features, handler);
      handler.init(session);
      handshake.answer(features);
      session.start();
      ReadAhead.raise(mount);
      log.info("mounted path={} source={} {}", spec.mountPoint(), spec.source(), features);
      return session;
    }
  }

  /** Takes the mount away that was just made, unless another bay is mounted over it by now. */
  private static void detach(MountSpec spec) throws IOException {
    if (MountTable.read()
        .at(spec.mountPoint())
        .filter(mount -> mount.source().equals(spec.source()))
        .isPresent()) {
      DeadMount.detach(spec.mountPoint());
    }
  }

  private static MountTable.Mount find(MountSpec spec) throws IOException {
    return MountTable.read()
        .bayAt(spec.mountPoint(), spec.source())
        .orElseThrow(() -> new IOException("mounted, but not to be found at " + spec.mountPoint()));
  }

  private static int mountAsRoot(MountSpec spec) throws IOException {
    int device = Posix.open(DEVICE, Posix.O_RDWR);
    String target = spec.mountPoint().toString();
    if (Posix.LIBC.mount(
            spec.source(), target, MountTable.BAY_TYPE, flags(spec), data(spec, device))
        == 0) {
      return device;
    }
    int errno = Posix.errno();
    Posix.close(device);
    if (errno == Posix.EPERM) { // root of a container without the right to mount
      return Fusermount.mount(spec);
    }
    throw Posix.failure("mount " + target, errno);
  }

  /** The flags for mount(2). */
  private static int flags(MountSpec spec) {
    return Posix.MS_NOSUID
        | Posix.MS_NODEV
        | (spec.readOnly() ? Posix.MS_RDONLY : 0)
        | (spec.noExec() ? Posix.MS_NOEXEC : 0);
  }

  /** The options for mount(2). */
  private static String data(MountSpec spec, int device) {
    return "fd="
        + device
        + ",rootmode=40000,user_id="
        + Posix.LIBC.geteuid()
        + ",group_id="
        + Posix.LIBC.getegid()
        + ",default_permissions,max_read="
        + RequestBuffer.DATA_LENGTH
        + (spec.allowOther() ? ",allow_other" : "");
  }
}
