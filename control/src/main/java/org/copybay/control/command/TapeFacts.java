package org.copybay.control.command;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.copy.library.LibraryRecord;
import org.copybay.copy.library.LibraryType;
import org.copybay.copy.library.Locations;
import org.copybay.copy.library.Mam;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.MediumCondition;
import org.copybay.copy.library.MediumFacts;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.TapeRecord;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.smartcopy.CopyPolicy;
import org.copybay.copy.smartcopy.CopyRequest;
import org.copybay.copy.smartcopy.CopyStatus;
import org.copybay.copy.smartcopy.Policies;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.drive.DriveOpener;
import org.copybay.volumes.drive.DriveStatus;
import org.copybay.volumes.drive.LoadedTape;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** What there is to say about tapes, by the keys of their status files. */
public record TapeFacts(Tapes tapes, Policies policies) {

  /** Of a library. */
  public Map<String, @Nullable Object> library(TapeLibrary library) {
    LibraryRecord row = library.row();
    List<TapeCartridge> inside = tapes.inside(row.name());
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", row.name());
    facts.put("type", row.type().word());
    facts.put("state", library.connected() ? "connected" : "unreachable");
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
    CopyStatus status = policies.status();
    facts.put("copies", status.validCopies(cartridge).size());
    facts.put("copy_state", status.of(cartridge));
    facts.put("job", cartridge.holder());
    facts.put("condition", tapes.pools().condition(row).word());
    facts.put("overwrites", tapes.pools().overwrites(row));
    facts.put("damage", medium.damage());
    facts.put("loads", row.loads());
    facts.put("created", row.created());
    facts.put("written", contents.written());
    return facts;
  }

  /** Of a media pool. */
  public Map<String, @Nullable Object> pool(MediaPool pool) {
    List<TapeCartridge> inside = tapes.pools().inside(pool.name());
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", pool.name());
    facts.put("media", pool.media() == null ? "any" : pool.media().word());
    facts.put("appendable", pool.appendable());
    facts.put("allocation", pool.strict() ? "strict" : "loose");
    facts.put("free_pool", pool.freePool());
    facts.put("move_free", pool.moveFree());
    facts.put("overwrites", pool.overwrites());
    facts.put("months", pool.months());
    facts.put("cartridges", inside.size());
    facts.put("blank", inside.stream().filter(each -> each.contents().objects() == 0).count());
    for (MediumCondition each : MediumCondition.values()) {
      facts.put(
          each.word(),
          inside.stream().filter(tape -> tapes.pools().condition(tape.row()) == each).count());
    }
    facts.put("bytes", inside.stream().mapToLong(each -> each.contents().bytes()).sum());
    return facts;
  }

  /** The locations that have a priority, the first one first, with a header line. */
  public String locations() {
    StringBuilder text = new StringBuilder("# priority location\n");
    tapes.locations().all().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(
            each ->
                text.append(each.getValue())
                    .append(' ')
                    .append(Words.quote(each.getKey()))
                    .append('\n'));
    return text.toString();
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

  /** The medium auxiliary memory of a cartridge, one attribute on a line. */
  public String mam(TapeCartridge cartridge) throws StorageException {
    StringBuilder text = new StringBuilder("# id bytes hex name: value\n");
    for (Mam.Value each : tapes.mam().all(cartridge)) {
      text.append(String.format("%04x %d ", each.attribute().id(), each.bytes().size()));
      text.append(each.hex()).append(' ').append(each.attribute().name()).append(": ");
      text.append(Words.oneLine(each.text())).append('\n');
    }
    return text.toString();
  }

  /** Of a policy. */
  public Map<String, @Nullable Object> policy(CopyPolicy policy) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    facts.put("name", policy.name());
    facts.put("enabled", policy.enabled());
    facts.put("source", policy.source());
    facts.put("pool", policy.pool().isEmpty() ? null : policy.pool());
    facts.put("destination", policy.destination());
    facts.put(
        "target_pool",
        policy.targetPool() == null
            ? "same"
            : policy.targetPool().isEmpty() ? null : policy.targetPool());
    facts.put("slots", policy.slots().word());
    facts.put("drives", policy.drives());
    facts.put("priority", policy.priority());
    facts.put("on", policy.trigger().word());
    facts.put("schedule", policy.schedule());
    facts.put("settle", Spans.word(policy.settle().toMillis()));
    facts.put("window", policy.windowWord());
    facts.put(
        "at_window_end",
        policy.atWindowEnd() == 0
            ? "complete"
            : policy.atWindowEnd() == CopyPolicy.ALL_PERCENT
                ? "cancel"
                : policy.atWindowEnd() + "%");
    facts.put("attempts", policy.attempts());
    facts.put("retry", Spans.word(policy.pause().toMillis()));
    facts.put("copies", policy.copies());
    facts.put(
        "protect",
        policy.protect().matches("[0-9]+")
            ? Spans.word(Long.parseLong(policy.protect()))
            : policy.protect());
    facts.put("verify", policy.verify());
    facts.put("eject", policy.eject());
    facts.put("alarm", Spans.word(policy.alarm().toMillis()));
    return facts;
  }

  /** A table of what policies want copied, one line each, with a header line. */
  public String queue() {
    StringBuilder text =
        new StringBuilder("# request policy cartridge state attempts job created reason\n");
    for (CopyRequest each : policies.queue().all()) {
      text.append(each.number()).append(' ').append(each.policy());
      text.append(' ').append(each.barcode()).append(' ').append(each.state().word());
      text.append(' ').append(each.attempts());
      text.append(' ').append(each.job() == null ? "-" : each.job());
      text.append(' ').append(each.created());
      text.append(' ').append(each.reason().isEmpty() ? "-" : Words.oneLine(each.reason()));
      text.append('\n');
    }
    return text.toString();
  }

  /** How many cartridges there are, and how many in each state of copying, one line each. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    text.append("cartridges: ").append(tapes.cartridges().size()).append('\n');
    policies
        .status()
        .summary()
        .forEach((state, count) -> text.append(state).append(": ").append(count).append('\n'));
    return text.toString();
  }

  /** A table of cartridges, one line each, with a header line. */
  public String media(Collection<TapeCartridge> cartridges) {
    StringBuilder text =
        new StringBuilder(
            "# barcode kind media library slot drive used capacity files pool copy_of copies"
                + " protection condition state written copied location\n");
    CopyStatus status = policies.status();
    for (TapeCartridge each : cartridges) {
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
      appendMedium(text, each, status);
      text.append(' ').append(contents.written() == null ? "-" : contents.written());
      Instant copied = status.lastCopied(each);
      text.append(' ').append(copied == null ? "-" : copied);
      String where = Locations.of(row);
      text.append(' ').append(where.isEmpty() ? "-" : Words.word(where)).append('\n');
    }
    return text.toString();
  }

  private void appendMedium(StringBuilder text, TapeCartridge cartridge, CopyStatus status) {
    MediumFacts medium = cartridge.row().medium();
    CopyOf copy = medium.copy();
    text.append(' ').append(medium.pool().isEmpty() ? "-" : medium.pool());
    text.append(' ').append(copy == null ? "-" : copy.barcode());
    text.append(' ').append(status.validCopies(cartridge).size());
    text.append(' ').append(medium.protection().word());
    text.append(' ').append(tapes.pools().condition(cartridge.row()).word());
    text.append(' ').append(Words.quote(status.of(cartridge)));
  }
}
