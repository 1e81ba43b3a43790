package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.shadow.BitmapStatus;
import org.copybay.copy.shadow.MemberStatus;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** shadow/: one directory for each shadow set, with its members and its write bitmaps. */
final class ShadowEntries implements ControlDirectory.Entries {
  /** The keys of the page of a member that are files of their own. */
  private static final List<String> MEMBER_VALUES = List.of("state", "copied", "role");

  private final ShadowSets sets;
  private final Commands commands;
  private final ErrorLog errors;

  ShadowEntries(ShadowSets sets, Commands commands, ErrorLog errors) {
    this.sets = sets;
    this.commands = commands;
    this.errors = errors;
  }

  @Override
  public List<String> names() {
    return sets.all().stream().map(VirtualUnit::name).toList();
  }

  @Override
  public @Nullable ControlNode find(String name) {
    if (sets.findOrNull(name) == null) {
      return null;
    }
    String path = "shadow/" + name;
    return new ControlDirectory(
        path,
        new FixedEntries()
            .add(new CtlFile(Scope.set(name), commands))
            .add(text(name, "status", set -> ShadowPages.status(set).text()))
            .add(text(name, "status.json", set -> ShadowPages.status(set).json()))
            .add(new ControlDirectory(path + "/members", new Members(name)))
            .add(new ControlDirectory(path + "/bitmaps", new Bitmaps(name))));
  }

  private @Nullable SetStatus look(String name) {
    VirtualUnit unit = sets.findOrNull(name);
    return unit == null ? null : SetStatus.of(sets, unit);
  }

  /** Renders a set. */
  @FunctionalInterface
  private interface Rendering {
    String of(SetStatus set) throws StorageException;
  }

  /** A file about the set that has this name when it is opened. */
  private TextFile text(String set, String name, Rendering rendering) {
    return new TextFile(
        "shadow/" + set + "/" + name,
        errors,
        caller -> rendering.of(SetStatus.of(sets, sets.find(set))));
  }

  private static StorageException gone(String path) {
    return new StorageException(Fault.NOT_FOUND, "no " + path + " below .control");
  }

  // ---- members

  /** members/: one directory for each volume that the set remembers. */
  private final class Members implements ControlDirectory.Entries {
    private final String set;

    Members(String set) {
      this.set = set;
    }

    @Override
    public List<String> names() {
      SetStatus now = look(set);
      return now == null ? List.of() : now.members().stream().map(MemberStatus::name).toList();
    }

    @Override
    public @Nullable ControlNode find(String name) {
      if (!names().contains(name)) {
        return null;
      }
      String path = "members/" + name;
      FixedEntries entries =
          new FixedEntries()
              .add(text(set, path + "/status", now -> page(now, name).text()))
              .add(text(set, path + "/status.json", now -> page(now, name).json()));
      for (String key : MEMBER_VALUES) {
        entries.add(text(set, path + "/" + key, now -> page(now, name).value(key)));
      }
      return new ControlDirectory("shadow/" + set + "/" + path, entries);
    }

    private Page page(SetStatus now, String name) throws StorageException {
      for (MemberStatus each : now.members()) {
        if (each.name().equals(name)) {
          return ShadowPages.member(now, each);
        }
      }
      throw gone("shadow/" + set + "/members/" + name);
    }
  }

  // ---- bitmaps

  /** bitmaps/: one directory for each write bitmap of the set. */
  private final class Bitmaps implements ControlDirectory.Entries {
    private final String set;

    Bitmaps(String set) {
      this.set = set;
    }

    @Override
    public List<String> names() {
      SetStatus now = look(set);
      return now == null
          ? List.of()
          : now.bitmaps().stream().map(BitmapStatus::name).distinct().toList();
    }

    @Override
    public @Nullable ControlNode find(String name) {
      if (!names().contains(name)) {
        return null;
      }
      String path = "bitmaps/" + name;
      return new ControlDirectory(
          "shadow/" + set + "/" + path,
          new FixedEntries()
              .add(text(set, path + "/status", now -> page(now, name).text()))
              .add(text(set, path + "/status.json", now -> page(now, name).json())));
    }

    private Page page(SetStatus now, String name) throws StorageException {
      BitmapStatus bitmap = now.bitmap(name);
      if (bitmap == null) {
        throw gone("shadow/" + set + "/bitmaps/" + name);
      }
      return ShadowPages.bitmap(now, bitmap);
    }
  }
}
