package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.BACKUP;
import static org.copybay.control.command.Safeguards.SESSION;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.copybay.copy.safeguarded.DualControl;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionRequest;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;

/**
 * Dual control (IBM Copy Services Manager): the one place that says which commands wait for a
 * second person, and who that may be. What the bay does by itself is no command, and waits for
 * nobody.
 */
record SecondPerson(Safeguards safeguards) {
  static final String DUAL_CONTROL = "dual_control";
  static final String APPROVERS = "approvers";
  private static final String OFF = "off";
  private static final String SGC = "sgc";
  private static final String NONE = "none";
  private static final String TERMINATE_H1R1 = "terminate-h1r1"; // of a restore

  /** What removes, overwrites or changes how a session treats its backups. */
  private static final Set<String> VERBS =
      Set.of(
          "expire",
          "terminate",
          "restore",
          "set",
          "remove",
          "delete",
          "release",
          "discard-evidence",
          "accept-clock",
          TERMINATE_H1R1);

  // ---- the verbs

  /** The verb, which waits for a second person where its session says so. */
  Verb guard(Verb verb) {
    if (!VERBS.contains(verb.name().substring(Verb.SAFEGUARDED.length()))) {
      return verb;
    }
    List<String> rules = new ArrayList<>(verb.rules());
    rules.add(
        "With dual_control=sgc it is not carried out, but waits for a second person: EAGAIN"
            + " (SGC1008I).");
    return new Verb(
        verb.name(),
        verb.grammar(),
        verb.summary(),
        verb.subject(),
        verb.keys(),
        verb.plain(),
        rules,
        verb.examples(),
        verb.errnos(),
        verb.destroys(),
        request -> {
          Plan plan = verb.handler().prepare(request);
          return leavesProduction(verb, request.arguments()) ? plan : guarded(plan, request);
        });
  }

  /** Ending another recovery than a restore does nothing to the volumes of the session. */
  private static boolean leavesProduction(Verb verb, Arguments arguments) throws RefusedException {
    return verb.name().endsWith(TERMINATE_H1R1)
        && !Safeguards.set(arguments).equals(Recovery.RESTORE);
  }

  /** All that is checked is checked first: what can never be carried out is not asked for. */
  private Plan guarded(Plan plan, Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedSession session = safeguards.find(arguments);
    if (request.approved() || !needsTwo(session, arguments)) {
      return plan;
    }
    String command = arguments.rendered(settled(session, arguments));
    return new Plan(
        plan.subject(),
        "ask a second person to " + plan.effect(),
        () -> {
          throw asked(request, session, command);
        },
        plan.reached());
  }

  /** Also who turns it on needs a second one. */
  private static boolean needsTwo(SafeguardedSession session, Arguments arguments)
      throws RefusedException {
    DualControl is = session.state().properties().dual();
    return is.on() || wanted(arguments, is).on();
  }

  /** What is approved later is what was meant now: the number of a backup, the uids of users. */
  private Map<String, String> settled(SafeguardedSession session, Arguments arguments)
      throws RefusedException {
    Map<String, String> settled = new HashMap<>();
    if (arguments.has(BACKUP)) {
      settled.put(BACKUP, String.valueOf(safeguards.backup(arguments, session)));
    }
    if (arguments.has(APPROVERS)) {
      settled.put(APPROVERS, approvers(wanted(arguments, DualControl.OFF)));
    }
    return settled;
  }

  private RefusedException asked(Request request, SafeguardedSession session, String command)
      throws RefusedException {
    SessionRequest asked =
        request
            .arguments()
            .at(
                SESSION,
                () ->
                    safeguards
                        .safeguarded()
                        .requests()
                        .ask(session.name(), request.caller().uid(), command));
    return request
        .arguments()
        .refuse(
            SESSION,
            Fault.AGAIN,
            "SGC1008I: request " + asked.number() + " waits for a second approver",
            "safeguarded approve request=" + asked.number() + ", as another user");
  }

  // ---- the people

  /** The keys of safeguarded set. */
  static List<Key> keys() {
    return List.of(
        Key.word(DUAL_CONTROL, "sgc: what removes, overwrites or changes needs two people; off"),
        Key.optional(
            APPROVERS, "users who may be the second one, beside who mounted and root; or none"));
  }

  /** What a command wants it to be, which may say nothing about it. NOT_FOUND. */
  static DualControl wanted(Arguments arguments, DualControl is) throws RefusedException {
    boolean on = arguments.word(DUAL_CONTROL, is.on() ? SGC : OFF, OFF, SGC).equals(SGC);
    if (!arguments.has(APPROVERS)) {
      return new DualControl(on, is.approvers());
    }
    SortedSet<Integer> uids = new TreeSet<>();
    List<String> users = arguments.list(APPROVERS);
    for (String user : users.equals(List.of(NONE)) ? List.<String>of() : users) {
      uids.add(arguments.at(APPROVERS, () -> Users.uid(user)));
    }
    return new DualControl(on, uids);
  }

  /** It in the words of safeguarded set. */
  static Map<String, String> words(DualControl is) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put(DUAL_CONTROL, is.on() ? SGC : OFF);
    words.put(APPROVERS, approvers(is));
    return words;
  }

  private static String approvers(DualControl is) {
    return is.approvers().isEmpty()
        ? NONE
        : is.approvers().stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** BAD_REQUEST where nobody could ever be the second one. */
  void requireSecond(Arguments arguments, DualControl wanted) throws RefusedException {
    if (wanted.on() && people(wanted).size() < 2) {
      throw RefusedException.badRequest(
          arguments.column(arguments.has(APPROVERS) ? APPROVERS : DUAL_CONTROL),
          "uid "
              + safeguards.owner().uid()
              + " mounted, and nobody else may approve: dual control needs two people",
          "the same with approvers=USER");
    }
  }

  private Set<Integer> people(DualControl dual) {
    Set<Integer> people = new TreeSet<>(dual.approvers());
    people.add(safeguards.owner().uid());
    people.add(0);
    return people;
  }

  /**
   * FORBIDDEN for who asked, DENIED to who is nobody's second. Who turns it on says in the same
   * command who may be.
   *
   * @param kept the command of the request
   * @param what the caller wants to do with it
   */
  void requireMay(Request request, SessionRequest asked, KeptCommand kept, String what)
      throws RefusedException {
    Arguments arguments = request.arguments();
    int uid = request.caller().uid();
    if (uid == asked.uid()) {
      throw arguments.refuse(
          SafeguardedRequestVerbs.REQUEST,
          Fault.FORBIDDEN,
          "uid "
              + uid
              + " asked for request "
              + asked.number()
              + ", so another one has to "
              + what
              + " it",
          "safeguarded " + what + " request=" + asked.number() + ", as another user");
    }
    SafeguardedSession session =
        arguments.at(
            SafeguardedRequestVerbs.REQUEST, () -> safeguards.safeguarded().find(asked.session()));
    DualControl is = session.state().properties().dual();
    DualControl counts = is.on() ? is : wanted(kept.arguments(), is);
    if (!people(counts).contains(uid)) {
      throw arguments.refuse(
          SafeguardedRequestVerbs.REQUEST,
          Fault.DENIED,
          "uid "
              + uid
              + " may not "
              + what
              + " requests of session "
              + Words.word(session.name())
              + ": only uid "
              + safeguards.owner().uid()
              + ", root and its approvers ("
              + approvers(counts)
              + ")",
          null);
    }
  }
}
