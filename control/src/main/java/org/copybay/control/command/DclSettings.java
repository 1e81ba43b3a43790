package org.copybay.control.command;

import java.util.List;
import org.copybay.control.command.DclLine.Item;
import org.copybay.control.command.DclLine.Qualifier;

/** SET SHADOW of OpenVMS. */
final class DclSettings {
  private static final String PRIORITY = "PRIORITY";
  private static final String MEMBER_TIMEOUT = "MEMBER_TIMEOUT";
  private static final String FORCE_REMOVAL = "FORCE_REMOVAL";
  private static final String DEMAND_MERGE = "DEMAND_MERGE";
  private static final String STALL = "STALL";
  private static final String NOSTALL = "NOSTALL";

  private static final DclWords SETTABLE = new DclWords("object of SET", "", List.of("SHADOW"));

  private DclSettings() {}

  static Command set(String line, DclLine cut, Devices devices) throws RefusedException {
    if (!cut.parameters().isEmpty()) {
      Item object = cut.parameters().get(0);
      SETTABLE.find(object.text(), object.column());
    }
    DclCommand set =
        new DclCommand(
            line,
            cut,
            devices,
            "SET SHADOW",
            List.of(DEMAND_MERGE, PRIORITY, MEMBER_TIMEOUT, FORCE_REMOVAL, STALL, NOSTALL));
    Item device = set.parameter(1);
    if (device == null) {
      throw set.missing("a device", "SET SHADOW DSA42: /PRIORITY=5000");
    }
    set.requireNoMore(2);
    List<String> orders = List.of(DEMAND_MERGE, FORCE_REMOVAL, STALL, NOSTALL);
    String order = set.oneOf(orders);
    String setting = set.find(PRIORITY) != null ? PRIORITY : MEMBER_TIMEOUT;
    if (order != null && set.find(setting) != null) {
      throw set.contradiction(order, setting);
    }
    if (order == null && set.find(setting) == null) {
      throw set.missing("a qualifier", "SET SHADOW DSA42: /PRIORITY=5000");
    }
    return set(set, device, order == null ? setting : order);
  }

  private static Command set(DclCommand set, Item device, String action) throws RefusedException {
    switch (action) {
      case FORCE_REMOVAL -> {
        return forceRemoval(set, device);
      }
      case STALL -> {
        putUnits(set, device);
        stall(set);
        return set.as("stall");
      }
      case NOSTALL -> {
        set.requireNoValue(NOSTALL);
        putUnits(set, device);
        return set.as("thaw");
      }
      case DEMAND_MERGE -> {
        set.requireNoValue(DEMAND_MERGE);
        set.put("set", device.column(), set.unit(device));
        return set.as("merge");
      }
      default -> {
        set.put("set", device.column(), set.unit(device));
        putNumber(set, PRIORITY, "priority");
        putNumber(set, MEMBER_TIMEOUT, "member_timeout");
        return set.as("shadow");
      }
    }
  }

  /** DSA42:/FORCE_REMOVAL=VOLUME: and VOLUME:/FORCE_REMOVAL. */
  private static Command forceRemoval(DclCommand set, Item device) throws RefusedException {
    Qualifier force = set.find(FORCE_REMOVAL);
    int column = force == null ? 0 : force.column();
    if (force != null && !force.values().isEmpty()) {
      set.put("set", device.column(), set.unit(device));
      set.putVolumes("members", force.values());
    } else if (DclCommand.isUnit(device)) {
      throw RefusedException.badRequest(
          column, "/FORCE_REMOVAL of a virtual unit needs a member", "/FORCE_REMOVAL=VOLUME:");
    } else {
      set.putVolumes("members", device.parts());
    }
    set.put("force", column, "yes");
    return set.as("dismount");
  }

  private static void putUnits(DclCommand set, Item device) throws RefusedException {
    List<Item> parts = device.parts();
    String[] units = new String[parts.size()];
    for (int i = 0; i < units.length; i++) {
      units[i] = set.unit(parts.get(i));
    }
    set.put("sets", device.column(), units);
  }

  /** WRITES, or WRITES=SECONDS. */
  private static void stall(DclCommand set) throws RefusedException {
    Qualifier stall = set.find(STALL);
    if (stall == null || stall.values().isEmpty()) {
      return;
    }
    Item value = set.value(stall);
    int equals = value.text().indexOf('=');
    String head = equals < 0 ? value.text() : value.text().substring(0, equals);
    new DclWords("value of /STALL", "", List.of("WRITES")).find(head, value.column());
    if (equals >= 0) {
      set.put("seconds", value.column() + equals + 1, value.text().substring(equals + 1));
    }
  }

  private static void putNumber(DclCommand set, String qualifier, String key)
      throws RefusedException {
    Qualifier found = set.find(qualifier);
    if (found != null) {
      Item value = set.value(found);
      set.put(key, value.column(), value.text());
    }
  }
}
