package org.copybay.copy.optical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.format.MediumFormat;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.copybay.volumes.media.Writes;
import org.jspecify.annotations.Nullable;

/**
 * The rules of DUPOPT (IBM, System i: Storage solutions, "Duplicate Optical (DUPOPT) command"; CL
 * reference, "Duplicate Optical (DUPOPT)"), in this order: devices and volumes, users, media and
 * formats, the state of the targets, names, space, drives. Nothing is changed.
 */
final class DuplicateChecks {
  private static final int WRITE = 2;

  private final Optical optical;
  private final DuplicateSpec wanted;
  private final @Nullable String own;

  /**
   * The checks of a duplicate.
   *
   * @param own job that holds the volumes already, or null
   */
  DuplicateChecks(Optical optical, DuplicateSpec wanted, @Nullable String own) {
    this.optical = optical;
    this.wanted = wanted;
    this.own = own;
  }

  /** What is to be done, where no rule speaks against it. */
  DuplicatePlan run() throws StorageException {
    DuplicateVolumes named = new DuplicateVolumes(optical, wanted);
    OpticalVolume source = named.source();
    List<OpticalVolume> volumes = named.targets();
    for (OpticalVolume target : volumes) {
      requireAllowed(source, target);
    }
    List<String> warnings = new ArrayList<>();
    MediumFormat format = format(source);
    for (OpticalVolume target : volumes) {
      requirePair(source, target);
      requireMedia(source, target);
    }
    for (OpticalVolume target : volumes) {
      requireState(source, target);
    }
    List<DuplicatePlan.Target> targets =
        new DuplicateNames(optical, wanted).of(source, volumes, format, warnings);
    for (OpticalVolume target : volumes) {
      requireSpace(source, target, warnings);
    }
    requireRoom(source, volumes, warnings);
    DuplicatePlan plan = new DuplicatePlan(source, targets, warnings);
    requireDrives(plan);
    return plan;
  }

  // ---- users

  private void requireAllowed(OpticalVolume source, OpticalVolume target) throws StorageException {
    if (wanted.privileged()) {
      return;
    }
    if (!source.owner().mayRead(wanted.uid(), wanted.gid())) {
      throw Odup.AUTH.refusal(
          "uid " + wanted.uid() + " may not read source " + source.id(),
          "chmod go+r optical/" + source.id());
    }
    if (!mayWrite(target.owner())) {
      throw Odup.AUTH.refusal(
          "uid " + wanted.uid() + " may not write target " + target.id(),
          "chmod go+w optical/" + target.id());
    }
  }

  private boolean mayWrite(Owner owner) {
    int shift = wanted.uid() == owner.uid() ? 6 : wanted.gid() == owner.gid() ? 3 : 0;
    return wanted.uid() == 0 || ((owner.mode() >> shift) & WRITE) != 0;
  }

  // ---- media and formats

  private MediumFormat format(OpticalVolume source) throws StorageException {
    MediumFormat format;
    try {
      format = optical.labels().format(source);
    } catch (StorageException e) {
      throw Odup.MEDIA.refusal(
          "source " + source.id() + " cannot be read: " + e.getMessage(), e.remedy(), e);
    }
    return format;
  }

  private void requirePair(OpticalVolume source, OpticalVolume target) throws StorageException {
    if (source == target) {
      throw Odup.SAMEVOL.refusal("source and target are both volume " + source.id(), null);
    }
    if (source.cartridge().equals(target.cartridge())) {
      throw Odup.OPPSIDE.refusal(
          "volumes "
              + source.id()
              + " and "
              + target.id()
              + " are two sides of cartridge "
              + source.cartridge(),
          "a target on another cartridge");
    }
    OpticalDevice from = optical.device(nameOf(source));
    OpticalDevice to = optical.device(nameOf(target));
    if (!from.type().takes(to.type())) {
      throw Odup.DEVCLASS.refusal(
          "source "
              + source.id()
              + " is in "
              + from.type().phrase()
              + ", target "
              + target.id()
              + " in "
              + to.type().phrase(),
          null);
    }
  }

  private static void requireMedia(OpticalVolume source, OpticalVolume target)
      throws StorageException {
    if (source.medium().sectorBytes() != target.medium().sectorBytes()) {
      throw Odup.SECTOR.refusal(
          "source "
              + source.id()
              + " has sectors of "
              + source.medium().sectorBytes()
              + " bytes, target "
              + target.id()
              + " of "
              + target.medium().sectorBytes(),
          null);
    }
    MediaType type = source.medium().type();
    if (!type.duplicates().contains(target.medium().type())) {
      throw Odup.MEDIATYPE.refusal(
          "a duplicate of "
              + type.word()
              + " is "
              + (type.duplicates().isEmpty()
                  ? "on no other medium"
                  : String.join(
                      " or ", type.duplicates().stream().sorted().map(MediaType::word).toList()))
              + ", target "
              + target.id()
              + " is "
              + target.medium().type().word(),
          null);
    }
  }

  private String nameOf(OpticalVolume volume) {
    OpticalDevice device = optical.deviceOf(volume);
    return device == null ? "" : device.name();
  }

  // ---- the state of the targets

  private void requireState(OpticalVolume source, OpticalVolume target) throws StorageException {
    SideRecord row = target.row();
    boolean used = row.state() == SideState.INITIALIZED || target.size() > 0;
    if (target.medium().type().writes() == Writes.ONCE && used) {
      throw Odup.WORMUSED.refusal(
          "target "
              + target.id()
              + " is *WORM and "
              + (row.state() == SideState.INITIALIZED ? "initialized" : "written"),
          "a target that is not initialized");
    }
    if (row.label().writeProtected()) {
      throw Odup.WRTPTC.refusal(
          "target " + target.id() + " is write-protected",
          "optical change volume=" + target.id() + " protect=no");
    }
    requireBackup(source, target);
    boolean mayLose = wanted.clear() || (wanted.incremental() && target.isDuplicateOf(source));
    boolean blank = row.state() == SideState.UNINITIALIZED && target.size() == 0;
    if (!blank && row.state() != SideState.INCOMPLETE && !mayLose) {
      throw Odup.NOTCLEAR.refusal(
          "target "
              + target.id()
              + (row.state() == SideState.INITIALIZED ? " is initialized" : " is written"),
          "clear=yes: what it holds is lost");
    }
    requireUnused(source, target);
  }

  private static void requireBackup(OpticalVolume source, OpticalVolume target)
      throws StorageException {
    SideRecord.Label label = target.row().label();
    String primary = label.primary();
    if (label.type() != VolumeType.BACKUP) {
      return;
    }
    if (source.row().label().type() != VolumeType.PRIMARY) {
      throw Odup.BACKUP.refusal(
          "source "
              + source.id()
              + " is a *BACKUP volume: target "
              + target.id()
              + " takes a *PRIMARY one",
          null);
    }
    if (primary != null && !primary.equals(source.key())) {
      throw Odup.BACKUP.refusal(
          "target " + target.id() + " is the backup of another primary volume, " + primary,
          "initialize it again, or take another target");
    }
  }

  private void requireUnused(OpticalVolume source, OpticalVolume target) throws StorageException {
    for (OpticalVolume each : List.of(source, target)) {
      String job = each.job();
      if (job != null && !job.equals(own)) {
        throw Odup.INUSE.refusal(
            "volume " + each.id() + " is in use by job " + job,
            "cat .control/jobs/" + job + "/wait");
      }
    }
    if (!target.openers().isEmpty()) {
      throw Odup.INUSE.refusal(
          "target " + target.id() + " is open by " + target.firstOpener(),
          "close it there, and try again");
    }
    if (wanted.exclusive() && !source.openers().isEmpty()) {
      throw Odup.INUSE.refusal(
          "source " + source.id() + " is open by " + source.firstOpener(),
          "close it there, or leave out exclusive=yes");
    }
  }

  // ---- space and drives

  private static void requireSpace(
      OpticalVolume source, OpticalVolume target, List<String> warnings) throws StorageException {
    long from = source.medium().capacity();
    long to = target.medium().capacity();
    if (to < from) {
      throw Odup.SMALL.refusal(
          "source " + source.id() + " has " + from + " bytes, target " + target.id() + " " + to,
          "a target of the same size at least");
    }
    long usable = usable(source, target);
    if (usable < to) {
      warnings.add(
          "of the "
              + to
              + " bytes of "
              + target.id()
              + " "
              + usable
              + " are usable then: a duplicate grows to twice the volume at most");
    }
  }

  /** A *WORM target would be spoiled where the disk of the bay is full in the middle. */
  private void requireRoom(OpticalVolume source, List<OpticalVolume> targets, List<String> warnings)
      throws StorageException {
    if (wanted.incremental() || wanted.resume()) {
      return; // how much that is comes out later, and no *WORM is written so
    }
    long needed = 0;
    for (OpticalVolume target : targets) { // what they hold is erased first
      needed += source.status().allocated() - target.status().allocated();
    }
    long available = optical.bay().space().available();
    if (needed > available) {
      String sentence =
          "the disk of the bay has " + available + " bytes free, this may need " + needed;
      if (targets.stream().anyMatch(each -> each.medium().type().writes() == Writes.ONCE)) {
        throw Odup.SMALL.refusal(sentence, "df . shows it; delete what is not needed");
      }
      warnings.add(sentence);
    }
  }

  /** How much of the target may be written then: UDF grows with limits, others do not grow. */
  static long usable(OpticalVolume source, OpticalVolume target) {
    SideRecord.Label label = source.row().label();
    if (label.format() != MediaFormat.UDF) {
      return Math.min(target.medium().capacity(), label.usable());
    }
    return Math.min(
        target.medium().capacity(), Math.min(twice(label.usable()), twice(label.first())));
  }

  private static long twice(long bytes) {
    return bytes > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * bytes;
  }

  private void requireDrives(DuplicatePlan plan) throws StorageException {
    Map<OpticalDevice, Integer> needed = new HashMap<>();
    for (OpticalVolume each : plan.volumes()) {
      OpticalDevice device = optical.device(nameOf(each));
      needed.merge(device, 1, Integer::sum);
    }
    for (Map.Entry<OpticalDevice, Integer> each : needed.entrySet()) {
      DeviceRecord row = each.getKey().row();
      if (row.type() == DeviceType.LIBRARY && row.drives() < each.getValue()) {
        throw Odup.NODRIVE.refusal(
            "library "
                + row.name()
                + " has "
                + row.drives()
                + " drives, and this needs "
                + each.getValue(),
            "a library with more drives, or an image catalogue");
      }
    }
  }
}
