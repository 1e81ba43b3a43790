package org.copybay.control.command;

import static org.copybay.control.command.TapeCommands.ACTION;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.copybay.copy.schedule.Schedule;
import org.copybay.copy.smartcopy.CopyPolicy;
import org.copybay.copy.smartcopy.CopyPolicy.SlotRange;
import org.copybay.copy.smartcopy.CopyPolicy.Trigger;
import org.copybay.copy.smartcopy.CopyWindow;
import org.copybay.copy.smartcopy.Policies;
import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;

/** The verb that makes, changes, runs and deletes policies of automatic copies. */
final class TapePolicyVerb {
  private static final String NAME = "name";
  private static final String SOURCE = "source";
  private static final String POOL = "pool";
  private static final String DESTINATION = "destination";
  private static final String TARGET_POOL = "target-pool";
  private static final String SAME = "same";
  private static final String SLOTS = "slots";
  private static final String DRIVES = "drives";
  private static final String PRIORITY = "priority";
  private static final String ON = "on";
  private static final String SCHEDULE = "schedule";
  private static final String SETTLE = "settle";
  private static final String WINDOW = "window";
  private static final String AT_WINDOW_END = "at-window-end";
  private static final String ATTEMPTS = "attempts";
  private static final String RETRY = "retry";
  private static final String COPIES = "copies";
  private static final String PROTECT = "protect";
  private static final String VERIFY = "verify";
  private static final String EJECT = "eject";
  private static final String ALARM = "alarm";
  private static final String ENABLED = "enabled";
  private static final String NONE = "none";
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");

  private final TapeCommands commands;
  private final Policies policies;

  TapePolicyVerb(TapeCommands commands) {
    this.commands = commands;
    this.policies = commands.policies();
  }

  List<Verb> verbs() {
    return List.of(
        new Verb(
            "tape-policy",
            "tape policy name=NAME [source=LIBRARY] [destination=LIBRARY] [pool=NAME|none]"
                + " [target-pool=same|NAME|none] [slots=A-B] [drives=N] [priority=1-9]"
                + " [on=manual|unload|session-end] [schedule=TIMES|none] [settle=SPAN]"
                + " [window=TIMES|always] [at-window-end=complete|cancel|PERCENT] [attempts=N]"
                + " [retry=SPAN] [copies=N] [protect=same|none|permanent|SPAN] [verify=yes|no]"
                + " [eject=yes|no] [alarm=SPAN|none] [enabled=yes|no] [action=set|run|delete]",
            "let cartridges be copied by themselves",
            "",
            keys(),
            List.of(NAME),
            List.of(
                "settle= lets a cartridge that is mounted several times be copied once.",
                "At the end of the window copies go on; at-window-end=cancel ends them, and 60 ends"
                    + " those of which less than 60 percent is done. They begin anew in the next"
                    + " window.",
                "A larger priority takes drives from a smaller one, whose copy is queued again.",
                "eject=yes copies as soon as possible, whatever the window.",
                "action=run queues all cartridges that have not enough copies, as the schedule"
                    + " does."),
            List.of(
                "tape policy name=OFFSITE source=VTL1 destination=VAULT on=unload settle=30m",
                "tape policy OFFSITE window=\"mon-fri 22:00 8h\" at-window-end=60",
                "tape policy NIGHTLY source=VTL1 destination=VAULT schedule=\"0 2 * * *\" copies=2",
                "tape policy OFFSITE action=run"),
            TapeCommands.errnos(),
            Verb.Destroys.NEVER,
            commands.changing(this::prepare)));
  }

  private static List<Key> keys() {
    return List.of(
        Key.required(NAME, "1 to 32 of A-Z a-z 0-9 - _ ."),
        Key.optional(SOURCE, "virtual library whose cartridges are copied"),
        Key.optional(POOL, "only those of this pool; none: all"),
        Key.optional(DESTINATION, "destination library they are copied to"),
        Key.optional(TARGET_POOL, "media pool of copies: same (usual) as their source; none"),
        Key.optional(SLOTS, "of it that may be used, as 1-20; usually all"),
        Key.optional(DRIVES, "how many copies at once, usually 1"),
        Key.optional(PRIORITY, "1 to 9, usually 5"),
        Key.word(ON, "manual (usual), unload, or session-end: when one was written"),
        Key.optional(SCHEDULE, "when all are looked at, as \"every 6h\" or \"0 3 * * *\"; none"),
        Key.optional(SETTLE, "how long one is left alone first, usually 0s"),
        Key.optional(
            WINDOW, "when copies may begin, as \"mon-fri 22:00 8h\" (UTC); always (usual)"),
        Key.optional(AT_WINDOW_END, "complete (usual), cancel, or a percentage"),
        Key.optional(ATTEMPTS, "how often one that failed is tried, usually 12"),
        Key.optional(RETRY, "time between two tries, usually 5m"),
        Key.optional(COPIES, "how many copies one has at most, usually 1"),
        Key.optional(PROTECT, "of copies: same (usual), none, permanent, or a span as 30d"),
        Key.word(VERIFY, "yes (usual): copies are read again"),
        Key.word(EJECT, "yes: copies are put on the shelf at the end"),
        Key.optional(ALARM, "after how long one that was not copied is told of; none"),
        Key.word(ENABLED, "yes (usual) or no"),
        Key.word(ACTION, "set (usual), run or delete"));
  }

  private Plan prepare(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    commands.requireOwner(request, NAME, "set copy policies");
    return switch (arguments.word(ACTION, "set", "set", "run", "delete")) {
      case "set" -> prepareSet(request);
      case "run" -> prepareRun(request);
      default -> prepareDelete(request);
    };
  }

  private CopyPolicy find(Arguments arguments) throws RefusedException {
    String name = arguments.text(NAME);
    return arguments.at(NAME, () -> policies.find(name));
  }

  private Plan prepareSet(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    CopyPolicy now = policies.findOrNull(arguments.text(NAME));
    CopyPolicy wanted = wanted(arguments, now);
    String blame = blame(arguments);
    arguments.require(blame, () -> policies.requireSet(wanted));
    return new Plan(
        Subject.none("copy policy " + wanted.name()),
        (now == null ? "make" : "change") + " copy policy " + wanted.name(),
        () ->
            arguments.at(
                blame,
                () -> {
                  policies.set(wanted, request.acceptance());
                  return TapeCommands.reply(
                      "policy " + wanted.name() + (now == null ? " is there" : " is changed"));
                }));
  }

  private static String blame(Arguments arguments) {
    return Stream.of(DESTINATION, SLOTS, TARGET_POOL, POOL)
        .filter(arguments::has)
        .findFirst()
        .orElse(NAME);
  }

  private static CopyPolicy wanted(Arguments arguments, @Nullable CopyPolicy now)
      throws RefusedException {
    if (now == null) {
      for (String key : List.of(SOURCE, DESTINATION)) {
        if (!arguments.has(key)) {
          throw RefusedException.badRequest(
              arguments.line().stripTrailing().length(),
              "a new policy needs " + key + "=LIBRARY",
              "tape policy name=NAME source=VTL1 destination=VAULT");
        }
      }
    }
    CopyPolicy usual = now == null ? CopyPolicy.usual(arguments.text(NAME)) : now;
    return new CopyPolicy(
        usual.name(),
        arguments.yes(ENABLED, usual.enabled()),
        text(arguments, SOURCE, usual.source()),
        text(arguments, POOL, usual.pool()),
        text(arguments, DESTINATION, usual.destination()),
        targetPool(arguments, usual.targetPool()),
        slots(arguments, usual.slots()),
        Numbers.of(arguments, DRIVES, usual.drives(), 1, 64),
        Numbers.of(arguments, PRIORITY, usual.priority(), 1, 9),
        trigger(arguments, usual.trigger()),
        schedule(arguments, usual.schedule()),
        span(arguments, SETTLE, usual.settle()),
        window(arguments, usual.window()),
        windowEnd(arguments, usual.atWindowEnd()),
        Numbers.of(arguments, ATTEMPTS, usual.attempts(), 1, 1000),
        span(arguments, RETRY, usual.pause()),
        Numbers.of(arguments, COPIES, usual.copies(), 1, 9),
        protect(arguments, usual.protect()),
        arguments.yes(VERIFY, usual.verify()),
        arguments.yes(EJECT, usual.eject()),
        span(arguments, ALARM, usual.alarm()));
  }

  private static String text(Arguments arguments, String key, String usual)
      throws RefusedException {
    if (!arguments.has(key)) {
      return usual;
    }
    String text = arguments.text(key);
    return text.equals(NONE) ? "" : text;
  }

  private static @Nullable String targetPool(Arguments arguments, @Nullable String usual)
      throws RefusedException {
    return arguments.has(TARGET_POOL) && arguments.text(TARGET_POOL).equals(SAME)
        ? null
        : arguments.has(TARGET_POOL) ? text(arguments, TARGET_POOL, "") : usual;
  }

  private static Duration span(Arguments arguments, String key, Duration usual)
      throws RefusedException {
    if (!arguments.has(key)) {
      return usual;
    }
    String text = arguments.text(key);
    return text.equals(NONE)
        ? Duration.ZERO
        : Duration.ofMillis(arguments.at(key, () -> Spans.parse(text)));
  }

  private static SlotRange slots(Arguments arguments, SlotRange usual) throws RefusedException {
    if (!arguments.has(SLOTS)) {
      return usual;
    }
    String text = arguments.text(SLOTS);
    Matcher range = RANGE.matcher(text);
    if (text.equals("all")) {
      return SlotRange.ALL;
    }
    if (!range.matches()) {
      throw RefusedException.badRequest(
          arguments.column(SLOTS), "slots= is all, or first and last as 1-20, got " + text);
    }
    return new SlotRange(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
  }

  private static Trigger trigger(Arguments arguments, Trigger usual) throws RefusedException {
    String word = arguments.word(ON, usual.word(), "manual", "unload", "session-end");
    return switch (word) {
      case "unload" -> Trigger.UNLOAD;
      case "session-end" -> Trigger.SESSION;
      default -> Trigger.MANUAL;
    };
  }

  private static @Nullable Schedule schedule(Arguments arguments, @Nullable Schedule usual)
      throws RefusedException {
    if (!arguments.has(SCHEDULE)) {
      return usual;
    }
    String text = arguments.text(SCHEDULE);
    return text.equals(NONE) ? null : arguments.at(SCHEDULE, () -> Schedule.parse(text));
  }

  private static @Nullable CopyWindow window(Arguments arguments, @Nullable CopyWindow usual)
      throws RefusedException {
    if (!arguments.has(WINDOW)) {
      return usual;
    }
    String text = arguments.text(WINDOW);
    return text.equals(CopyPolicy.ALWAYS) || text.equals(NONE) // as it was called first
        ? null
        : arguments.at(WINDOW, () -> CopyWindow.parse(text));
  }

  private static int windowEnd(Arguments arguments, int usual) throws RefusedException {
    if (!arguments.has(AT_WINDOW_END)) {
      return usual;
    }
    String text = arguments.text(AT_WINDOW_END);
    if (text.equals("complete")) {
      return 0;
    }
    if (text.equals("cancel")) {
      return CopyPolicy.ALL_PERCENT;
    }
    if (text.matches("[1-9][0-9]?%?")) {
      return Integer.parseInt(text.replace("%", ""));
    }
    throw RefusedException.badRequest(
        arguments.column(AT_WINDOW_END),
        "at-window-end= is complete, cancel, or a percentage from 1 to 99, got " + text);
  }

  private static String protect(Arguments arguments, String usual) throws RefusedException {
    if (!arguments.has(PROTECT)) {
      return usual;
    }
    String text = arguments.text(PROTECT);
    return text.equals("same") || text.equals(NONE) || text.equals("permanent")
        ? text
        : String.valueOf(arguments.at(PROTECT, () -> Spans.parse(text)));
  }

  private Plan prepareRun(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    CopyPolicy policy = find(arguments);
    return new Plan(
        Subject.none("copy policy " + policy.name()),
        "queue the cartridges of policy " + policy.name(),
        () ->
            arguments.at(
                NAME,
                () ->
                    TapeCommands.reply(
                        policies.run(policy) + " cartridges queued: cat .control/tape/queue")),
        policy.enabled()
            ? null
            : arguments.refuse(
                NAME,
                Fault.ALREADY,
                "policy " + policy.name() + " is not enabled",
                "tape policy " + policy.name() + " enabled=yes"));
  }

  private Plan prepareDelete(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    CopyPolicy policy = find(arguments);
    return new Plan(
        Subject.none("copy policy " + policy.name()),
        "delete copy policy " + policy.name(),
        () ->
            arguments.at(
                NAME,
                () -> {
                  policies.delete(policy, request.acceptance());
                  return TapeCommands.reply("policy " + policy.name() + " is deleted");
                }));
  }
}
