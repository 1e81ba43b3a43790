package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * A directory with one directory for each object of a kind, in which its status is, as text and as
 * JSON, and what that kind has besides. A file is about the object that has its name when it is
 * opened. Its files are named before the mount shows it; any thread may look then.
 */
final class Room<T> implements ControlDirectory.Entries {
  private final String path;
  private final ErrorLog errors;
  private final Supplier<List<String>> all;
  private final Finding<T> finding;
  private final List<Function<String, ControlNode>> files = new ArrayList<>();

  /** Finds an object. */
  @FunctionalInterface
  interface Finding<T> {
    @Nullable T find(String name);
  }

  /** Tells of an object. */
  @FunctionalInterface
  interface Facts<T> {
    Map<String, @Nullable Object> of(T object);
  }

  /** Renders an object. */
  @FunctionalInterface
  interface Rendering<T> {
    String of(T object) throws StorageException;
  }

  /**
   * Of the objects of one kind.
   *
   * @param path below .control
   * @param all the names of all objects
   */
  Room(String path, ErrorLog errors, Supplier<List<String>> all, Finding<T> finding) {
    this.path = path;
    this.errors = errors;
    this.all = all;
    this.finding = finding;
  }

  /** With what is known of an object as its status. */
  Room<T> status(Facts<T> facts) {
    return text("status", object -> new Page().putAll(facts.of(object)).text())
        .text("status.json", object -> new Page().putAll(facts.of(object)).json());
  }

  /** With a file that can only be read. */
  Room<T> text(String file, Rendering<T> rendering) {
    return file(
        name ->
            new TextFile(
                path + "/" + name + "/" + file, errors, caller -> rendering.of(there(name))));
  }

  /** With any file, made for the name of an object. */
  Room<T> file(Function<String, ControlNode> making) {
    files.add(making);
    return this;
  }

  /** The directory itself. */
  ControlDirectory directory() {
    return new ControlDirectory(path, this);
  }

  @Override
  public List<String> names() {
    return all.get();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    if (finding.find(name) == null) {
      return null;
    }
    FixedEntries entries = new FixedEntries();
    files.forEach(making -> entries.add(making.apply(name)));
    return new ControlDirectory(path + "/" + name, entries);
  }

  private T there(String name) throws StorageException {
    T object = finding.find(name);
    if (object == null) {
      throw new StorageException(Fault.NOT_FOUND, "no " + path + "/" + name + " below .control");
    }
    return object;
  }
}
