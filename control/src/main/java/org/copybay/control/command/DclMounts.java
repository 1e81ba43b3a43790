package org.copybay.control.command;

import java.util.List;
import java.util.Locale;
import org.copybay.control.command.DclLine.Item;
import org.copybay.control.command.DclLine.Qualifier;

/** MOUNT and DISMOUNT of OpenVMS, for shadow sets. */
final class DclMounts {
  private static final String POLICY = "POLICY";
  private static final String OVERRIDE = "OVERRIDE";
  private static final String FORCE_REMOVAL = "FORCE_REMOVAL";
  private static final String MEMBERS = "members";

  private static final List<String> MOUNT =
      List.of(
          "SHADOW",
          POLICY,
          "CONFIRM",
          "NOCONFIRM",
          "COPY",
          "NOCOPY",
          "INCLUDE",
          "NOINCLUDE",
          OVERRIDE,
          "NOWRITE",
          "SYSTEM",
          "CLUSTER",
          "NOASSIST");

  private DclMounts() {}

  // ---- MOUNT

  static Command mount(String line, DclLine cut, Devices devices) throws RefusedException {
    DclCommand mount = new DclCommand(line, cut, devices, "MOUNT", MOUNT);
    Qualifier override = mount.find(OVERRIDE);
    if (override != null) {
      return release(mount, override);
    }
    Item unit = mount.parameter(0);
    if (unit != null) {
      requireUnit(unit);
      mount.put("set", unit.column(), mount.unit(unit));
    }
    Qualifier shadow = mount.find("SHADOW");
    if (shadow != null) {
      requireValues(shadow, "/SHADOW=(VOLUME,VOLUME)");
      mount.putVolumes(MEMBERS, shadow.values());
    }
    Item label = mount.parameter(1);
    if (label != null) {
      mount.put("label", label.column(), label.text());
    }
    mount.requireNoMore(2);
    policies(mount, List.of("MINICOPY", "NOMINICOPY", "REQUIRE_MEMBERS"));
    yesOrNo(mount, "CONFIRM", "confirm", "ask", "yes");
    yesOrNo(mount, "COPY", "copy", "yes", "no");
    yesOrNo(mount, "INCLUDE", "include", "yes", "no");
    mount.noticeIf(
        "NOWRITE", "the mode of the virtual unit says who may write: chmod a-w shadow/DSAn");
    return mount.as("mount");
  }

  private static void requireUnit(Item device) throws RefusedException {
    if (!DclCommand.isUnit(device)) {
      throw RefusedException.badRequest(
          device.column(),
          "MOUNT takes a virtual unit first, as in DSA42:, got " + device.text(),
          "MOUNT DSA42: /SHADOW=("
              + device.text()
              + "); or, to write to a former member:"
              + " MOUNT/OVERRIDE=SHADOW_MEMBERSHIP "
              + device.text());
    }
  }

  private static void requireValues(Qualifier qualifier, String form) throws RefusedException {
    if (qualifier.values().isEmpty()) {
      throw RefusedException.badRequest(
          qualifier.column(), "/" + qualifier.name() + " needs a value", form);
    }
  }

  /** A former member by itself: no member of anything any more. */
  private static Command release(DclCommand mount, Qualifier override) throws RefusedException {
    Item what = mount.value(override);
    String word =
        new DclWords("value of /OVERRIDE", "", List.of("SHADOW_MEMBERSHIP"))
            .find(what.text(), what.column());
    Item device = mount.parameter(0);
    if (device == null) {
      throw mount.missing("a device", "MOUNT/OVERRIDE=" + word + " VOLUME:");
    }
    if (DclCommand.isUnit(device)) {
      throw RefusedException.badRequest(
          device.column(),
          "/OVERRIDE=" + word + " is for a former member, got the virtual unit " + device.text(),
          "MOUNT " + device.text());
    }
    mount.put("member", device.column(), mount.volume(device));
    if (mount.parameter(1) != null) {
      mount.notice("the label is not looked at: a volume is there without a mount");
    }
    mount.requireNoMore(2);
    return mount.as("release");
  }

  /** Two qualifiers that exclude each other, as values of one key. */
  private static void yesOrNo(DclCommand command, String name, String key, String yes, String no)
      throws RefusedException {
    String written = command.oneOf(List.of(name, "NO" + name));
    if (written != null) {
      command.putIf(written, key, written.equals(name) ? yes : no);
    }
  }

  /** /POLICY: what is done about bitmaps, and whether all members must be there. */
  private static void policies(DclCommand command, List<String> known) throws RefusedException {
    Qualifier policy = command.find(POLICY);
    if (policy == null) {
      return;
    }
    requireValues(policy, "/POLICY=" + known.get(0));
    DclWords words = new DclWords("value of /POLICY", "", known);
    String before = null;
    for (Item each : policy.values()) {
      int equals = each.text().indexOf('=');
      String head = equals < 0 ? each.text() : each.text().substring(0, equals);
      String word = words.find(head, each.column());
      if (word.equals("REQUIRE_MEMBERS")) {
        command.put("require_members", each.column(), "yes");
        continue;
      }
      if (before != null) {
        throw RefusedException.badRequest(
            each.column(), word + " comes after " + before + ": one of them");
      }
      before = word;
      command.put("policy", each.column(), policy(word, each, equals));
    }
  }

  private static String policy(String word, Item written, int equals) throws RefusedException {
    if (equals < 0) {
      return word.toLowerCase(Locale.ROOT);
    }
    int column = written.column() + equals + 1;
    if (word.equals("NOMINICOPY")) {
      throw RefusedException.badRequest(column, word + " takes no value");
    }
    String value = written.text().substring(equals + 1);
    String optional = new DclWords("value of " + word, "", List.of("OPTIONAL")).find(value, column);
    return (word + "=" + optional).toLowerCase(Locale.ROOT);
  }

  // ---- DISMOUNT

  static Command dismount(String line, DclLine cut, Devices devices) throws RefusedException {
    DclCommand dismount =
        new DclCommand(
            line,
            cut,
            devices,
            "DISMOUNT",
            List.of(POLICY, FORCE_REMOVAL, "ABORT", OVERRIDE, "CLUSTER", "UNLOAD", "NOUNLOAD"));
    Item device = dismount.parameter(0);
    Qualifier force = dismount.find(FORCE_REMOVAL);
    dismount.requireNoMore(1);
    if (device == null && force == null) {
      throw dismount.missing("a device", "DISMOUNT DSA42: or DISMOUNT VOLUME:");
    }
    if (device != null && DclCommand.isUnit(device)) {
      dismount.put("set", device.column(), dismount.unit(device));
    } else if (device != null && force != null) {
      throw RefusedException.badRequest(
          device.column(), "/FORCE_REMOVAL=VOLUME goes with a virtual unit, got " + device.text());
    } else if (device != null) {
      dismount.putVolumes(MEMBERS, device.parts());
    }
    if (force != null) {
      requireValues(force, "/FORCE_REMOVAL=VOLUME:");
      dismount.putVolumes(MEMBERS, force.values());
      dismount.put("force", force.column(), "yes");
    }
    policies(dismount, List.of("MINICOPY", "NOMINICOPY"));
    dismount.noticeIf("ABORT", "there is no mount verification to abort; this is a dismount");
    dismount.noticeIf(OVERRIDE, "a virtual unit that is open is never dismounted");
    return dismount.as("dismount");
  }
}
