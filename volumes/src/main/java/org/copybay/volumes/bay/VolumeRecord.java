package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.UUID;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * One row of the catalogue's volume table.
 *
 * @param id names the volume's directory, for ever
 * @param inode number in the mount, for ever, 1 or more
 * @param name file name below volumes/, or with a slash that of a hidden one
 * @param state one of the states that exclude each other
 * @param size bytes; 0 while in the making
 * @param sizeSynced whether the size of the home survives power loss
 * @param directory absolute directory that its owner chose for it, or null for the bay's own
 * @param cache who keeps live blocks in memory
 * @param owner user, group and permission bits
 * @param created when
 * @param generation changes of this row since it was made; 0 or less before anybody sees it and
 *     while its files are being removed
 * @param failure why the volume takes no writes, or null
 */
public record VolumeRecord(
    UUID id,
    long inode,
    String name,
    VolumeState state,
    long size,
    boolean sizeSynced,
    @Nullable String directory,
    CacheMode cache,
    Owner owner,
    Instant created,
    long generation,
    @Nullable String failure) {

  /**
   * Who owns a volume.
   *
   * @param uid user
   * @param gid group
   * @param mode permission bits
   */
  public record Owner(int uid, int gid, int mode) {
    private static final int READ = 4;
    private static final int USER_SHIFT = 6;
    private static final int GROUP_SHIFT = 3;

    /** Whether a process of that user and group may read, as the kernel decides it; root may. */
    public boolean mayRead(int byUid, int byGid) {
      int shift = byUid == uid ? USER_SHIFT : byGid == gid ? GROUP_SHIFT : 0;
      return byUid == 0 || ((mode >> shift) & READ) != 0;
    }
  }

  /** Whether it is part of something else, and no file in volumes/: its name has a slash. */
  public boolean hidden() {
    return name.indexOf('/') >= 0;
  }

  /** The command that checks it; of a hidden one that of the room which its name begins with. */
  String checking() {
    int slash = name.indexOf('/');
    return slash < 0
        ? "check volume=" + Words.word(name)
        : name.substring(0, slash) + " check volume=" + Words.word(name.substring(slash + 1));
  }

  /** Whether its size is that of its home: in the making, or deleted under its maker. */
  boolean growing() {
    return size == 0;
  }

  /** Whether it has files for sure: not before it was made, nor while they are being removed. */
  boolean hasFiles() {
    return generation > 0;
  }

  /** Its files were seen and are being removed. */
  VolumeRecord withoutFiles() {
    return new VolumeRecord(
        id, inode, name, state, size, sizeSynced, directory, cache, owner, created, 0, failure);
  }

  VolumeRecord withState(VolumeState newState) {
    return with(name, newState, size, sizeSynced, cache, owner, failure);
  }

  VolumeRecord withSize(VolumeState newState, long newSize, boolean newSizeSynced) {
    return with(name, newState, newSize, newSizeSynced, cache, owner, failure);
  }

  /** The same to everybody who looks: no new generation. */
  VolumeRecord withSizeSynced() {
    return new VolumeRecord(
        id, inode, name, state, size, true, directory, cache, owner, created, generation, failure);
  }

  VolumeRecord withName(String newName) {
    return with(newName, state, size, sizeSynced, cache, owner, failure);
  }

  VolumeRecord withOwner(Owner newOwner) {
    return with(name, state, size, sizeSynced, cache, newOwner, failure);
  }

  VolumeRecord withCache(CacheMode newCache) {
    return with(name, state, size, sizeSynced, newCache, owner, failure);
  }

  VolumeRecord withFailure(@Nullable String newFailure) {
    return with(name, state, size, sizeSynced, cache, owner, newFailure);
  }

  private VolumeRecord with(
      String newName,
      VolumeState newState,
      long newSize,
      boolean newSizeSynced,
      CacheMode newCache,
      Owner newOwner,
      @Nullable String newFailure) {
    return new VolumeRecord(
        id,
        inode,
        newName,
        newState,
        newSize,
        newSizeSynced,
        directory,
        newCache,
        newOwner,
        created,
        generation + 1,
        newFailure);
  }
}
