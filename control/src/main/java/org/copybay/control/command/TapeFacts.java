package org.copybay.control.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.copy.library.LibraryRecord;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.MediumFacts;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.TapeRecord;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.copy.library.Tapes;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.drive.DriveStatus;
import org.copybay.volumes.drive.LoadedTape;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** What there is to say about tapes, by the keys of their status files. */
public record TapeFacts(Tapes tapes) {

  /** Of a library. */
  public Map<String, @Nullable Object> library(TapeLibrary library) {
    LibraryRecord row = library.row();
    List<TapeCartridge> inside = tapes.inside(row.name());
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", row.name());
    facts.put("type", row.type().word());
    facts.put(
        "drives", row.type() == LibraryType.VIRTUAL ? library.drives().size() : row.transfers());
    facts.put("path", row.path());
    facts.put("slots", row.slots());
    facts.put("mail_slots", row.mailSlots());
    facts.put("media", row.media().word());
    facts.put("cartridges", inside.size());
    facts.put("loaded", inside.stream().filter(each -> each.row().place().isInDrive()).count());
    facts.put("bytes", inside.stream().mapToLong(each -> each.contents().bytes()).sum());
    return facts;
  }

  /** Of a cartridge; no disk is asked. */
  public Map<String, @Nullable Object> cartridge(TapeCartridge cartridge) {
    TapeRecord row = cartridge.row();
    Place place = row.place();
    Contents contents = cartridge.contents();
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("barcode", row.barcode());
    facts.put("medium_id", row.id());
    facts.put("kind", row.kind().word());
    facts.put("media", row.media().word());
    facts.put("library", place.library());
    facts.put("slot", place.element() == 0 ? null : place.element());
    facts.put("drive", place.isInDrive() ? "nst" + place.drive() : null);
    facts.put("location", place.location().isEmpty() ? null : place.location());
    facts.put("capacity", row.capacity());
    facts.put("used_bytes", contents.bytes());
    facts.put("remaining_bytes", Math.max(0, row.capacity() - contents.bytes()));
    facts.put("image_bytes", contents.imageBytes());
    facts.put("blocks", contents.objects());
    facts.put("records", contents.objects() - contents.marks());
    facts.put("filemarks", contents.marks());
    facts.put("compression", row.compressed() ? "zstd" : "none");
    facts.put("write_protected", row.tab());
    MediumFacts medium = row.medium();
    CopyOf copy = medium.copy();
    facts.put("pool", medium.pool().isEmpty() ? null : medium.pool());
    facts.put("label", medium.label().isEmpty() ? null : medium.label());
    facts.put("protection", medium.protection().word());
    facts.put("appendable", medium.sealedLife() != contents.lives());
    facts.put("copy_of", copy == null ? null : copy.barcode());
    facts.put("copied", copy == null ? null : copy.at());
    facts.put("sha256", copy == null || copy.sha256().isEmpty() ? null : copy.sha256());
    facts.put("job", cartridge.holder());
    facts.put("damage", medium.damage());
    facts.put("loads", row.loads());
    facts.put("created", row.created());
    facts.put("written", contents.written());
    return facts;
  }

  /** Of a drive. */
  public Map<String, @Nullable Object> drive(TapeDrive drive) {
    LoadedTape tape = drive.tape();
    DriveOpener opener = drive.opener();
    DriveStatus status = drive.status();
    TapeLibrary library = tapes.libraryOf(drive.number());
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", drive.name());
    facts.put("library", library == null ? null : library.name());
    facts.put("element", tapes.changer().elementOf(drive));
    facts.put("cartridge", tape == null ? null : tape.barcode());
    facts.put("online", status.online());
    facts.put("open_by", opener == null ? null : opener.pid());
    facts.put("open_for", opener == null ? null : opener.writes() ? "writing" : "reading");
    facts.put("file", status.file() < 0 ? null : status.file());
    facts.put("block", status.block() < 0 ? null : status.block());
    facts.put("block_size", status.blockBytes());
    facts.put("density", String.format("0x%02x", status.density()));
    facts.put("write_protected", status.writeProtected());
    return facts;
  }

  /** All elements of a library, as mtx(1) prints its status. */
  public String changer(TapeLibrary library) {
    LibraryRecord row = library.row();
    Map<Integer, TapeCartridge> slots = new TreeMap<>();
    Map<Integer, TapeCartridge> loaded = new TreeMap<>();
    for (TapeCartridge each : tapes.inside(row.name())) {
      Place place = each.row().place();
      if (place.isInDrive()) {
        loaded.put(place.drive(), each);
      } else {
        slots.put(place.element(), each);
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "  Storage Changer %s:%d Drives, %d Slots ( %d Import/Export )%n",
            row.name(),
            row.drives().size(),
            row.elements(),
            row.mailSlots()));
    for (int i = 0; i < row.drives().size(); i++) {
      TapeCartridge there = loaded.get(row.drives().get(i));
      text.append("Data Transfer Element ").append(i).append(':');
      text.append(
          there == null
              ? "Empty"
              : "Full (Storage Element "
                  + there.row().place().element()
                  + " Loaded):VolumeTag = "
                  + there.barcode());
      text.append('\n');
    }
    for (int element = 1; element <= row.elements(); element++) {
      TapeCartridge there = slots.get(element);
      text.append("      Storage Element ").append(element);
      text.append(row.isMailSlot(element) ? " IMPORT/EXPORT:" : ":");
      text.append(there == null ? "Empty" : "Full :VolumeTag=" + there.barcode());
      text.append('\n');
    }
    return text.toString();
  }

  /** A table of all cartridges, one line each, with a header line. */
  public String media() {
    StringBuilder text =
        new StringBuilder("# barcode kind media library slot drive used capacity files written\n");
    for (TapeCartridge each : tapes.cartridges()) {
      TapeRecord row = each.row();
      Place place = row.place();
      Contents contents = each.contents();
      text.append(row.barcode()).append(' ').append(row.kind().word());
      text.append(' ').append(row.media().word());
      text.append(' ').append(place.library() == null ? "-" : place.library());
      text.append(' ').append(place.element() == 0 ? "-" : place.element());
      text.append(' ').append(place.isInDrive() ? "nst" + place.drive() : "-");
      text.append(' ').append(contents.bytes()).append(' ').append(row.capacity());
      text.append(' ').append(contents.marks());
      text.append(' ').append(contents.written() == null ? "-" : contents.written());
      text.append('\n');
    }
    return text.toString();
  }
}
