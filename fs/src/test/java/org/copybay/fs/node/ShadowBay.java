package org.copybay.fs.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.MountFacts;
import org.copybay.copy.CopyServices;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.shadow.MountSpec;
import org.copybay.copy.shadow.Mounting;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.Split;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;

/** A bay with the shadow set DSA1 of the volumes a and b, as a kernel sees it. */
final class ShadowBay implements AutoCloseable {
  static final long SIZE = 3 << 20;
  static final VolumeRecord.Owner OWNER = new VolumeRecord.Owner(1, 2, 0640);
  static final Request REQUEST = new Caller();

  final Bay bay;
  final Jobs jobs;
  final ShadowSets sets;
  private final CopyServices copy;
  final BayHandler handler;
  final List<String> notices = new ArrayList<>();

  ShadowBay(Path path) throws StorageException {
    this(path, new Owner(7, 8, false, false));
  }

  ShadowBay(Path path, Owner owner) throws StorageException {
    Clock clock = Clock.systemUTC();
    BayOpener.init(path, clock);
    bay = BayOpener.open(path, false, RecoverMode.AUTO, 1 << 20, clock);
    copy = CopyServices.open(bay);
    copy.start();
    jobs = copy.jobs();
    sets = copy.sets();
    MountFacts facts = new MountFacts("/mnt", () -> "none", "", "0", 7, 7, clock.instant());
    ControlTree control = ControlTree.open(bay, copy, facts, clock);
    handler = new BayHandler(bay, copy, control, owner, false);
    handler.init(new Kernel());
    for (String name : List.of("a", "b")) {
      bay.create(new NewVolume(name, SIZE, null, CacheMode.PAGE, OWNER), NOTHING);
    }
    mount("a", "b");
    Awaitility.await("copied")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> jobs.all().stream().allMatch(job -> job.state().ended()));
  }

  void mount(String... members) throws StorageException {
    Mounting mounting =
        new Mounting(
            sets,
            new MountSpec(
                "DSA1",
                List.of(members),
                "L",
                MountSpec.Policy.USUAL,
                false,
                true,
                false,
                false,
                null,
                "line",
                0,
                OWNER));
    mounting.prepare();
    mounting.run(NOTHING);
  }

  void dismount() throws StorageException {
    sets.commands(sets.find("DSA1")).dismount(Split.Policy.NONE, NOTHING);
  }

  // ---- as the kernel asks

  long find(long parent, String name) throws FuseException {
    EntryReply reply = new EntryReply();
    handler.lookup(REQUEST, parent, name, reply);
    return reply.node();
  }

  long shadow() throws FuseException {
    return find(FuseHandler.ROOT, "shadow");
  }

  long unit() throws FuseException {
    return find(shadow(), "DSA1");
  }

  FuseAttr attributes(long node) throws FuseException {
    AttrReply reply = new AttrReply();
    handler.getattr(REQUEST, node, FuseHandler.NONE, reply);
    return reply.attr();
  }

  OpenReply open(long node, int flags) throws FuseException {
    OpenReply reply = new OpenReply();
    handler.open(REQUEST, node, flags, reply);
    return reply;
  }

  int write(long node, long handle, long offset, byte[] bytes) throws FuseException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return handler.write(REQUEST, node, handle, offset, buffer, OpenFlags.O_RDWR);
  }

  byte[] read(long node, long handle, long offset, int length) throws FuseException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    byte[] bytes = new byte[handler.read(REQUEST, node, handle, offset, buffer)];
    buffer.flip().get(bytes);
    return bytes;
  }

  void release(long node, long handle) {
    handler.release(REQUEST, node, handle, 0);
  }

  List<String> names(long directory) throws FuseException {
    OpenReply reply = new OpenReply();
    handler.opendir(REQUEST, directory, 0, reply);
    List<String> names = new ArrayList<>();
    handler.readdir(
        REQUEST,
        directory,
        reply.handle(),
        0,
        (name, ino, mode, next) -> names.add(name + " " + Integer.toOctalString(mode)));
    handler.releasedir(REQUEST, directory, reply.handle());
    return names;
  }

  String lastError() throws FuseException {
    long node = find(find(FuseHandler.ROOT, ".control"), "last_error");
    long handle = open(node, OpenFlags.O_RDONLY).handle();
    String text = new String(read(node, handle, 0, 4096), UTF_8);
    release(node, handle);
    return text;
  }

  static void assertErrno(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FuseException.class,
            e -> org.assertj.core.api.Assertions.assertThat(e.errno()).isEqualTo(errno));
  }

  @Override
  public void close() {
    handler.destroy();
    copy.scheduler().close();
    copy.safeguarded().close();
    jobs.close();
    sets.close();
    bay.close();
  }

  private static final class Caller implements Request {
    @Override
    public long unique() {
      return 1;
    }

    @Override
    public int uid() {
      return 7;
    }

    @Override
    public int gid() {
      return 8;
    }

    @Override
    public int pid() {
      return (int) ProcessHandle.current().pid();
    }
  }

  /** Notes what it is told to forget. */
  private final class Kernel implements FuseSession {
    @Override
    public boolean parallelDirectWrites() {
      return false;
    }

    @Override
    public int unsplitBytes() {
      return 126_976;
    }

    @Override
    public CompletableFuture<Void> invalidateData(long node, long offset, long length) {
      notices.add("data " + node + " " + offset + " " + length);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> invalidateAttributes(long node) {
      notices.add("attributes " + node);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void unmount() {}

    @Override
    public boolean awaitDisconnect(Duration limit) {
      return false;
    }

    @Override
    public boolean awaitEnd(Duration limit) {
      return false;
    }
  }
}
