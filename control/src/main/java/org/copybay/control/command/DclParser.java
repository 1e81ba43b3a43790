package org.copybay.control.command;

import java.util.List;
import java.util.Locale;
import org.copybay.control.command.DclLine.Item;
import org.copybay.volumes.Words;

/**
 * Turns the command lines of OpenVMS for shadow sets into the commands of the modern dialect that
 * mean the same, so that all checks are in one place. The columns stay those of the written line.
 */
final class DclParser {
  private static final String BITMAP = "BITMAP";
  private static final String FULL = "FULL";

  private static final DclWords VERBS =
      new DclWords("verb", "", List.of("MOUNT", "DISMOUNT", "SHOW", "SET", "DELETE"));
  private static final DclWords SHOWN =
      new DclWords("object of SHOW", "", List.of("SHADOW", "DEVICES"));

  private static final List<String> LOOKS = List.of(FULL, "ACTIVE", "COPY", "MERGE", "BY_PRIORITY");

  private final Devices devices;

  DclParser(Devices devices) {
    this.devices = devices;
  }

  // ---- which lines are DCL

  /**
   * Whether a line is DCL: its verb holds a slash; or it is one of those that it knows, and a word
   * begins with a slash or ends in a colon. A word that is quoted or {@code key=value} says
   * nothing.
   */
  static boolean takes(String line) {
    List<String> words = DclLine.bareWords(line);
    if (words == null) {
      return false;
    }
    String first = words.get(0);
    if (first.indexOf('/') > 0) {
      return true;
    }
    String verb = VERBS.findOrNull(first);
    if (verb == null || (first.length() < 4 && !verb.equals(first.toUpperCase(Locale.ROOT)))) {
      return false;
    }
    List<String> rest = words.subList(1, words.size());
    return switch (verb) {
      case "SET" -> true;
      case "SHOW" ->
          rest.stream().anyMatch(DclParser::isSign)
              || (!rest.isEmpty()
                  && rest.get(0).length() >= 4
                  && SHOWN.findOrNull(rest.get(0)) != null);
      case "DELETE" -> rest.stream().anyMatch(word -> word.startsWith("/"));
      default -> rest.stream().anyMatch(DclParser::isSign);
    };
  }

  private static boolean isSign(String word) {
    return word.indexOf('/') >= 0 || word.endsWith(":");
  }

  // ---- verbs

  /** The command that the line means. */
  Command parse(String line) throws RefusedException {
    DclLine cut = DclLine.cut(line);
    String verb = VERBS.find(cut.verb().text(), cut.verb().column());
    return switch (verb) {
      case "MOUNT" -> DclMounts.mount(line, cut, devices);
      case "DISMOUNT" -> DclMounts.dismount(line, cut, devices);
      case "SHOW" -> show(line, cut);
      case "DELETE" -> delete(line, cut);
      default -> DclSettings.set(line, cut, devices);
    };
  }

  // ---- SHOW

  private Command show(String line, DclLine cut) throws RefusedException {
    if (cut.parameters().isEmpty()) {
      throw RefusedException.badRequest(
          line.stripTrailing().length(), "SHOW needs SHADOW or DEVICES", "SHOW SHADOW");
    }
    Item object = cut.parameters().get(0);
    boolean shadow = SHOWN.find(object.text(), object.column()).equals("SHADOW");
    DclCommand show =
        shadow
            ? new DclCommand(line, cut, devices, "SHOW SHADOW", LOOKS)
            : new DclCommand(line, cut, devices, "SHOW DEVICES", List.of(BITMAP, FULL));
    Item device = show.parameter(1);
    if (device != null && !DclCommand.isUnit(device)) {
      throw RefusedException.badRequest(
          device.column(),
          "SHOW tells of virtual units, as DSA42:, got " + device.text(),
          "cat .control/volumes/" + Words.word(show.volume(device)) + "/status");
    }
    if (device != null) {
      show.put("set", device.column(), show.unit(device));
    }
    show.requireNoMore(2);
    if (shadow) {
      String look = show.oneOf(LOOKS);
      if (look != null) {
        show.putIf(look, "what", look.toLowerCase(Locale.ROOT));
      }
    } else if (show.has(BITMAP)) {
      show.requireNoValue(FULL); // there is one table, which is the full one
      show.putIf(BITMAP, "what", "bitmap");
    } else {
      show.putIf(FULL, "what", "full");
    }
    return show.as("show");
  }

  // ---- DELETE

  private Command delete(String line, DclLine cut) throws RefusedException {
    DclCommand delete =
        new DclCommand(line, cut, devices, "DELETE", List.of(BITMAP, "LOG", "NOLOG"));
    String form = "DELETE/BITMAP ID, with an ID of SHOW DEVICE/BITMAP";
    if (!delete.has(BITMAP)) {
      throw delete.missing("/BITMAP", form + "; a volume is deleted by: delete volume=NAME");
    }
    Item id = delete.parameter(0);
    if (id == null) {
      throw delete.missing("the ID of a bitmap", form);
    }
    delete.requireNoMore(1);
    String member = delete.volume(id);
    delete.put("action", cut.verb().column(), "delete");
    delete.put("set", id.column(), delete.unitOf(member, id.column()));
    delete.put("bitmap", id.column(), member);
    return delete.as("bitmap");
  }
}
