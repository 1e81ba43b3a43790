package org.copybay.control.command;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A CL command of IBM i for optical storage (IBM i, CL command reference; System i: Storage
 * solutions, Optical storage).
 *
 * @param name of it
 * @param verb of the modern command, behind {@link Verb#OPTICAL}
 * @param parameters in the order in which their values stand without keywords
 * @param implied what the modern command has besides, by key, unless the line says it
 */
record ClForm(String name, String verb, List<ClParameter> parameters, Map<String, String> implied) {
  private static final String DEVICE = "device";
  private static final String VOLUME = "volume";
  private static final String MOUNTED = "*MOUNTED=*MOUNTED";
  private static final String LEAVE = "*LEAVE=leave|*UNLOAD=unload";
  private static final String YES = "*NO=no|*YES=yes";
  private static final String BY_MODE = "owner and mode of optical/ID say who may";
  private static final String SHELF = "it comes from the shelf, or is new";

  /** All of them. */
  static final List<ClForm> ALL =
      List.of(
          dupopt(),
          inzopt(),
          chkoptvol(),
          chgoptvol(),
          dspopt(),
          wrkoptvol(),
          addoptctg(),
          rmvoptctg(),
          cvtoptbku(),
          crtdevopt(),
          crtdevmlb());

  ClForm {
    parameters = List.copyOf(parameters);
    implied = Map.copyOf(implied);
  }

  private static ClForm form(String name, String verb, ClParameter... parameters) {
    return new ClForm(name, verb, List.of(parameters), Map.of());
  }

  private static ClForm dupopt() {
    return form(
        "DUPOPT",
        "duplicate",
        ClParameter.name("FROMVOL", "from", MOUNTED),
        ClParameter.names("TOVOL", "to", MOUNTED + "|*BOOT=*BOOT"),
        ClParameter.names("NEWVOL", "newvol", "*TOVOL=*TOVOL|*FROMVOL=*FROMVOL"),
        ClParameter.special("CLEAR", "clear", YES),
        ClParameter.name("FROMDEV", "fromdev", ""),
        ClParameter.name("TODEV", "todev", ""),
        ClParameter.special("ALWMEDERR", "mederr", "*NONE=none|*FILE=file"),
        ClParameter.special("OUTPUT", "output", "*ERROR=error|*NONE=none"),
        ClParameter.special("FROMENDOPT", "fromend", LEAVE),
        ClParameter.special("TOENDOPT", "toend", LEAVE));
  }

  private static ClForm inzopt() {
    return form(
        "INZOPT",
        "initialize",
        ClParameter.name("VOL", VOLUME, MOUNTED),
        ClParameter.name("NEWVOL", "newvol", "*VOL=*VOL"),
        ClParameter.name("DEV", DEVICE, ""),
        ClParameter.number("THRESHOLD", "threshold", "*CALC=*CALC"),
        ClParameter.special("CHECK", "check", YES),
        ClParameter.special("ENDOPT", "endopt", LEAVE),
        ClParameter.special("CLEAR", "clear", YES),
        ClParameter.text("TEXT", "text", "*BLANK="),
        ClParameter.special("TYPE", "type", "*PRIMARY=primary|*BACKUP=backup"),
        ClParameter.number("CCSID", "ccsid", "*CALC=calc"),
        ClParameter.special("MEDFMT", "format", "*MEDTYPE=medtype|*HPOFS=hpofs|*UDF=udf"));
  }

  private static ClForm chkoptvol() {
    return form(
        "CHKOPTVOL",
        "check",
        ClParameter.name("VOL", VOLUME, MOUNTED + "|*ALL=*ALL"),
        ClParameter.special("OUTPUT", "output", "*ERROR=error|*NONE=none|*PRINT=print"),
        ClParameter.name("DEV", DEVICE, ""));
  }

  private static ClForm chgoptvol() {
    return form(
        "CHGOPTVOL",
        "change",
        ClParameter.name("VOL", VOLUME, MOUNTED),
        ClParameter.number("THRESHOLD", "threshold", "*SAME="),
        ClParameter.unused("AUTL", BY_MODE),
        ClParameter.text("TEXT", "text", "*SAME=|*BLANK="),
        ClParameter.name("DEV", DEVICE, ""));
  }

  private static ClForm dspopt() {
    return form(
        "DSPOPT",
        "show",
        ClParameter.name("VOL", VOLUME, MOUNTED + "|*ALL=*ALL"),
        ClParameter.name("DEV", DEVICE, ""),
        ClParameter.special("DATA", "data", "*VOLATR=volatr"),
        ClParameter.unused("PATH", "only the attributes of a volume are shown"),
        ClParameter.unused("OUTPUT", "the reply has it"));
  }

  private static ClForm wrkoptvol() {
    return form(
        "WRKOPTVOL",
        "show",
        ClParameter.name("VOL", VOLUME, "*ALL=*ALL|*MOUNTED=*MOUNTED"),
        ClParameter.name("DEV", DEVICE, "*ALL="),
        ClParameter.name("MLB", DEVICE, "*ALL="),
        ClParameter.unused("CSI", "the bay is the only one"),
        ClParameter.unused("OUTPUT", "the reply has it"));
  }

  private static ClForm addoptctg() {
    return form(
        "ADDOPTCTG",
        "add",
        ClParameter.name("MLB", DEVICE, ""),
        ClParameter.unused("AUTL", BY_MODE),
        ClParameter.unused("MEDLOC", SHELF),
        ClParameter.unused("DIR", "a directory is read when it is needed"),
        ClParameter.unused("RESCAN", SHELF));
  }

  private static ClForm rmvoptctg() {
    return form(
        "RMVOPTCTG",
        "remove",
        ClParameter.name("VOL", VOLUME, MOUNTED),
        ClParameter.unused("VOLOPT", "what is known of its volumes is kept, on the shelf too"),
        ClParameter.unused("MEDLOC", "it goes to the shelf"),
        ClParameter.text("RMVCTGLOC", "location", "*NONE="),
        ClParameter.unused("MLB", "the volume says it"),
        ClParameter.name("DEV", DEVICE, ""));
  }

  private static ClForm cvtoptbku() {
    return new ClForm(
        "CVTOPTBKU",
        "convert",
        List.of(
            ClParameter.name("BKUVOL", VOLUME, ""),
            ClParameter.name("PRIVOL", "newvol", "*PRVPRIVOL=*PRVPRIVOL")),
        Map.of("newvol", "*PRVPRIVOL"));
  }

  private static ClForm crtdevopt() {
    return new ClForm(
        "CRTDEVOPT",
        "device",
        List.of(
            ClParameter.name("DEVD", "name", ""),
            ClParameter.special("RSRCNAME", "type", "*VRT=virtual|*NONE=standalone"),
            ClParameter.unused("TYPE", "RSRCNAME says whether it is an image catalogue"),
            ClParameter.unused("ONLINE", "a device is there until it is deleted"),
            ClParameter.unused("TEXT", "a device has no description")),
        Map.of("type", "standalone"));
  }

  private static ClForm crtdevmlb() {
    return new ClForm(
        "CRTDEVMLB",
        "device",
        List.of(
            ClParameter.name("DEVD", "name", ""),
            ClParameter.unused("DEVCLS", "every library here is optical"),
            ClParameter.unused("RSRCNAME", "a library here has no hardware"),
            ClParameter.unused("ONLINE", "a device is there until it is deleted"),
            ClParameter.unused("TEXT", "a device has no description")),
        Map.of("type", "library"));
  }

  /** The command of that name in any case, or null. */
  static @Nullable ClForm find(String wanted) {
    return ALL.stream()
        .filter(form -> form.name().equalsIgnoreCase(wanted))
        .findFirst()
        .orElse(null);
  }

  /** The parameter of that keyword in any case, or null. */
  @Nullable ClParameter parameter(String keyword) {
    return parameters.stream()
        .filter(each -> each.keyword().equalsIgnoreCase(keyword))
        .findFirst()
        .orElse(null);
  }

  /** The whole of it on one line. */
  String grammar() {
    return name + parameters.stream().map(each -> " " + each.shown()).collect(Collectors.joining());
  }
}
