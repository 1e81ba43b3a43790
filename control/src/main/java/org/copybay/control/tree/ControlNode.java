package org.copybay.control.tree;

/** One file, directory or link below .control. */
public sealed interface ControlNode permits ControlDirectory, ControlFile, ControlLink {
  /** The path below .control with slashes between the names; empty for .control itself. */
  String path();

  /** The last name of the path. */
  default String name() {
    return path().substring(path().lastIndexOf('/') + 1);
  }
}
