package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.control.command.SafeguardedFacts;
import org.copybay.control.command.Sizes;
import org.copybay.copy.CopyServices;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.optical.CartridgeRecord;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.SideState;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.shadow.MemberStatus;
import org.copybay.copy.shadow.SetState;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Space;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.vault.VaultState;
import org.jspecify.annotations.Nullable;

/**
 * Whether a bay is as it should be.
 *
 * @param state how it is
 * @param wrong what is not as it should be, without figures that change by themselves
 * @param figures the same with them
 */
record Health(State state, List<String> wrong, List<String> figures) {
  /** Less free space than this is named. */
  private static final long SCARCE_BYTES = 64L << 20;

  /** How it is, from good to bad. */
  enum State {
    OK("ok", 0),
    DEGRADED("degraded", 1),
    FAILED("failed", 2);

    private final String word;
    private final int level;

    State(String word, int level) {
      this.word = word;
      this.level = level;
    }

    String word() {
      return word;
    }

    int level() {
      return level;
    }
  }

  /** How the bay is now. */
  static Health of(Bay bay, CopyServices copy) {
    return of(bay, copy, space(bay));
  }

  /** How the bay is now, whose file system has that space; null where it does not say. */
  static Health of(Bay bay, CopyServices copy, @Nullable Space space) {
    if (space == null) {
      List<String> why = List.of("the disk of the bay does not answer");
      return new Health(State.FAILED, why, why);
    }
    List<String> wrong = new ArrayList<>();
    String doubt = bay.catalogue().failure();
    if (doubt != null) {
      wrong.add("catalogue: " + doubt);
    }
    String misfit = bay.audit().trouble();
    if (misfit != null) {
      wrong.add("audit log: " + misfit);
    }
    bay.volumes().forEach(volume -> addFailures(bay, volume, wrong));
    ShadowSets sets = copy.sets();
    sets.all().forEach(unit -> addTrouble(SetStatus.of(sets, unit), wrong));
    copy.opc().sessions().forEach(session -> addSuspension(session, wrong));
    addOptical(copy.optical(), wrong);
    addTapes(copy.tapes(), wrong);
    SafeguardedFacts safeguarded = new SafeguardedFacts(bay, copy.safeguarded());
    for (SafeguardedSession session : copy.safeguarded().sessions()) {
      Stream.concat(safeguarded.trouble(session).stream(), safeguarded.warnings(session).stream())
          .forEach(why -> wrong.add("safeguarded session " + session.name() + ": " + why));
    }
    VaultState vault = bay.vault().state();
    if (!(vault instanceof VaultState.Steady) && !bay.backupPoints().isEmpty()) {
      wrong.add(vault.describe());
    }
    List<String> figures = new ArrayList<>(wrong);
    if (space.available() < SCARCE_BYTES && !bay.readOnly()) {
      wrong.add("little space is free");
      figures.add("only " + Sizes.human(space.available()) + " free");
    }
    return new Health(wrong.isEmpty() ? State.OK : State.DEGRADED, wrong, figures);
  }

  private static void addFailures(Bay bay, Volume volume, List<String> wrong) {
    String failure = volume.failure();
    if (failure != null) {
      wrong.add("volume " + volume.name() + ": " + failure);
    }
    String invalidity = volume.invalidity();
    if (invalidity != null) {
      wrong.add("volume " + volume.name() + " is INVALID: " + invalidity);
    }
    String label = bay.labelFailure(volume);
    if (label != null) {
      wrong.add("label of volume " + volume.name() + " not written: " + label);
    }
    for (BitmapRecord bitmap : volume.seenBitmaps()) {
      if (bitmap.damage() != null) {
        wrong.add("bitmap " + bitmap.name() + " of " + volume.name() + ": " + bitmap.damage());
      }
    }
  }

  private static void addSuspension(Session session, List<String> wrong) {
    if (session.phase() == Phase.ERROR_SUSPEND) {
      String error = session.record().error();
      String why = error == null ? "one of its volumes is damaged" : error;
      wrong.add(session.record().describe() + " is suspended: " + why);
    }
  }

  /** Volumes in a device that no job is about to make whole, and cartridges that lost a side. */
  private static void addOptical(Optical optical, List<String> wrong) {
    for (OpticalVolume each : optical.volumes()) {
      boolean inDevice = optical.deviceOf(each) != null;
      if (inDevice && each.row().state().broken() && each.job() == null) {
        wrong.add("optical volume " + each.id() + " is " + each.row().state().word());
      }
      boolean making = each.row().state() == SideState.MAKING && each.size() > 0;
      if (inDevice && making && each.openers().isEmpty() && !each.closing()) {
        wrong.add(
            "image "
                + each.id()
                + " is being made by nobody (: >> optical/"
                + each.id()
                + " ends it)");
      }
      String failure = each.medium().volume().failure();
      if (failure != null) {
        wrong.add("optical volume " + each.id() + ": " + failure);
      }
    }
    for (CartridgeRecord each : optical.cartridgeRows()) {
      if (optical.sidesOf(each.name()).size() < each.sides()) {
        wrong.add("cartridge " + each.name() + ": the bytes of a side are not there");
      }
    }
  }

  /** Libraries whose disk is away, and cartridges that are not what they were. */
  private static void addTapes(Tapes tapes, List<String> wrong) {
    for (TapeLibrary each : tapes.libraries()) {
      if (!each.connected()) {
        wrong.add(
            "tape library "
                + each.name()
                + " is unreachable: its disk is not in "
                + each.row().path()
                + ", which has no .copybay-library of it");
      }
    }
    for (TapeCartridge each : tapes.cartridges()) {
      if (each.trouble() != null) {
        wrong.add("cartridge " + each.barcode() + " is not in its drive: " + each.trouble());
      }
      String damage = each.row().medium().damage();
      if (damage != null) {
        wrong.add("cartridge " + each.barcode() + " is damaged: " + damage);
      }
    }
  }

  private static void addTrouble(SetStatus set, List<String> wrong) {
    if (set.trouble() != null && set.state() == SetState.FAILED) {
      wrong.add("shadow set " + set.name() + " is not mounted: " + set.trouble());
    }
    for (MemberStatus member : set.members()) {
      if (member.failing()) {
        wrong.add("shadow set " + set.name() + ": member " + member.name() + " fails");
      } else if (member.record().missed()) {
        wrong.add(
            "shadow set "
                + set.name()
                + " lost member "
                + member.name()
                + ": "
                + member.record().why());
      }
    }
  }

  /** The space of the file system of the bay, or null where it does not say. */
  static @Nullable Space space(Bay bay) {
    try {
      return bay.space();
    } catch (StorageException e) {
      return null;
    }
  }

  /** Whether nothing changed that an event should tell. */
  boolean sameAs(Health other) {
    return state == other.state && wrong.equals(other.wrong);
  }

  /** One line: ok, or what is wrong. */
  String line() {
    return state == State.OK ? state.word() : state.word() + ": " + String.join("; ", figures);
  }
}
