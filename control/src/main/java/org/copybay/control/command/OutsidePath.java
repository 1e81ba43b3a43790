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
import org.copybay.volumes.bay.BayOpener;

/*
 * INV-1 No path at or below the mount point is touched: that would be a request to this process,
 *       made while it serves one. So the links are followed here, one component at a time.
 */
/** Finds the real directory of a path that has to lie outside of every bay and of the mount. */
final class OutsidePath {
  /** As many as the kernel follows. */
  private static final int MAX_LINKS = 40;

  private final Path mountPoint;

  /** The mount point, absolute and without symbolic links. */
  OutsidePath(Path mountPoint) {
    this.mountPoint = mountPoint;
  }

  /**
   * The directory that an absolute path leads to, without symbolic links. BAD_REQUEST where it lies
   * in a bay, or leads through the mount or too many links; NOT_FOUND.
   */
  Path resolve(Path path) throws StorageException {
    Deque<Path> left = new ArrayDeque<>();
    push(left, path);
    Path root = path.getRoot();
    Path real = root;
    int links = 0;
    while (!left.isEmpty()) {
      Path next = step(real, left.pop());
      if (next.startsWith(mountPoint)) {
        throw inside(path, "the mount " + mountPoint, mountPoint);
      }
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
        throw new StorageException(
            Fault.BAD_REQUEST, next + " is no directory", "path= is the directory to put it in");
      }
    }
    requireOutsideOfBays(path, real);
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

  /** Another bay would take the files of the volume for something lost, and put them away. */
  private static void requireOutsideOfBays(Path path, Path real) throws StorageException {
    Path bay = BayOpener.around(real);
    if (bay != null) {
      throw inside(path, "the bay " + bay, bay);
    }
  }

  private static StorageException inside(Path path, String what, Path place) {
    return new StorageException(
        Fault.BAD_REQUEST,
        "the directory " + path + " lies inside of " + what,
        "a directory outside of " + place);
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
