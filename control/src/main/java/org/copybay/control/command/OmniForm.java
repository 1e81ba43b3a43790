package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A command of HP Data Protector for media and media pools (HP Data Protector, Command line
 * interface reference: omnimm, omniminit, omnimcopy, omnimver). A backup device is a tape library
 * here, and what is in it is named by its slot.
 *
 * @param command its first word
 * @param action the option that says what is done, or empty
 * @param verb of the modern command, behind {@code tape-}
 * @param operands in the order in which they stand behind the action
 * @param flags that may stand behind them
 * @param implied what the modern command has besides, by key
 */
record OmniForm(
    String command,
    String action,
    String verb,
    List<OmniOperand> operands,
    List<DialectFlag> flags,
    Map<String, String> implied) {
  static final String SLOT = "-slot";
  static final String SOURCE_SLOT = "-src_slot";
  static final String FROM = "-from";

  private static final String OMNIMM = "omnimm";
  private static final String POOL = "POOL";
  private static final String NAME = "name";
  private static final String LIBRARY = "LIBRARY";
  private static final OmniOperand TYPE =
      new OmniOperand("TYPE", "media", true, OmniOperand.Holds.MEDIA);
  private static final OmniOperand POLICY =
      new OmniOperand(
          "Loose|Strict|App+Loose|App+Strict", "allocation", false, OmniOperand.Holds.POLICY);
  private static final OmniOperand AGE = OmniOperand.maybe("MONTHS", "months");
  private static final OmniOperand OVERWRITES = OmniOperand.maybe("OVERWRITES", "overwrites");

  /** Of a pool that lends from another one. */
  private static final List<DialectFlag> FREE =
      List.of(
          DialectFlag.with("-free_pool", "free-pool", "POOL"),
          DialectFlag.alone("-no_free_pool", "free-pool", "none"),
          DialectFlag.alone("-move_free_media", "move-free", "yes"),
          DialectFlag.alone("-no_move_free_media", "move-free", "no"));

  private static final DialectFlag FORCE = DialectFlag.alone("-force", "clear", "yes");
  private static final DialectFlag OF_SLOT = DialectFlag.with(SLOT, "", "N");
  private static final DialectFlag SIZE = DialectFlag.with("-size", "", "N");

  /** All of them. */
  static final List<OmniForm> ALL = all();

  OmniForm {
    operands = List.copyOf(operands);
    flags = List.copyOf(flags);
    implied = Map.copyOf(implied);
  }

  private static List<OmniForm> all() {
    List<OmniForm> all = new ArrayList<>(pools());
    all.addAll(shownPools());
    all.addAll(media());
    all.addAll(devices());
    return List.copyOf(all);
  }

  private static List<OmniForm> pools() {
    OmniOperand pool = OmniOperand.needed(POOL, NAME);
    return List.of(
        new OmniForm(
            OMNIMM,
            "-create_pool",
            "pool",
            List.of(pool, TYPE, POLICY, AGE, OVERWRITES),
            FREE,
            Map.of()),
        new OmniForm(
            OMNIMM,
            "-create_free_pool",
            "pool",
            List.of(pool, TYPE, AGE, OVERWRITES),
            List.of(),
            Map.of()),
        new OmniForm(
            OMNIMM,
            "-modify_pool",
            "pool",
            List.of(pool, OmniOperand.needed("NEWPOOL", NAME), POLICY, AGE, OVERWRITES),
            FREE,
            Map.of()),
        new OmniForm(
            OMNIMM, "-remove_pool", "pool", List.of(pool), List.of(), Map.of("action", "delete")));
  }

  private static List<OmniForm> shownPools() {
    return List.of(
        new OmniForm(
            OMNIMM,
            "-show_pools",
            "show",
            List.of(OmniOperand.maybe(POOL, "pools")),
            List.of(),
            Map.of("pools", "all")),
        new OmniForm(
            OMNIMM,
            "-list_pool",
            "show",
            List.of(OmniOperand.needed(POOL, "pool")),
            List.of(),
            Map.of()));
  }

  private static List<OmniForm> media() {
    List<OmniForm> all = new ArrayList<>();
    for (String action : List.of("-media_info", "-list_media", "-list_copy", "-check_protection")) {
      all.add(ofMedium(action, "show", List.of(), Map.of()));
    }
    all.add(
        ofMedium(
            "-move_medium",
            "set",
            List.of(OmniOperand.needed(POOL, "pool"), OmniOperand.maybe("LABEL", "label")),
            Map.of()));
    all.add(
        ofMedium(
            "-modify_medium",
            "set",
            List.of(OmniOperand.needed("LABEL", "label"), OmniOperand.maybe("LOCATION", "")),
            Map.of()));
    all.add(ofMedium("-recycle", "set", List.of(), Map.of("protect", "none")));
    return all;
  }

  /** One whose first operand is a medium. */
  private static OmniForm ofMedium(
      String action, String verb, List<OmniOperand> more, Map<String, String> implied) {
    List<OmniOperand> operands = new ArrayList<>(List.of(OmniOperand.medium()));
    operands.addAll(more);
    return new OmniForm(OMNIMM, action, verb, operands, List.of(), implied);
  }

  private static List<OmniForm> devices() {
    OmniOperand device = OmniOperand.needed(LIBRARY, TapeCommands.LIBRARY);
    return List.of(
        new OmniForm(OMNIMM, "-barcode_scan", "inventory", List.of(device), List.of(), Map.of()),
        new OmniForm(
            OMNIMM,
            "-eject",
            "eject",
            List.of(device, OmniOperand.needed("SLOT", "slot")),
            List.of(DialectFlag.with("-location", "location", "TEXT")),
            Map.of()),
        new OmniForm(
            "omniminit",
            "-init",
            "initialize",
            List.of(device, OmniOperand.needed("LABEL", "label")),
            List.of(OF_SLOT, FORCE, SIZE),
            Map.of()),
        new OmniForm(
            "omnimcopy",
            "-copy",
            "copy",
            List.of(device),
            List.of(
                OF_SLOT,
                DialectFlag.with(FROM, "", LIBRARY),
                DialectFlag.with(SOURCE_SLOT, "", "N"),
                DialectFlag.with("-pool", "pool", POOL),
                DialectFlag.alone("-permanent", "protect", "permanent"),
                DialectFlag.with("-until", "protect", "TIME"),
                DialectFlag.alone("-eject", "eject", "yes"),
                FORCE,
                SIZE),
            Map.of()),
        new OmniForm("omnimver", "", "check", List.of(device), List.of(OF_SLOT), Map.of()));
  }

  /** The form of a command and of its first option, or null. */
  static @Nullable OmniForm find(String command, String action) {
    return of(command).stream()
        .filter(form -> form.action.isEmpty() || form.action.equals(action))
        .findFirst()
        .orElse(null);
  }

  /** The forms of a command; none where it is no command of Data Protector. */
  static List<OmniForm> of(String command) {
    return ALL.stream().filter(form -> form.command.equalsIgnoreCase(command)).toList();
  }

  /** The flag of that name, or null. */
  @Nullable DialectFlag flag(String wanted) {
    return flags.stream().filter(flag -> flag.name().equals(wanted)).findFirst().orElse(null);
  }

  /** Command and action. */
  String shown() {
    return action.isEmpty() ? command : command + " " + action;
  }

  /** The whole of it on one line. */
  String grammar() {
    String words = operands.stream().map(each -> " " + each.shown()).collect(Collectors.joining());
    String options =
        flags.stream().map(each -> " [" + each.shown() + "]").collect(Collectors.joining());
    return shown() + words + options;
  }
}
