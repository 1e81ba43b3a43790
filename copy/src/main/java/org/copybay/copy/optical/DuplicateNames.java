package org.copybay.copy.optical;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.format.MediumFormat;
import org.copybay.volumes.media.MediaFormat;

/** What the targets of a duplicate are called when it is whole. Nothing is changed. */
final class DuplicateNames {
  private final Optical optical;
  private final DuplicateSpec wanted;

  DuplicateNames(Optical optical, DuplicateSpec wanted) {
    this.optical = optical;
    this.wanted = wanted;
  }

  /** What the targets are called then; BADNAME, DUPNAME, FORMAT. */
  List<DuplicatePlan.Target> of(
      OpticalVolume source, List<OpticalVolume> targets, MediumFormat format, List<String> warnings)
      throws StorageException {
    List<String> ids = wanted.newIds();
    if (ids.size() != 1 && ids.size() != targets.size()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "newvol= names " + ids.size() + " volumes, to= " + targets.size(),
          "one name for each target");
    }
    List<DuplicatePlan.Target> named = new ArrayList<>();
    Set<String> given = new HashSet<>();
    for (int i = 0; i < targets.size(); i++) {
      OpticalVolume target = targets.get(i);
      String word = ids.size() == 1 ? ids.get(0) : ids.get(i);
      String id =
          switch (word) {
            case DuplicateSpec.TO -> target.id();
            case DuplicateSpec.FROM -> source.id();
            default -> word;
          };
      requireName(source, target, id, !word.equals(DuplicateSpec.FROM) && !given.add(id));
      requireFormat(source, format, id, warnings);
      if (word.equals(DuplicateSpec.FROM)) {
        warnings.add(
            "two volumes are called "
                + id
                + " then: "
                + target.key()
                + " has no file before the other one is removed or renamed");
      }
      named.add(new DuplicatePlan.Target(target, id));
    }
    return named;
  }

  private void requireName(OpticalVolume source, OpticalVolume target, String id, boolean twice)
      throws StorageException {
    try {
      Labels.requireId(id);
    } catch (StorageException e) {
      throw Odup.BADNAME.refusal(e.getMessage(), e.remedy(), e);
    }
    MediaFormat label = source.row().label().format();
    if (id.length() > label.maxName()) {
      throw Odup.BADNAME.refusal(
          "OPT1542 reason 01: a "
              + label.word()
              + " volume has an identifier of at most "
              + label.maxName()
              + " characters, got "
              + id.length(),
          "newvol=NAME");
    }
    boolean from = wanted.newIds().contains(DuplicateSpec.FROM) && id.equals(source.id());
    if (twice) {
      throw Odup.DUPNAME.refusal(
          "OPT1375: volume " + id + " is named twice", "newvol=NAME,NAME: one for each");
    }
    if (!from) {
      requireFree(optical, target, id);
    }
  }

  /** DUPNAME where another volume has the identifier, or will have it. */
  static void requireFree(Optical optical, OpticalVolume target, String id)
      throws StorageException {
    OpticalVolume there = optical.labels().claimantOrNull(id, target);
    if (there != null) {
      throw Odup.DUPNAME.refusal(
          "OPT1375: volume "
              + id
              + (there.id().equals(id) ? " exists" : " is being made by job " + there.job()),
          "newvol=NAME");
    }
  }

  private static void requireFormat(
      OpticalVolume source, MediumFormat format, String id, List<String> warnings)
      throws StorageException {
    try {
      format.require(id);
    } catch (StorageException e) {
      Odup code = e.fault() == Fault.UNSUPPORTED ? Odup.FORMAT : Odup.BADNAME;
      throw code.refusal("source " + source.id() + ": " + e.getMessage(), e.remedy(), e);
    }
    for (String warning : format.warnings(id)) {
      if (!warnings.contains(warning)) {
        warnings.add(warning);
      }
    }
  }
}
