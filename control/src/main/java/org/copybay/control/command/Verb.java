package org.copybay.control.command;

import java.util.List;
import java.util.stream.Stream;
import org.copybay.control.report.Errno;
import org.copybay.volumes.bay.Bay;
import org.jspecify.annotations.Nullable;

/**
 * One verb: what it accepts, what it does and how it is explained. The table of verbs generates the
 * usage of every ctl file and the files below commands/.
 *
 * @param grammar the whole form on one line
 * @param summary what it does, in one line
 * @param subject the key that the ctl file of an object supplies, empty for none
 * @param keys the keys of its own
 * @param plain the keys that plain values fill, in this order, where they are not yet given
 * @param rules what else is to know, one line each
 * @param examples lines to paste
 * @param errnos the numbers it can answer with, besides those that every command can
 * @param destroys whether bytes are lost by it, so that only the owner may and it is audited
 */
record Verb(
    String name,
    String grammar,
    String summary,
    String subject,
    List<Key> keys,
    List<String> plain,
    List<String> rules,
    List<String> examples,
    List<Errno> errnos,
    Destroys destroys,
    Handler handler) {

  /** What the verbs of QuickOPC begin with. */
  static final String QUICKOPC = "quickopc-";

  /** What the verbs of safeguarded sessions begin with. */
  static final String SAFEGUARDED = "safeguarded-";

  /** What the verbs of optical storage begin with. */
  static final String OPTICAL = "optical-";

  /** What the verbs of tape libraries begin with. */
  static final String TAPE = "tape-";

  /** The keys that every command takes. */
  static final List<Key> COMMON =
      List.of(
          Key.optional("id", "name of the job, and proof against running twice (kept for 7 days)"),
          Key.optional("note", "any text; it is kept with the command"),
          Key.word("dry-run", "yes: check, change nothing, reply what would happen"),
          Key.optional("expect-gen", "refuse (ESTALE) unless the volume has this generation"),
          Key.word("if-state", "refuse (EAGAIN) unless the object is in this state"));

  /** The numbers that every command can answer with. */
  static final List<Errno> COMMON_ERRNOS =
      List.of(
          Errno.EINVAL,
          Errno.E2BIG,
          Errno.EEXIST,
          Errno.EBUSY,
          Errno.ESTALE,
          Errno.EAGAIN,
          Errno.EROFS,
          Errno.EIO,
          Errno.ENOSPC);

  Verb {
    keys = List.copyOf(keys);
    plain = List.copyOf(plain);
    rules = List.copyOf(rules);
    examples = List.copyOf(examples);
    errnos = List.copyOf(errnos);
  }

  /** Decides whether a command destroys bytes. */
  @FunctionalInterface
  interface Destroys {
    /** Whether this one does. */
    boolean with(Arguments arguments) throws RefusedException;

    /** Whether it is only for who mounted and root, where it does; else the verb says for whom. */
    default boolean byOwner() {
      return true;
    }

    /** Such a verb never does. */
    Destroys NEVER = arguments -> false;

    /** Such a verb always does. */
    Destroys ALWAYS = arguments -> true;

    /** Such a verb always does, also for others than who mounted and root. */
    Destroys BY_MORE =
        new Destroys() {
          @Override
          public boolean with(Arguments arguments) {
            return true;
          }

          @Override
          public boolean byOwner() {
            return false;
          }
        };

    /** Such a verb does where that key is yes. */
    static Destroys whenYes(String key) {
      return arguments -> arguments.yes(key, false);
    }
  }

  /** Checks one bound command and says what it will do. */
  @FunctionalInterface
  interface Handler {
    /** Changes nothing; finds all that can be found without doing it. */
    Plan prepare(Request request) throws RefusedException;

    /** Such a handler, for what is refused in a bay that nothing may change. */
    static Handler changing(Bay bay, Handler handler) {
      return request -> {
        request.arguments().require("", bay::requireChangeable);
        return handler.prepare(request);
      };
    }
  }

  /** The key of that name, its own or one that every command takes, or null. */
  @Nullable Key key(String wanted) {
    return allKeys().filter(key -> key.name().equals(wanted)).findFirst().orElse(null);
  }

  Stream<Key> allKeys() {
    return Stream.concat(keys.stream(), COMMON.stream());
  }

  /** The keys of which one names what the verb is about: its subject, and a set instead of it. */
  List<String> subjects() {
    return keys.stream()
        .filter(key -> key.name().equals(subject) || key.holds() == Key.Holds.SET)
        .map(Key::name)
        .toList();
  }

  /** The key that the ctl file of such an object supplies, or null. */
  @Nullable String suppliedBy(Scope.Kind kind) {
    Stream<String> groups =
        keys.stream().filter(key -> key.holds() == Key.Holds.GROUP).map(Key::name);
    return Stream.concat(subjects().stream(), groups)
        .filter(name -> kindOf(name) == kind)
        .findFirst()
        .orElse(null);
  }

  private Scope.@Nullable Kind kindOf(String name) {
    Key key = key(name);
    if (key == null) {
      return null;
    }
    return switch (key.holds()) {
      case VOLUME -> Scope.Kind.VOLUME;
      case JOB -> Scope.Kind.JOB;
      case SET -> Scope.Kind.SET;
      case GROUP -> Scope.Kind.GROUP;
      case PAIR -> Scope.Kind.PAIR;
      case SESSION -> Scope.Kind.SESSION;
      case SIDE -> Scope.Kind.SIDE;
      case LIBRARY -> Scope.Kind.LIBRARY;
      case BARCODE, WORD, SPECIAL, VALUE -> null;
    };
  }

  /** The kinds of objects in whose ctl file the verb may leave out what it is about. */
  List<Scope.Kind> homes() {
    return Stream.of(Scope.Kind.values()).filter(kind -> suppliedBy(kind) != null).toList();
  }

  /** Whether the verb can be written to the ctl file of such an object. */
  boolean belongsTo(Scope.Kind kind) {
    return kind == Scope.Kind.BAY
        || suppliedBy(kind) != null
        || name.equals("help")
        || (kind == Scope.Kind.QUICKOPC && name.startsWith(QUICKOPC))
        || (kind == Scope.Kind.SAFEGUARD && name.startsWith(SAFEGUARDED))
        || (kind == Scope.Kind.OPTICAL && name.startsWith(OPTICAL))
        || (kind == Scope.Kind.TAPE && name.startsWith(TAPE));
  }
}
