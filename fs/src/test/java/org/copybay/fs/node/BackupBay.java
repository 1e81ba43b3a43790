package org.copybay.fs.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.copybay.fs.node.ShadowBay.REQUEST;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.MountFacts;
import org.copybay.copy.CopyServices;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.BackupSpec;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;

/** A bay with the session PAY of the volumes a and b, and c beside it, as a kernel sees it. */
final class BackupBay implements AutoCloseable {
  static final long SIZE = (1 << 20) + 5;

  final Bay bay;
  final CopyServices copy;
  final Safeguarded safeguarded;
  final BayHandler handler;
  private final ControlTree control;

  BackupBay(Path path) throws StorageException {
    Clock clock = Clock.systemUTC();
    BayOpener.init(path, clock);
    bay = BayOpener.open(path, false, RecoverMode.AUTO, 1 << 20, clock);
    copy = CopyServices.open(bay);
    copy.start();
    safeguarded = copy.safeguarded();
    MountFacts facts = new MountFacts("/mnt", () -> "none", "", "0", 7, 7, clock.instant());
    control = ControlTree.open(bay, copy, facts, clock);
    handler = new BayHandler(bay, copy, control, new Owner(7, 8, false, false), false);
    VolumeRecord.Owner owner = new VolumeRecord.Owner(1, 2, 0640);
    for (String name : List.of("a", "b", "c")) {
      bay.create(new NewVolume(name, SIZE, null, CacheMode.PAGE, owner), NOTHING);
    }
    safeguarded.setup().create("PAY", NOTHING);
    safeguarded.setup().add("PAY", bay.find("a"), null, NOTHING);
    safeguarded.setup().add("PAY", bay.find("b"), null, NOTHING);
  }

  Backup backup(String session) throws StorageException {
    return safeguarded.backups().make(session, new BackupSpec("", null, null, 0, NOTHING));
  }

  void fill(String volume, char with) throws StorageException {
    byte[] bytes = String.valueOf(with).repeat((int) SIZE).getBytes(UTF_8);
    try (var file = bay.find(volume).open(new Opener(1, true), false)) {
      file.write(0, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }
  }

  // ---- as the kernel asks

  /** The node of a path below the mount. */
  long find(String path) throws FuseException {
    long node = FuseHandler.ROOT;
    for (String name : path.split("/", -1)) {
      EntryReply reply = new EntryReply();
      handler.lookup(REQUEST, node, name, reply);
      node = reply.node();
    }
    return node;
  }

  FuseAttr attributes(long node) throws FuseException {
    AttrReply reply = new AttrReply();
    handler.getattr(REQUEST, node, FuseHandler.NONE, reply);
    return reply.attr();
  }

  long open(long node, int flags) throws FuseException {
    OpenReply reply = new OpenReply();
    handler.open(REQUEST, node, flags, reply);
    return reply.handle();
  }

  /** What the file at that path holds from an offset on. */
  String read(String path, long offset, int length) throws FuseException {
    long node = find(path);
    long handle = open(node, OpenFlags.O_RDONLY);
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    byte[] bytes = new byte[handler.read(REQUEST, node, handle, offset, buffer)];
    buffer.flip().get(bytes);
    handler.release(REQUEST, node, handle, 0);
    return new String(bytes, UTF_8);
  }

  /** The names in a directory, with their numbers, but not the two of dots. */
  List<String> list(String path) throws FuseException {
    long node = find(path);
    OpenReply reply = new OpenReply();
    handler.opendir(REQUEST, node, 0, reply);
    List<String> names = new ArrayList<>();
    handler.readdir(
        REQUEST,
        node,
        reply.handle(),
        2,
        (name, ino, mode, next) -> names.add(name + " " + ino + " " + Integer.toOctalString(mode)));
    handler.releasedir(REQUEST, node, reply.handle());
    return names;
  }

  /** The audit log, without what a line begins with up to the process. */
  List<String> audit() throws FuseException {
    return read(".control/audit", 0, 1 << 20)
        .lines()
        .skip(1)
        .map(line -> line.split(" ", 5)[4])
        .filter(line -> !line.contains(" seal noted ")) // what the bay does by itself, any time
        .toList();
  }

  @Override
  public void close() {
    handler.destroy();
    copy.scheduler().close();
    copy.safeguarded().close();
    copy.jobs().close();
    copy.sets().close();
    bay.close();
  }
}
