package org.copybay.volumes.bay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.track.EnginePoint;

/*
 * INV-1 A point that an engine has gets a row, whatever label and catalogue say of it.
 * INV-2 A row of a volume is that of its label, else (also where the label is damaged and no newer)
 *       that of the old catalogue, else, for a volume with points, what its journal says: a home
 *       alone may be a copy that is not whole (P6).
 * INV-3 A write bitmap gets a row only if its file is there, and one that is not damaged only if its
 *       label is whole or, where there is no label, no label knows more than the catalogue that names
 *       it: the bits of such a file saw every change (P3).
 */
/** What a new catalogue will say, put together from what lies beside the volumes. One thread. */
final class Recovered {
  private final Set<Long> inodes = new HashSet<>();
  private final List<FoundVolume> found = new ArrayList<>();
  private final List<VolumeRecord> rows = new ArrayList<>();
  private final Map<UUID, List<Label.Point>> points = new LinkedHashMap<>();
  private final List<BitmapRecord> bitmaps = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> pointNames = new HashSet<>();
  private long newest; // change that a label knows
  private long lastInode;
  private boolean whole = true;

  private Recovered() {}

  /** Looks at all volumes of a bay that nobody uses. */
  static Recovered of(BayLayout layout, UUID bay, OldCatalogue old) throws StorageException {
    Recovered result = new Recovered();
    for (UUID id : Labels.volumes(layout)) {
      result.newest = Math.max(result.newest, Labels.number(layout, bay, id));
    }
    long number = old.number();
    boolean newest = number >= result.newest;
    Map<UUID, FoundVolume.Before> before =
        old.volumes().stream()
            .collect(
                Collectors.toMap(
                    VolumeRecord::id, row -> new FoundVolume.Before(row, number, newest)));
    Set<UUID> ids = new TreeSet<>(Labels.volumes(layout));
    if (newest) { // an older one names what was deleted since
      before.values().stream()
          .map(FoundVolume.Before::row)
          .filter(row -> row.state() != VolumeState.DROPPING || row.directory() != null)
          .forEach(row -> ids.add(row.id()));
    }
    for (UUID id : ids) {
      result.found.add(FoundVolume.look(layout, bay, id, before.get(id)));
    }
    result.assemble(old);
    return result;
  }

  private void assemble(OldCatalogue old) {
    lastInode = greatestInode(old);
    List<FoundVolume> shown = new ArrayList<>();
    for (FoundVolume volume : found) {
      VolumeRecord row = volume.row();
      if (row == null) {
        leave(volume.id() + ": no label says what it is", true);
      } else if (!FoundVolume.isShown(row)) {
        leave(volume.id() + ": " + described(row), false);
      } else {
        shown.add(volume);
        rows.add(named(volume, numbered(row)));
      }
    }
    Map<UUID, List<Label.Point>> known = pointsOf(old);
    shown.forEach(volume -> takePoints(volume, known.getOrDefault(volume.id(), List.of())));
    shown.forEach(volume -> takeBitmaps(volume, old));
    finishPoints(shown);
    for (int i = 0; i < shown.size(); i++) {
      lines.add(line(shown.get(i), rows.get(i)));
      whole &= shown.get(i).whole();
    }
    for (String job : old.unendedJobs()) {
      lines.add("job " + job + ": it had not ended and is gone; start it again under another id");
      whole = false;
    }
  }

  /** Those of each volume. */
  private static Map<UUID, List<Label.Point>> pointsOf(OldCatalogue old) {
    List<PointTable.Row> rows = old.points();
    Map<UUID, Long> members =
        rows.stream().collect(Collectors.groupingBy(PointTable.Row::id, Collectors.counting()));
    return rows.stream()
        .map(row -> new Label.Point(row, Math.toIntExact(members.getOrDefault(row.id(), 1L))))
        .collect(Collectors.groupingBy(point -> point.row().volume()));
  }

  private static String described(VolumeRecord row) {
    String name = Words.word(row.name());
    String place = row.directory() == null ? "" : " in " + row.directory();
    return row.state() == VolumeState.COPYING
        ? "a copy that is not whole, meant for " + name + place
        : "volume " + name + place + ", which was deleted";
  }

  /** It gets no row, so that nothing of it is shown and nothing is removed. */
  private void leave(String what, boolean lost) {
    lines.add("volumes/" + what + "; the next mount keeps it in orphans/");
    whole &= !lost;
  }

  // ---- names and numbers

  private long greatestInode(OldCatalogue old) {
    Set<Long> all = new HashSet<>();
    old.points().forEach(row -> all.addAll(List.of(row.inode(), row.facts().inode())));
    for (FoundVolume volume : found) {
      VolumeRecord row = volume.row();
      all.add(row == null ? 0 : row.inode());
      Label label = volume.label();
      if (label != null) {
        label
            .points()
            .values()
            .forEach(p -> all.addAll(List.of(p.row().inode(), p.row().facts().inode())));
      }
    }
    return all.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** The number in the mount that it had, unless something has it. */
  private long inode(long wanted) {
    long number = wanted > 0 && !inodes.contains(wanted) ? wanted : ++lastInode;
    inodes.add(number);
    return number;
  }

  private VolumeRecord numbered(VolumeRecord row) {
    return new VolumeRecord(
        row.id(),
        inode(row.inode()),
        row.name(),
        row.state(),
        row.size(),
        row.sizeSynced(),
        row.directory(),
        row.cache(),
        row.owner(),
        row.created(),
        Math.max(1, row.generation()),
        row.failure());
  }

  private VolumeRecord named(FoundVolume volume, VolumeRecord row) {
    String name = free(row.name(), names);
    if (!name.equals(row.name())) {
      volume.notes().add("another volume is called " + Words.word(row.name()) + " as well");
      return row.withName(name);
    }
    return row;
  }

  private static String free(String wanted, Set<String> taken) {
    String name = wanted;
    for (int number = 1; !taken.add(name); number++) {
      name = VolumeName.extended(wanted, "." + number);
    }
    return name;
  }

  // ---- points

  private void takePoints(FoundVolume volume, List<Label.Point> old) {
    Label label = volume.label();
    List<Label.Point> said = label == null ? List.of() : List.copyOf(label.points().values());
    if (!volume.engineSays()) {
      Map<UUID, Label.Point> known = new LinkedHashMap<>();
      if (!volume.labelIsWhole()) { // a whole one also knows what was dropped since
        old.stream().filter(p -> p.row().ready()).forEach(p -> known.put(p.row().id(), p));
      }
      said.forEach(p -> known.put(p.row().id(), p));
      known.values().forEach(this::add);
      return;
    }
    Map<Instance, Label.Point> known = new HashMap<>();
    old.forEach(p -> known.put(Instance.of(p), p));
    said.forEach(p -> known.put(Instance.of(p), p));
    Set<Instance> there = new HashSet<>();
    for (EnginePoint point : volume.engine()) {
      Instance instance = new Instance(point.number(), point.timeMillis());
      there.add(instance);
      Label.Point says = known.get(instance);
      add((says == null ? nameless(volume, point) : says).lockedUntil(point.lockedUntilMillis()));
    }
    said.stream()
        .filter(p -> !there.contains(Instance.of(p)))
        .forEach(p -> volume.notes().add("its engine has no point " + p.row().name()));
  }

  /** What tells a point of a volume from others: numbers begin again with a new engine. */
  private record Instance(int number, long timeMillis) {
    static Instance of(Label.Point point) {
      PointTable.Row row = point.row();
      return new Instance(row.facts().number(), row.created().toEpochMilli());
    }
  }

  private void add(Label.Point point) {
    points.computeIfAbsent(point.row().id(), id -> new ArrayList<>()).add(point);
  }

  private static Label.Point nameless(FoundVolume volume, EnginePoint point) {
    VolumeRecord row = Objects.requireNonNull(volume.row());
    Instant created = Instant.ofEpochMilli(point.timeMillis());
    PointVolume.Facts facts =
        new PointVolume.Facts(
            0, row.name(), point.number(), point.sizeBytes(), row.owner(), created);
    String name = VolumeName.extended("recovered-" + row.name(), "-" + point.number());
    volume.fault("nobody says what its point " + point.number() + " is called: " + name);
    return new Label.Point(
        new PointTable.Row(UUID.randomUUID(), 0, name, true, created, row.id(), facts, 0), 1);
  }

  /** A point that not all of its volumes have any more is kept under a name that says so. */
  private void finishPoints(List<FoundVolume> shown) {
    for (Map.Entry<UUID, List<Label.Point>> point : points.entrySet()) {
      List<Label.Point> members = point.getValue();
      PointTable.Row first = members.get(0).row();
      int wanted = members.stream().mapToInt(Label.Point::volumes).max().orElse(0);
      boolean partial = members.size() < wanted && !first.name().startsWith(PointInTime.OF_BACKUP);
      String wantedName = partial ? VolumeName.extended(first.name(), ".partial") : first.name();
      String name = free(wantedName, pointNames);
      if (partial) {
        String why = "point " + name + " has " + members.size() + " of its " + wanted + " volumes";
        members.forEach(member -> volumeOf(shown, member).fault(why));
      }
      long inode = inode(first.inode());
      long locked = members.stream().mapToLong(m -> m.row().lockedUntilMillis()).max().orElse(0);
      point.setValue(members.stream().map(m -> of(m.lockedUntil(locked), name, inode)).toList());
    }
  }

  private Label.Point of(Label.Point member, String name, long inode) {
    PointTable.Row row = member.row();
    PointVolume.Facts facts = row.facts();
    PointVolume.Facts numbered =
        new PointVolume.Facts(
            inode(facts.inode()),
            facts.name(),
            facts.number(),
            facts.size(),
            facts.owner(),
            facts.created());
    return new Label.Point(
        new PointTable.Row(
            row.id(),
            inode,
            name,
            true,
            row.created(),
            row.volume(),
            numbered,
            row.lockedUntilMillis()),
        member.volumes());
  }

  private static FoundVolume volumeOf(List<FoundVolume> shown, Label.Point member) {
    return shown.stream()
        .filter(volume -> volume.id().equals(member.row().volume()))
        .findFirst()
        .orElseThrow();
  }

  // ---- bitmaps

  private void takeBitmaps(FoundVolume volume, OldCatalogue old) {
    Label label = volume.label();
    Map<UUID, BitmapRecord> known = new LinkedHashMap<>();
    if (!volume.labelIsWhole()) {
      for (BitmapTable.Row row : old.bitmaps()) {
        if (row.ready() && row.record().volume().equals(volume.id())) {
          known.put(row.record().id(), row.record());
        }
      }
    }
    if (label != null) {
      known.putAll(label.bitmaps());
    }
    boolean trusted = label == null ? old.number() >= newest : volume.labelIsWhole();
    for (BitmapRecord bitmap : known.values()) {
      if (!volume.hasFile(bitmap)) {
        volume.fault("the file of its write bitmap " + bitmap.name() + " is gone");
      } else if (trusted || bitmap.damage() != null) {
        bitmaps.add(bitmap);
      } else {
        volume.fault("its write bitmap " + bitmap.name() + " cannot be trusted");
        bitmaps.add(bitmap.withDamage("what its label said of it is lost"));
      }
    }
  }

  // ---- what comes of it

  private String line(FoundVolume volume, VolumeRecord row) {
    long own = points.values().stream().flatMap(List::stream).filter(p -> is(p, row)).count();
    long maps = bitmaps.stream().filter(b -> b.volume().equals(row.id())).count();
    StringBuilder line = new StringBuilder("volume ").append(Words.word(row.name()));
    line.append(": ").append(row.state().word()).append(", ").append(row.size());
    line.append(" bytes, points ").append(own).append(", write bitmaps ").append(maps);
    line.append(", as ").append(volume.origin()).append(" says");
    volume.notes().forEach(note -> line.append("; ").append(note));
    return line.toString();
  }

  private static boolean is(Label.Point point, VolumeRecord row) {
    return point.row().volume().equals(row.id());
  }

  /** Puts it into a new catalogue. */
  void write(Connection connection) throws SQLException {
    PointTable.create(connection);
    BitmapTable.create(connection);
    for (VolumeRecord row : rows) {
      VolumeTable.insert(connection, row);
    }
    for (List<Label.Point> members : points.values()) {
      PointTable.insert(connection, members.stream().map(Label.Point::row).toList());
    }
    for (BitmapRecord bitmap : bitmaps) {
      BitmapTable.insert(connection, bitmap);
      BitmapTable.update(connection, bitmap, BitmapTable.READY);
    }
  }

  /** The number of the newest change that a label knows. */
  long newest() {
    return newest;
  }

  /** One line for each volume. */
  List<String> lines() {
    return lines;
  }

  /** How many there are of what, in words. */
  String counts() {
    return "volumes "
        + rows.size()
        + ", points "
        + points.size()
        + ", write bitmaps "
        + bitmaps.size();
  }

  /** Whether there are volumes that are part of something else. */
  boolean hidden() {
    return rows.stream().anyMatch(VolumeRecord::hidden);
  }

  /** Whether all was recovered. */
  boolean whole() {
    return whole;
  }
}
