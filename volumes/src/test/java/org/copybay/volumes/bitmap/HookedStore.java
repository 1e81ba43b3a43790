package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** A real store whose writes and syncs a test counts, stops at, cuts short or refuses. */
final class HookedStore implements TrackStore {
  /** What happens before a write or sync. */
  @FunctionalInterface
  interface Hook {
    /** May throw, wait, or set the limit of the buffer to make the write short. */
    void before(String what, String file, ByteBuffer source) throws StorageException;
  }

  private final DirectoryStore store;
  private final List<String> done = new ArrayList<>();
  private Hook hook = (what, file, source) -> {};
  private Origin origin;

  private HookedStore(DirectoryStore store) throws StorageException {
    this.store = store;
    this.origin = store.origin();
  }

  static HookedStore create(Path directory) throws StorageException {
    return new HookedStore(new DirectoryStore(HomeFile.create(directory.resolve("home")), false));
  }

  void hook(Hook newHook) {
    hook = newHook;
  }

  /** Refuses the writes of a file from now on. */
  void refuse(String file) {
    hook =
        (what, name, source) -> {
          if (name.equals(file) && what.equals("write")) {
            throw new StorageException(Fault.NO_SPACE, "full");
          }
        };
  }

  void noHook() {
    hook = (what, file, source) -> {};
  }

  /** From now on it is on a machine that was started anew. */
  void losePower() {
    moveTo(new Origin(UUID.randomUUID(), 1));
  }

  /** From now on it is there. */
  void moveTo(Origin newOrigin) {
    origin = newOrigin;
  }

  /** "write NAME" and "sync NAME", in order. */
  synchronized List<String> done() {
    return List.copyOf(done);
  }

  synchronized void forget() {
    done.clear();
  }

  private void before(String what, String file, ByteBuffer source) throws StorageException {
    hook.before(what, file, source);
    synchronized (this) {
      done.add(what + " " + file);
    }
  }

  @Override
  public StoreFile home() {
    return new Hooked("home", store.home());
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public boolean exists(String name) throws StorageException {
    return store.exists(name);
  }

  @Override
  public StoreFile create(String name) throws StorageException {
    return new Hooked(name, store.create(name));
  }

  @Override
  public StoreFile open(String name) throws StorageException {
    return new Hooked(name, store.open(name));
  }

  @Override
  public void delete(String name) throws StorageException {
    store.delete(name);
  }

  @Override
  public void syncNames() throws StorageException {
    store.syncNames();
  }

  @Override
  public void close() {
    store.close();
  }

  private final class Hooked implements StoreFile {
    private final String name;
    private final StoreFile file;

    private Hooked(String name, StoreFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws StorageException {
      file.read(offset, target);
    }

    @Override
    public int write(long offset, ByteBuffer source) throws StorageException {
      int limit = source.limit();
      try {
        before("write", name, source);
        return file.write(offset, source);
      } finally {
        source.limit(limit);
      }
    }

    @Override
    public void zero(long offset, long length, boolean keepSpace) throws StorageException {
      file.zero(offset, length, keepSpace);
    }

    @Override
    public void flush() throws StorageException {
      before("sync", name, ByteBuffer.allocate(0));
      file.flush();
    }

    @Override
    public long size() throws StorageException {
      return file.size();
    }

    @Override
    public void setSize(long size) throws StorageException {
      file.setSize(size);
    }

    @Override
    public void reserve(long offset, long length) throws StorageException {
      file.reserve(offset, length);
    }

    @Override
    public long nextData(long offset) throws StorageException {
      return file.nextData(offset);
    }

    @Override
    public long nextHole(long offset) throws StorageException {
      return file.nextHole(offset);
    }

    @Override
    public void forgive() {
      file.forgive();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
