package org.copybay.control.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/*
 * INV-1 No path at or below the mount point is touched: that would be a request to this process,
 *       made while it serves one. So the links are followed here, one component at a time.
 */
/** Finds the real directory of a path that has to lie outside of the bay and of its mount. */
final class OutsidePath {
  /** As many as the kernel follows. */
  private static final int MAX_LINKS = 40;

  private final Path bay;
  private final Path mountPoint;

  /** Both absolute and without symbolic links. */
  OutsidePath(Path bay, Path mountPoint) {
    this.bay = bay;
    this.mountPoint = mountPoint;
  }

  /**
   * The directory that an absolute path leads to, without symbolic links. BAD_REQUEST where it lies
   * in the bay, or leads through the mount or too many links; NOT_FOUND.
   */
  Path resolve(Path path) throws StorageException {
    Deque<Path> left = new ArrayDeque<>();
    push(left, path);
    Path root = path.getRoot();
    Path real = root;
    int links = 0;
    while (!left.isEmpty()) {
      Path next = step(real, left.pop());
      requireOutside(path, next, mountPoint, "the mount");
      BasicFileAttributes found = look(path, next);
      if (found.isSymbolicLink()) {
        if (++links > MAX_LINKS) {
          throw new StorageException(
              Fault.BAD_REQUEST,
              path + " leads through more than " + MAX_LINKS + " symbolic links");
        }
        Path target = target(path, next);
        push(left, target);
        real = target.isAbsolute() ? root : real;
      } else if (found.isDirectory()) {
        real = next;
      } else {
        throw noDirectory(path);
      }
    }
    requireOutside(path, real, bay, "the bay");
    return real;
  }

  /** Puts the components of a path before those that are left. */
  private static void push(Deque<Path> left, Path path) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      left.push(path.getName(i));
    }
  }

  /** One component further from a directory without links in it. */
  private static Path step(Path real, Path name) {
    return switch (name.toString()) {
      case "", "." -> real;
      case ".." -> real.getParent() == null ? real : real.getParent();
      default -> real.resolve(name);
    };
  }

  private static void requireOutside(Path path, Path real, Path place, String what)
      throws StorageException {
    if (real.startsWith(place)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "the directory " + path + " lies inside of " + what + " " + place,
          "a directory outside of " + place);
    }
  }

  private static BasicFileAttributes look(Path path, Path real) throws StorageException {
    try {
      return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw noDirectory(path);
    }
  }

  private static Path target(Path path, Path link) throws StorageException {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      throw noDirectory(path);
    }
  }

  private static StorageException noDirectory(Path path) {
    return new StorageException(Fault.NOT_FOUND, "no directory " + path, "mkdir it first");
  }
}
