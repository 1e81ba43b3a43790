package org.copybay.fs.transport.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jnr.ffi.LibraryLoader;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.DirectorySink;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FileMode;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.FuseSession;
import org.copybay.fs.transport.OpenFlags;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Request;
import org.copybay.fs.transport.Statfs;

/** Shows one flat directory of regular files, for tests and for measuring the transport alone. */
class PassThrough implements FuseHandler {

  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What FileChannel has no words for. Public because jnr-ffi implements it. */
  public interface FileCalls {
    int open(String path, int flags);

    int close(int fd);

    int fallocate(int fd, int mode, long offset, long length);

    long lseek(int fd, long offset, int whence);
  }

  private static final FileCalls CALLS = LibraryLoader.create(FileCalls.class).load("c");

  private final Path root;
  private final Map<String, Long> nodes = new ConcurrentHashMap<>();
  private final Map<Long, String> names = new ConcurrentHashMap<>();
  private final AtomicLong lastNode = new AtomicLong(ROOT);
  private final AtomicReferenceArray<FileChannel> handles = new AtomicReferenceArray<>(1 << 16);
  private final AtomicInteger lastHandle = new AtomicInteger();
  final AtomicInteger durableWrites = new AtomicInteger();
  final AtomicInteger seeks = new AtomicInteger();
  final CountDownLatch destroyed = new CountDownLatch(1);
  private volatile FuseSession session;

  PassThrough(Path root) {
    this.root = root;
  }

  @Override
  public void init(FuseSession newSession) {
    session = newSession;
  }

  /** The node of a name that has been looked up. */
  long node(String name) {
    return nodes.get(name);
  }

  /** The name of a node that has been looked up. */
  String name(long node) {
    return names.get(node);
  }

  private Path path(long node) throws FuseException {
    if (node == ROOT) {
      return root;
    }
    String name = names.get(node);
    if (name == null) {
      throw new FuseException(Errno.ESTALE);
    }
    return root.resolve(name);
  }

  private interface FileAction<T> {
    T run() throws IOException, FuseException;
  }

  private static <T> T files(FileAction<T> action) throws FuseException {
    try {
      return action.run();
    } catch (NoSuchFileException e) {
      throw new FuseException(Errno.ENOENT);
    } catch (FileAlreadyExistsException e) {
      throw new FuseException(Errno.EEXIST);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fill(FuseAttr attr, long node, Path path) throws FuseException {
    files(
        () -> {
          Map<String, Object> stat =
              Files.readAttributes(
                  path, "unix:mode,size,nlink,uid,gid,lastAccessTime,lastModifiedTime,ctime");
          long access = nanos(stat.get("lastAccessTime"));
          long modify = nanos(stat.get("lastModifiedTime"));
          // blocks stay 0, so that cp takes every file for a sparse one
          attr.ino(node).size((Long) stat.get("size"));
          attr.mode((Integer) stat.get("mode")).links((Integer) stat.get("nlink"));
          attr.owner((Integer) stat.get("uid"), (Integer) stat.get("gid"));
          attr.times(access, modify, nanos(stat.get("ctime")));
          return null;
        });
  }

  private static long nanos(Object time) {
    return ((FileTime) time).to(TimeUnit.NANOSECONDS);
  }

  private void enter(String name, EntryReply reply) throws FuseException {
    Path path = root.resolve(name);
    if (!Files.exists(path)) {
      throw new FuseException(Errno.ENOENT);
    }
    long node = nodes.computeIfAbsent(name, key -> lastNode.incrementAndGet());
    names.put(node, name);
    fill(reply.attr(), node, path);
    reply.node(node).entryValidNanos(VALID_NANOS).attrValidNanos(VALID_NANOS);
  }

  private FileChannel channel(long handle) {
    return handles.get((int) handle);
  }

  private long keep(FileChannel channel) {
    int handle = lastHandle.incrementAndGet() & 0xffff;
    handles.set(handle, channel);
    return handle;
  }

  @Override
  public void lookup(Request request, long parent, String name, EntryReply reply)
      throws FuseException {
    enter(name, reply);
  }

  @Override
  public void forget(long node, long count) {}

  @Override
  public void destroy() {
    destroyed.countDown();
  }

  @Override
  public void getattr(Request request, long node, long handle, AttrReply reply)
      throws FuseException {
    fill(reply.attr(), node, path(node));
    reply.attrValidNanos(VALID_NANOS);
  }

  @Override
  public void setattr(Request request, long node, long handle, AttrChange change, AttrReply reply)
      throws FuseException {
    Path path = path(node);
    files(
        () -> {
          if (change.hasSize()) {
            resize(path, change.size());
          }
          if (change.hasMode()) {
            Files.setAttribute(path, "unix:mode", change.mode());
          }
          if (change.hasModifyTime() && !change.modifyTimeIsNow()) {
            Files.setLastModifiedTime(
                path, FileTime.from(change.modifyNanos(), TimeUnit.NANOSECONDS));
          }
          return null;
        });
    getattr(request, node, handle, reply);
  }

  private static void resize(Path path, long size) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      if (size < file.size()) {
        file.truncate(size);
      } else if (size > file.size()) {
        file.write(ByteBuffer.allocate(1), size - 1);
      }
    }
  }

  @Override
  public void unlink(Request request, long parent, String name) throws FuseException {
    files(
        () -> {
          Files.delete(root.resolve(name));
          return null;
        });
    nodes.remove(name);
  }

  @Override
  public void rename(
      Request request, long parent, String name, long newParent, String newName, int flags)
      throws FuseException {
    if (flags != 0) {
      throw new FuseException(Errno.EINVAL);
    }
    files(() -> Files.move(root.resolve(name), root.resolve(newName)));
    Long node = nodes.remove(name);
    if (node != null) {
      nodes.put(newName, node);
      names.put(node, newName);
    }
  }

  @Override
  public void open(Request request, long node, int flags, OpenReply reply) throws FuseException {
    Path path = path(node);
    reply.handle(keep(files(() -> openChannel(path, flags))));
    if (!OpenFlags.direct(flags)) {
      reply.keepCache();
    } else if (session.parallelDirectWrites()) {
      reply.parallelDirectWrites();
    } else {
      reply.directIo();
    }
  }

  private static FileChannel openChannel(Path path, int flags) throws IOException {
    List<StandardOpenOption> options = new ArrayList<>(List.of(StandardOpenOption.READ));
    if (OpenFlags.writes(flags)) {
      options.add(StandardOpenOption.WRITE);
    }
    if ((flags & OpenFlags.O_TRUNC) != 0) {
      options.add(StandardOpenOption.TRUNCATE_EXISTING);
    }
    return FileChannel.open(path, options.toArray(new StandardOpenOption[0]));
  }

  @Override
  public void create(
      Request request,
      long parent,
      String name,
      int flags,
      int mode,
      EntryReply entry,
      OpenReply reply)
      throws FuseException {
    files(() -> Files.createFile(root.resolve(name)));
    enter(name, entry);
    open(request, entry.node(), flags, reply);
  }

  @Override
  public int read(Request request, long node, long handle, long offset, ByteBuffer target)
      throws FuseException {
    try {
      FileChannel file = channel(handle);
      int begin = target.position();
      while (target.hasRemaining()) {
        int count = file.read(target, offset + target.position() - begin);
        if (count <= 0) {
          break;
        }
      }
      return target.position() - begin;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int write(
      Request request, long node, long handle, long offset, ByteBuffer source, int flags)
      throws FuseException {
    try {
      FileChannel file = channel(handle);
      int begin = source.position();
      while (source.hasRemaining()) {
        file.write(source, offset + source.position() - begin);
      }
      if (OpenFlags.durable(flags)) {
        durableWrites.incrementAndGet();
        file.force(false);
      }
      return source.position() - begin;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void release(Request request, long node, long handle, int flags) throws FuseException {
    files(
        () -> {
          handles.getAndSet((int) handle, null).close();
          return null;
        });
  }

  @Override
  public void fsync(Request request, long node, long handle, boolean dataOnly)
      throws FuseException {
    files(
        () -> {
          channel(handle).force(!dataOnly);
          return null;
        });
  }

  @Override
  public void readdir(Request request, long node, long handle, long offset, DirectorySink sink)
      throws FuseException {
    List<String> list = list();
    for (int i = (int) offset; i < list.size(); i++) {
      String name = list.get(i);
      int mode = name.startsWith(".") ? FileMode.S_IFDIR : FileMode.S_IFREG;
      if (!sink.add(name, 1000 + i, mode, i + 1)) {
        return;
      }
    }
  }

  private List<String> list() throws FuseException {
    List<String> list = new ArrayList<>(List.of(".", ".."));
    String[] found = root.toFile().list();
    if (found == null) {
      throw new FuseException(Errno.ENOENT);
    }
    Arrays.sort(found);
    list.addAll(List.of(found));
    return list;
  }

  @Override
  public Statfs statfs(Request request, long node) {
    return new Statfs(4096, 1 << 20, 1 << 19, 1 << 19, 100, 100);
  }

  @Override
  public void fallocate(Request request, long node, long handle, int mode, long offset, long length)
      throws FuseException {
    int fd = CALLS.open(path(node).toString(), OpenFlags.O_RDWR);
    int result = CALLS.fallocate(fd, mode, offset, length);
    CALLS.close(fd);
    if (result != 0) {
      throw new FuseException(Errno.EOPNOTSUPP);
    }
  }

  @Override
  public long lseek(Request request, long node, long handle, long offset, int whence)
      throws FuseException {
    int fd = CALLS.open(path(node).toString(), OpenFlags.O_RDONLY);
    seeks.incrementAndGet();
    long result = CALLS.lseek(fd, offset, whence);
    CALLS.close(fd);
    if (result < 0) {
      throw new FuseException(Errno.ENXIO);
    }
    return result;
  }
}
