package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** A directory below .control, or .control itself. What is in it is made at every look. */
public final class ControlDirectory implements ControlNode {
  private final String path;
  private final Entries entries;

  /** What is in a directory. */
  interface Entries {
    /** The names that are listed. */
    List<String> names();

    /** The node of that name, listed or not, or null. */
    @Nullable ControlNode find(String name);
  }

  ControlDirectory(String path, Entries entries) {
    this.path = path;
    this.entries = entries;
  }

  @Override
  public String path() {
    return path;
  }

  /** The node of that name. NOT_FOUND. */
  public ControlNode lookup(String name) throws StorageException {
    ControlNode node = entries.find(name);
    if (node == null) {
      throw new StorageException(Fault.NOT_FOUND, "no " + child(name) + " below .control");
    }
    return node;
  }

  /** The nodes that are listed; what goes meanwhile is left out. */
  public List<ControlNode> list() {
    List<ControlNode> nodes = new ArrayList<>();
    for (String name : entries.names()) {
      ControlNode node = entries.find(name);
      if (node != null) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  private String child(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
