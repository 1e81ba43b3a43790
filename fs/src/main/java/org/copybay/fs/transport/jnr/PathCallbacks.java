package org.copybay.fs.transport.jnr;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.FuseHandler;
import org.copybay.fs.transport.Statfs;
import org.copybay.fs.transport.jnr.OpenNodes.OpenNode;
import org.copybay.fs.transport.jnr.Paths.Found;
import org.jspecify.annotations.Nullable;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/** The callbacks of libfuse for names and attributes, each as calls of the handler. */
final class PathCallbacks extends FileCallbacks {

  /** As {@link FileCallbacks}. */
  PathCallbacks(FuseHandler handler, Runnable whenMounted) {
    super(handler, whenMounted);
  }

  // ---- attributes

  @Override
  public int getattr(String path, FileStat stat) {
    return answer(
        "getattr",
        caller -> {
          try (Found found = paths.find(caller, path)) {
            Structs.put(found.attr(), stat);
            return 0;
          }
        });
  }

  @Override
  public int fgetattr(@Nullable String path, FileStat stat, FuseFileInfo info) {
    return answer(
        "fgetattr",
        caller -> {
          OpenNode opened = open.get(info.fh.longValue());
          AttrReply reply = new AttrReply();
          handler.getattr(caller, opened.node(), opened.handle(), reply);
          Structs.put(reply.attr(), stat);
          return 0;
        });
  }

  private int change(String operation, String path, AttrChange change) {
    return answer(
        operation,
        caller -> {
          try (Found found = paths.find(caller, path)) {
            handler.setattr(caller, found.node(), FuseHandler.NONE, change, new AttrReply());
            return 0;
          }
        });
  }

  @Override
  public int chmod(String path, long mode) {
    return change("chmod", path, AttrChange.ofMode((int) mode));
  }

  @Override
  public int chown(String path, long uid, long gid) {
    return change("chown", path, AttrChange.ofOwner((int) uid, (int) gid));
  }

  @Override
  public int truncate(String path, long size) {
    return change("truncate", path, AttrChange.ofSize(size));
  }

  @Override
  public int ftruncate(@Nullable String path, long size, FuseFileInfo info) {
    return answer(
        "ftruncate",
        caller -> {
          OpenNode opened = open.get(info.fh.longValue());
          AttrChange change = AttrChange.ofSize(size);
          handler.setattr(caller, opened.node(), opened.handle(), change, new AttrReply());
          return 0;
        });
  }

  @Override
  public int utimens(String path, Timespec[] times) {
    return change("utimens", path, Structs.times(times[0], times[1]));
  }

  // ---- names

  @Override
  public int readlink(String path, Pointer target, long size) {
    return answer(
        "readlink",
        caller -> {
          try (Found found = paths.find(caller, path)) {
            byte[] text = handler.readlink(caller, found.node()).getBytes(StandardCharsets.UTF_8);
            int length = (int) Math.min(text.length, size - 1);
            target.put(0, text, 0, length);
            target.putByte(length, (byte) 0);
            return 0;
          }
        });
  }

  @FunctionalInterface
  private interface Making {
    void run(Caller caller, long parent, String name, EntryReply reply) throws FuseException;
  }

  /** Makes a name; libfuse looks it up itself. */
  private int make(String operation, String path, Making making) {
    return answer(
        operation,
        caller -> {
          try (Found parent = paths.parent(caller, path)) {
            EntryReply reply = new EntryReply();
            making.run(caller, parent.node(), Paths.name(path), reply);
            if (reply.node() != 0) {
              paths.end(reply.node());
            }
            return 0;
          }
        });
  }

  @Override
  public int mknod(String path, long mode, long device) {
    return make(
        "mknod",
        path,
        (caller, parent, name, reply) ->
            handler.mknod(caller, parent, name, (int) mode, (int) device, reply));
  }

  @Override
  public int mkdir(String path, long mode) {
    return make(
        "mkdir",
        path,
        (caller, parent, name, reply) -> handler.mkdir(caller, parent, name, (int) mode, reply));
  }

  @Override
  public int symlink(String target, String path) {
    return make(
        "symlink",
        path,
        (caller, parent, name, reply) -> handler.symlink(caller, parent, name, target, reply));
  }

  @Override
  public int link(String path, String newPath) {
    return make(
        "link",
        newPath,
        (caller, parent, name, reply) -> {
          try (Found found = paths.find(caller, path)) {
            handler.link(caller, found.node(), parent, name, reply);
          }
        });
  }

  @Override
  public int unlink(String path) {
    return make(
        "unlink", path, (caller, parent, name, reply) -> handler.unlink(caller, parent, name));
  }

  @Override
  public int rmdir(String path) {
    return make(
        "rmdir", path, (caller, parent, name, reply) -> handler.rmdir(caller, parent, name));
  }

  @Override
  public int rename(String path, String newPath) {
    return make(
        "rename",
        newPath,
        (caller, newParent, newName, reply) -> {
          try (Found parent = paths.parent(caller, path)) {
            handler.rename(caller, parent.node(), Paths.name(path), newParent, newName, 0);
          }
        });
  }

  @Override
  public int statfs(String path, Statvfs statvfs) {
    return answer(
        "statfs",
        caller -> {
          try (Found found = paths.find(caller, path)) {
            Statfs statfs = handler.statfs(caller, found.node());
            Structs.put(statfs, statvfs);
            return 0;
          }
        });
  }
}
