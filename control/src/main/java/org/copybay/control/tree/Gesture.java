package org.copybay.control.tree;

/** What people try with files instead of writing a command. */
public enum Gesture {
  /** mkdir(2). */
  MKDIR,
  /** rmdir(2). */
  RMDIR,
  /** unlink(2). */
  UNLINK,
  /** rename(2). */
  RENAME,
  /** open(2) with O_CREAT, mknod(2). */
  CREATE,
  /** link(2), symlink(2). */
  LINK,
  /** chmod(2), chown(2). */
  CHANGE_OWNER
}
