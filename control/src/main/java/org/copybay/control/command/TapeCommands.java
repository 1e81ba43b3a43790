package org.copybay.control.command;

import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENOENT;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.copybay.control.report.Errno;
import org.copybay.copy.library.Protection;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.smartcopy.Policies;
import org.copybay.copy.smartcopy.SmartCopies;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.drive.TapeDrive;
import org.jspecify.annotations.Nullable;

/** What the verbs of tape libraries find and check alike. */
record TapeCommands(
    Bay bay, Tapes tapes, SmartCopies copies, Policies policies, Owner owner, OutsidePath outside) {
  static final String LIBRARY = "library";
  static final String BARCODE = "barcode";
  static final String DRIVE = "drive";
  static final String SLOT = "slot";
  static final String ACTION = "action";

  static final Key OF_LIBRARY = new Key(LIBRARY, Key.Holds.LIBRARY, false, "the library");
  static final Key OF_BARCODE = new Key(BARCODE, Key.Holds.BARCODE, false, "the cartridge");

  /** All of these verbs. */
  List<Verb> verbs() {
    List<Verb> all = new ArrayList<>(new TapeLibraryVerb(this, outside).verbs());
    all.addAll(new TapeCartridgeVerbs(this).verbs());
    all.addAll(new TapeMediumVerbs(this).verbs());
    all.addAll(new TapePoolVerbs(this).verbs());
    all.addAll(new TapeMoveVerbs(this).verbs());
    all.addAll(new TapeCopyVerb(this).verbs());
    all.addAll(new TapeRestoreVerbs(this).verbs());
    all.addAll(new TapePolicyVerb(this).verbs());
    all.addAll(new TapeQueueVerb(this).verbs());
    all.addAll(new TapeShowVerb(this).verbs());
    return all;
  }

  Verb.Handler changing(Verb.Handler handler) {
    return Verb.Handler.changing(bay, handler);
  }

  /** The numbers that verbs about tapes can answer with, and some more. */
  static List<Errno> errnos(Errno... more) {
    List<Errno> all = new ArrayList<>(List.of(ENOENT, EACCES));
    all.addAll(List.of(more));
    return all;
  }

  // ---- names

  /** The library of library=. NOT_FOUND. */
  TapeLibrary library(Arguments arguments) throws RefusedException {
    return library(arguments, LIBRARY);
  }

  TapeLibrary library(Arguments arguments, String key) throws RefusedException {
    String name = arguments.text(key);
    return arguments.at(key, () -> tapes.library(name));
  }

  /** The cartridge of barcode=. NOT_FOUND. */
  TapeCartridge cartridge(Arguments arguments) throws RefusedException {
    String barcode = arguments.text(BARCODE);
    return arguments.at(BARCODE, () -> tapes.cartridge(barcode));
  }

  /**
   * The cartridge of barcode=, or what is in slot= of library=. NOT_FOUND, NO_MEDIUM, BAD_REQUEST.
   */
  TapeCartridge cartridgeOrSlot(Arguments arguments, String slot) throws RefusedException {
    if (arguments.has(BARCODE)) {
      if (arguments.has(slot)) {
        throw RefusedException.badRequest(
            arguments.column(slot), "barcode= and " + slot + "= are both given, want one of them");
      }
      return cartridge(arguments);
    }
    if (!arguments.has(slot) || !arguments.names(LIBRARY)) {
      throw RefusedException.badRequest(
          arguments.line().stripTrailing().length(),
          "want barcode=, or library= and " + slot + "=",
          "ls .control/tape/media");
    }
    TapeLibrary library = library(arguments);
    int element = element(arguments, slot);
    return arguments.at(slot, () -> tapes.changer().inElement(library, element));
  }

  /** The number of a storage element. */
  static int element(Arguments arguments, String key) throws RefusedException {
    return (int) Math.min(Integer.MAX_VALUE, arguments.number(key));
  }

  /**
   * The drive of drive=: nst0 or st0 as in drives/, or a data transfer element of that library; the
   * only one where the key is missing. NOT_FOUND, BAD_REQUEST.
   */
  TapeDrive drive(Arguments arguments, @Nullable TapeLibrary library) throws RefusedException {
    if (!arguments.has(DRIVE)) {
      if (library == null || library.drives().isEmpty()) {
        throw RefusedException.badRequest(
            arguments.line().stripTrailing().length(), "want drive=", "drive=nst0");
      }
      return library.drives().get(0);
    }
    String text = arguments.text(DRIVE).toLowerCase(Locale.ROOT);
    boolean named = text.matches("n?st[0-9]{1,6}");
    if (!named && !text.matches("[0-9]{1,6}")) {
      throw RefusedException.badRequest(
          arguments.column(DRIVE), "drive= is nst0, or 0 for the first one of a library");
    }
    int number = Integer.parseInt(text.replaceAll("[^0-9]", ""));
    TapeDrive found =
        named
            ? tapes.driveOrNull(number)
            : library != null && number < library.drives().size()
                ? library.drives().get(number)
                : null;
    if (found == null) {
      throw arguments.refuse(
          DRIVE,
          Fault.NOT_FOUND,
          "no drive " + text + (named || library == null ? "" : " in library " + library.name()),
          "ls drives");
    }
    return found;
  }

  /** The protection of a key: none, permanent, a time, or a span from now on. BAD_REQUEST. */
  Protection protection(Arguments arguments, String key) throws RefusedException {
    String text = arguments.text(key);
    return switch (text) {
      case "none" -> Protection.NONE;
      case "permanent" -> Protection.PERMANENT;
      default ->
          Protection.until(
              arguments.at(
                  key,
                  () ->
                      text.contains("-")
                          ? Instant.ofEpochMilli(Spans.instant(text))
                          : tapes.now().plusMillis(Spans.parse(text))));
    };
  }

  // ---- who may

  /** DENIED to everybody but who mounted and root. */
  void requireOwner(Request request, String key, String what) throws RefusedException {
    owner.require(request.caller(), request.arguments(), key, what, null);
  }

  /** DENIED to everybody but who mounted and root: the daemon opens files there for him. */
  void requireMounter(Request request, String key, String what) throws RefusedException {
    owner.requireMounter(request.caller(), request.arguments(), key, what, null);
  }

  // ---- words

  /** A reply of one sentence. */
  static Reply reply(String text) {
    return Reply.text(Subject.NONE, text);
  }

  static Subject subject(TapeCartridge cartridge) {
    return Subject.none("cartridge " + cartridge.barcode());
  }
}
