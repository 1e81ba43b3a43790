package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/**
 * A store in memory that stops after so many changes, and says what a dead process or lost power
 * leaves: of each 512-byte sector that was not synced its old bytes or any that were written to it
 * since (P4), of a size or name that was not synced either one. For one thread.
 */
final class CrashStore implements TrackStore {
  private static final int SECTOR = 512;

  /** How much of what was not synced is lost. */
  enum Loss {
    ALL,
    SOME,
    NONE
  }

  private final Origin origin;
  private final Map<String, Content> names = new TreeMap<>();
  private final Map<String, Content> syncedNames = new TreeMap<>();
  private long changesLeft = Long.MAX_VALUE;
  private long changes;

  private CrashStore(Origin origin) {
    this.origin = origin;
  }

  static CrashStore create(long homeBytes) {
    CrashStore store = new CrashStore(new Origin(UUID.randomUUID(), 1));
    Content home = new Content();
    home.now = new byte[(int) homeBytes];
    home.synced = home.now.clone();
    store.names.put("home", home);
    store.syncedNames.put("home", home);
    return store;
  }

  /** Every change after so many more fails; the first of them, if it is a write, half done. */
  void stopAfter(long more) {
    changesLeft = more;
  }

  /** How many changes there were. */
  long changes() {
    return changes;
  }

  /** What the next process finds. */
  CrashStore afterProcessDeath() {
    CrashStore next = next(origin);
    next.names.putAll(names);
    next.syncedNames.putAll(syncedNames);
    return next;
  }

  /** What is found when the power came back. */
  CrashStore afterPowerLoss(Random random, Loss loss) {
    CrashStore next = next(new Origin(UUID.randomUUID(), 1));
    Map<String, Content> found = new HashMap<>(syncedNames);
    for (String name : names.keySet()) {
      if (keeps(random, loss)) {
        found.put(name, names.get(name));
      }
    }
    for (String name : syncedNames.keySet()) {
      if (!names.containsKey(name) && keeps(random, loss)) {
        found.remove(name);
      }
    }
    found.forEach((name, content) -> next.names.put(name, content.afterPowerLoss(random, loss)));
    next.syncedNames.putAll(next.names);
    return next;
  }

  /** The changes are counted on. */
  private CrashStore next(Origin newOrigin) {
    CrashStore next = new CrashStore(newOrigin);
    next.changes = changes;
    next.changesLeft = changesLeft;
    return next;
  }

  private static boolean keeps(Random random, Loss loss) {
    return loss == Loss.NONE || (loss == Loss.SOME && random.nextBoolean());
  }

  private void change() throws StorageException {
    if (changesLeft <= 0) {
      changesLeft = -1;
      throw new StorageException(Fault.STORE_FAILED, "stopped");
    }
    changesLeft--;
    changes++;
  }

  /** The bytes of a file, in the page cache and on the disk. */
  private static final class Content {
    private byte[] now = {};
    private byte[] synced = {};
    private final Map<Integer, List<byte[]>> written = new TreeMap<>();

    private void write(int offset, byte[] bytes) {
      now = now.length < offset + bytes.length ? Arrays.copyOf(now, offset + bytes.length) : now;
      System.arraycopy(bytes, 0, now, offset, bytes.length);
      for (int s = offset / SECTOR; s * SECTOR < offset + bytes.length; s++) {
        written.computeIfAbsent(s, key -> new ArrayList<>()).add(sector(now, s));
      }
    }

    private static byte[] sector(byte[] of, int number) {
      byte[] sector = new byte[SECTOR];
      int start = Math.min(number * SECTOR, of.length);
      System.arraycopy(of, start, sector, 0, Math.min(SECTOR, of.length - start));
      return sector;
    }

    private void setSize(int size) {
      boolean shorter = size < now.length;
      now = Arrays.copyOf(now, size);
      if (shorter && size % SECTOR != 0) {
        written
            .computeIfAbsent(size / SECTOR, key -> new ArrayList<>())
            .add(sector(now, size / SECTOR));
      }
    }

    private void sync() {
      synced = now.clone();
      written.clear();
    }

    private Content afterPowerLoss(Random random, Loss loss) {
      Content left = new Content();
      left.now = Arrays.copyOf(synced, keeps(random, loss) ? now.length : synced.length);
      written.forEach(
          (number, versions) -> {
            byte[] kept =
                switch (loss) {
                  case ALL -> null;
                  case NONE -> versions.get(versions.size() - 1);
                  case SOME -> {
                    int which = random.nextInt(versions.size() + 1) - 1;
                    yield which < 0 ? null : versions.get(which);
                  }
                };
            int room = Math.min(SECTOR, left.now.length - number * SECTOR);
            if (kept != null && room > 0) {
              System.arraycopy(kept, 0, left.now, number * SECTOR, room);
            }
          });
      left.synced = left.now.clone();
      return left;
    }
  }

  @Override
  public StoreFile home() {
    return new CrashFile(names.get("home"));
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public boolean exists(String name) {
    return names.containsKey(name);
  }

  @Override
  public StoreFile create(String name) throws StorageException {
    change();
    names.put(name, new Content());
    return open(name);
  }

  @Override
  public StoreFile open(String name) throws StorageException {
    Content content = names.get(name);
    if (content == null) {
      throw new StorageException(Fault.NOT_FOUND, name);
    }
    return new CrashFile(content);
  }

  @Override
  public void delete(String name) throws StorageException {
    change();
    names.remove(name);
  }

  @Override
  public void syncNames() throws StorageException {
    change();
    syncedNames.clear();
    syncedNames.putAll(names);
  }

  @Override
  public void close() {}

  private final class CrashFile implements StoreFile {
    private final Content content;

    private CrashFile(Content content) {
      this.content = content;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws StorageException {
      if (offset + target.remaining() > content.now.length) {
        throw new StorageException(Fault.CORRUPT, "ends early");
      }
      target.put(content.now, (int) offset, target.remaining());
    }

    @Override
    public int write(long offset, ByteBuffer source) throws StorageException {
      int length = source.remaining();
      if (changesLeft == 0) { // half of it, in whole sectors: nothing stops in the middle of one
        long end = (offset + length / 2) / SECTOR * SECTOR;
        length = (int) Math.max(0, end - offset);
      }
      byte[] bytes = new byte[length];
      source.duplicate().get(bytes);
      if (changesLeft == 0) {
        content.write((int) offset, bytes);
      }
      change();
      source.position(source.limit());
      content.write((int) offset, bytes);
      return bytes.length;
    }

    @Override
    public void zero(long offset, long length, boolean keepSpace) throws StorageException {
      change();
      content.write((int) offset, new byte[(int) length]);
    }

    @Override
    public void flush() throws StorageException {
      change();
      content.sync();
    }

    @Override
    public long size() {
      return content.now.length;
    }

    @Override
    public void setSize(long size) throws StorageException {
      change();
      content.setSize((int) size);
    }

    @Override
    public void reserve(long offset, long length) {}

    @Override
    public long nextData(long offset) {
      return offset < content.now.length ? offset : -1;
    }

    @Override
    public long nextHole(long offset) {
      return offset <= content.now.length ? content.now.length : -1;
    }

    @Override
    public void forgive() {}

    @Override
    public void close() {}
  }
}
