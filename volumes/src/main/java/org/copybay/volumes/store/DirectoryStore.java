package org.copybay.volumes.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** A store in one directory of a local file system, each file a plain file of its name. */
public final class DirectoryStore implements TrackStore {
  private final Path directory;
  private final HomeFile home;
  private final boolean readOnly;

  /**
   * Stands over the directory of a home, which it takes over.
   *
   * @param readOnly whether every change fails
   */
  public DirectoryStore(HomeFile home, boolean readOnly) {
    Path parent = home.path().toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("home=" + home.path() + " lies in no directory");
    }
    this.directory = parent;
    this.home = home;
    this.readOnly = readOnly;
  }

  @Override
  public HomeFile home() {
    return home;
  }

  @Override
  public Origin origin() throws StorageException {
    return Origin.of(home.mountId());
  }

  /** Only a file that is certainly not there is not: what cannot be seen is an error. */
  @Override
  public boolean exists(String name) throws StorageException {
    try (NativeFile file = NativeFile.openForReading(directory.resolve(name))) {
      return file.path() != null;
    } catch (StorageException e) {
      if (e.fault() == Fault.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public HomeFile create(String name) throws StorageException {
    delete(name); // refuses where nothing may change
    return HomeFile.create(directory.resolve(name));
  }

  @Override
  public HomeFile open(String name) throws StorageException {
    Path path = directory.resolve(name);
    return readOnly ? HomeFile.openForReading(path, 0) : HomeFile.open(path, 0);
  }

  @Override
  public void delete(String name) throws StorageException {
    Path path = directory.resolve(name);
    requireWritable(path);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw FileFailure.of("remove " + path, e);
    }
  }

  private void requireWritable(Path path) throws StorageException {
    if (readOnly) {
      throw new StorageException(Fault.READ_ONLY, path + " lies in a bay that may not change");
    }
  }

  @Override
  public void syncNames() throws StorageException {
    NativeFile.syncDirectory(directory);
  }

  @Override
  public void close() {
    home.close();
  }
}
