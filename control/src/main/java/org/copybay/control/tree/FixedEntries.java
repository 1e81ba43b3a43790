package org.copybay.control.tree;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The entries of a directory in which nothing comes or goes. */
final class FixedEntries implements ControlDirectory.Entries {
  private final Map<String, ControlNode> listed = new LinkedHashMap<>();
  private final Map<String, ControlNode> all = new LinkedHashMap<>();

  FixedEntries add(ControlNode node) {
    listed.put(node.name(), node);
    return addUnlisted(node);
  }

  /** Adds what opens by name only, because a read of it waits. */
  FixedEntries addUnlisted(ControlNode node) {
    all.put(node.name(), node);
    return this;
  }

  @Override
  public List<String> names() {
    return List.copyOf(listed.keySet());
  }

  @Override
  public @Nullable ControlNode find(String name) {
    return all.get(name);
  }
}
