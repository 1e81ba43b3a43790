package org.copybay.control.command;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.DeviceType;
import org.copybay.copy.optical.Drives.DriveStatus;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalDevice;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.RotationRecord;
import org.copybay.copy.optical.SideRecord;
import org.copybay.copy.optical.SideState;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.format.FoundFormat;
import org.copybay.volumes.format.MediumFormat;
import org.copybay.volumes.media.Limit;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say about optical storage, by the keys of its status files. Fields of a volume
 * are those of IBM i, file QAMODVA, as far as they mean something here.
 */
public record OpticalFacts(Optical optical) {
  private static final int PERCENT = 100;

  // ---- volumes

  /** Of a volume; no disk is asked. */
  public Map<String, @Nullable Object> volume(OpticalVolume volume) {
    SideRecord row = volume.row();
    SideRecord.Label label = row.label();
    CartridgeRecord cartridge = optical.cartridgeOrNull(row.cartridge());
    OpticalDevice device = optical.deviceOf(volume);
    OpticalVolume opposite = optical.opposite(volume);
    int drive = optical.drives().driveOf(volume);
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("id", row.id());
    facts.put("key", row.key());
    facts.put("uuid", row.bytes());
    facts.put("cartridge", row.cartridge());
    facts.put("side", side(row.side()));
    facts.put("opposite", opposite == null ? null : opposite.id());
    facts.put("device", device == null ? null : device.name());
    facts.put("drive", drive == 0 ? null : drive);
    facts.put("slot", cartridge == null || cartridge.slot() == 0 ? null : cartridge.slot());
    facts.put("location", cartridge == null ? null : orNull(cartridge.location()));
    facts.put("media", volume.medium().type().word());
    facts.put("state", row.state().word());
    facts.put("type", label.type().word());
    facts.put("primary", primary(label));
    facts.put("format", label.format().word());
    putSpace(facts, volume);
    facts.put("text", orNull(label.text()));
    facts.put("created", label.created());
    facts.put("write_protected", label.writeProtected());
    facts.put("double_sided", cartridge == null ? null : cartridge.sides() > 1);
    facts.put("owner", row.owner().uid() + ":" + row.owner().gid());
    facts.put("mode", String.format("%04o", row.owner().mode()));
    facts.put("hidden", optical.hidden(volume));
    putUse(facts, volume);
    putDuplicate(facts, row);
    return facts;
  }

  /** The letter of a side. */
  private static String side(int side) {
    return side == 0 ? "A" : "B";
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private @Nullable String primary(SideRecord.Label label) {
    String key = label.primary();
    OpticalVolume volume = key == null ? null : optical.byKey(key);
    return volume == null ? key : volume.id();
  }

  private static void putSpace(Map<String, @Nullable Object> facts, OpticalVolume volume) {
    long sector = volume.medium().sectorBytes();
    long capacity = volume.medium().capacity();
    long written = volume.medium().sectorsWritten();
    facts.put("sector_size", sector);
    facts.put("capacity", capacity);
    facts.put("usable", Math.min(volume.row().label().usable(), capacity));
    facts.put("size", volume.size());
    facts.put("written_sectors", written);
    facts.put("written_bytes", written * sector);
    facts.put("available_bytes", available(volume, written));
    facts.put("threshold", volume.row().label().threshold());
    facts.put("percent_full", percentFull(volume));
    facts.put("first_formatted_bytes", volume.row().label().first());
  }

  /** Bytes that programs may still write; of what is being made nobody knows. */
  private static @Nullable Long available(OpticalVolume volume, long written) {
    if (volume.making()) {
      return null;
    }
    long sector = volume.medium().sectorBytes();
    Limit limit = volume.limit();
    return Math.max(0, Math.min(limit.sectors(), limit.end() / sector) - written) * sector;
  }

  private static @Nullable Long percentFull(OpticalVolume volume) {
    long sectors = volume.medium().capacity() / volume.medium().sectorBytes();
    return sectors == 0 ? null : volume.medium().sectorsWritten() * PERCENT / sectors;
  }

  private static void putUse(Map<String, @Nullable Object> facts, OpticalVolume volume) {
    List<Opener> openers = volume.openers();
    facts.put("failure", volume.medium().volume().failure());
    facts.put("job", volume.job());
    facts.put("open_count", openers.size());
    facts.put("writer_count", openers.stream().filter(Opener::writing).count());
    facts.put(
        "openers",
        orNull(openers.stream().map(Opener::describe).collect(Collectors.joining(", "))));
  }

  private static void putDuplicate(Map<String, @Nullable Object> facts, SideRecord row) {
    SideRecord.Duplicate of = row.duplicate();
    facts.put("duplicate_of", of == null ? null : of.of());
    facts.put("duplicate_at", of == null ? null : of.at());
    facts.put("duplicate_job", of == null ? null : of.job());
    facts.put("source_sha256", of == null ? null : of.sourceHash());
    facts.put("sha256", of == null ? null : of.hash());
    facts.put("resumable", row.state() == SideState.INCOMPLETE && row.base() != null);
  }

  /** What a volume holds, for which a few of its sectors are read. */
  public Map<String, @Nullable Object> format(OpticalVolume volume) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    MediumFormat format = formatOrNull(volume);
    FoundFormat first =
        format == null || format.formats().isEmpty() ? null : format.formats().get(0);
    facts.put("formats", format == null ? null : format.name());
    facts.put("format_id", first == null ? null : orNull(first.identifier()));
    facts.put("format_created", first == null ? null : first.created());
    facts.put("not_relabelled", format == null ? null : format.refusal());
    return facts;
  }

  private @Nullable MediumFormat formatOrNull(OpticalVolume volume) {
    if (volume.making() || volume.row().state().broken()) {
      return null;
    }
    try {
      return optical.labels().format(volume);
    } catch (StorageException e) {
      return null; // damaged: a check says where
    }
  }

  // ---- devices

  /** Of a device. */
  public Map<String, @Nullable Object> device(OpticalDevice device) {
    List<DriveStatus> drives = optical.drives().look(device);
    List<CartridgeRecord> inside = cartridges(device);
    boolean library = device.type() == DeviceType.LIBRARY;
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", device.name());
    facts.put("type", device.type().word());
    facts.put("drives", drives.size());
    facts.put("drives_in_use", drives.stream().filter(OpticalFacts::inUse).count());
    facts.put(
        "loaded",
        orNull(
            drives.stream()
                .map(DriveStatus::volume)
                .filter(id -> id != null)
                .collect(Collectors.joining(","))));
    facts.put("slots", library ? device.row().slots() : null);
    facts.put("slots_free", library ? device.row().slots() - inside.size() : null);
    facts.put("cartridges", inside.size());
    facts.put("media", device.type() == DeviceType.VIRTUAL ? device.row().images().word() : null);
    return facts;
  }

  /** Whether a job holds a drive, or somebody has open what is in it. */
  public static boolean inUse(DriveStatus drive) {
    return drive.users() > 0 || drive.job() != null;
  }

  private List<CartridgeRecord> cartridges(OpticalDevice device) {
    return optical.cartridgeRows().stream()
        .filter(row -> device.name().equals(row.device()))
        .toList();
  }

  /** Table of its drives. */
  public String drives(OpticalDevice device) {
    StringBuilder text = new StringBuilder("# drive volume cartridge openers job\n");
    for (DriveStatus drive : optical.drives().look(device)) {
      row(text, drive.number(), drive.volume(), drive.cartridge(), drive.users(), drive.job());
    }
    return text.toString();
  }

  /** Table of the cartridges in it. */
  public String inside(OpticalDevice device) {
    StringBuilder text = new StringBuilder("# slot cartridge media volumes\n");
    for (CartridgeRecord each : cartridges(device)) {
      Integer slot = each.slot() == 0 ? null : (Integer) each.slot();
      row(text, slot, each.name(), each.type().word(), ids(optical.sidesOf(each.name())));
    }
    return text.toString();
  }

  private static String ids(List<OpticalVolume> volumes) {
    return volumes.stream().map(OpticalVolume::id).collect(Collectors.joining(","));
  }

  private static void row(StringBuilder text, @Nullable Object... cells) {
    List<String> words = new ArrayList<>();
    for (Object cell : cells) {
      words.add(cell == null ? "-" : shown(cell));
    }
    text.append(String.join(" ", words)).append('\n');
  }

  // ---- cartridges

  /** Of a cartridge. */
  public Map<String, @Nullable Object> cartridge(CartridgeRecord row) {
    List<OpticalVolume> sides = optical.sidesOf(row.name());
    String in = row.device();
    OpticalDevice device = in == null ? null : optical.deviceOrNull(in);
    boolean faces = device != null && device.type() == DeviceType.STANDALONE;
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", row.name());
    facts.put("media", row.type().word());
    facts.put("sector_size", row.sectorBytes());
    facts.put("sides", row.sides());
    facts.put("volumes", orNull(ids(sides)));
    facts.put("device", in);
    facts.put("slot", row.slot() == 0 ? null : row.slot());
    facts.put("up", faces ? side(row.up()) : null);
    facts.put("location", orNull(row.location()));
    return facts;
  }

  // ---- rotations

  /** Of a rotation. */
  public Map<String, @Nullable Object> rotation(RotationRecord row) {
    OpticalVolume source = optical.rotations().source(row);
    OpticalVolume newest = optical.rotations().newest(row);
    OpticalVolume next = optical.rotations().next(row);
    String key = row.finalKey();
    OpticalVolume last = key == null ? null : optical.byKey(key);
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", row.name());
    facts.put("source", source == null ? null : source.id());
    facts.put("full", optical.rotations().isFull(row));
    facts.put("targets", orNull(ids(optical.rotations().targets(row))));
    facts.put("newest", newest == null ? null : newest.id());
    facts.put("newest_at", newest == null ? null : optical.rotations().copied(row, newest));
    facts.put("next", next == null ? null : next.id());
    facts.put("final", last == null ? null : last.id());
    facts.put("ended", row.targets().isEmpty());
    return facts;
  }

  /** Table of the targets of a rotation. */
  public String targets(RotationRecord row) {
    StringBuilder text = new StringBuilder("# volume key state copied\n");
    for (OpticalVolume each : optical.rotations().targets(row)) {
      Instant copied = optical.rotations().copied(row, each);
      row(text, each.id(), each.key(), each.row().state().word(), copied);
    }
    return text.toString();
  }

  // ---- text

  /** A line for each fact. */
  static List<String> lines(Map<String, @Nullable Object> facts) {
    List<String> lines = new ArrayList<>();
    facts.forEach((key, value) -> lines.add(key + ": " + (value == null ? "-" : shown(value))));
    return lines;
  }

  private static String shown(Object value) {
    if (value instanceof Boolean fact) {
      return fact ? "yes" : "no";
    }
    Object whole = value instanceof Instant time ? time.truncatedTo(ChronoUnit.SECONDS) : value;
    return Words.oneLine(whole.toString());
  }

  /** A table of volumes, in the order of the keys of their sides. */
  List<String> table(List<OpticalVolume> volumes) {
    List<String> lines = new ArrayList<>();
    lines.add(line("VOLUME", "SIDE", "MEDIA", "FORMAT", "TYPE", "STATE", "DEVICE", "FULL", "TEXT"));
    for (OpticalVolume each : volumes) {
      SideRecord.Label label = each.row().label();
      OpticalDevice device = optical.deviceOf(each);
      Long full = percentFull(each);
      lines.add(
          line(
              each.id(),
              each.key(),
              each.medium().type().word(),
              label.format().word(),
              label.type().word(),
              each.row().state().word(),
              device == null ? "-" : device.name(),
              full == null ? "-" : full + "%",
              label.text()));
    }
    return lines;
  }

  private static String line(Object... cells) {
    return String.format("%-16s %-10s %-8s %-8s %-8s %-13s %-10s %-4s %s", cells).stripTrailing();
  }
}
