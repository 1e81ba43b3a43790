package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.report.Errno.EACCES;
import static org.copybay.control.report.Errno.ENOENT;
import static org.copybay.control.report.Errno.EPERM;

import java.util.List;
import org.copybay.control.report.Caller;
import org.copybay.copy.safeguarded.Requests;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionRequest;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Catalogue;

/** The verbs that decide on what waits for a second person. */
final class SafeguardedRequestVerbs {
  static final String REQUEST = "request";
  private static final String COMMENT = "comment";

  /** Nobody asks for the group of who wrote a command that was kept. */
  private static final int NO_GROUP = -1;

  private final Safeguards safeguards;
  private final Requests requests;

  SafeguardedRequestVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.requests = safeguards.safeguarded().requests();
  }

  List<Verb> verbs() {
    return List.of(approve(), reject(), cancel());
  }

  private static Key session() {
    return new Key(SESSION, Key.Holds.SESSION, false, "the safeguarded session that it is of");
  }

  private static Key number() {
    return Key.required(REQUEST, "its number, as safeguarded lsrequests tells it");
  }

  /** The request that a command names. BAD_REQUEST, NOT_FOUND. */
  private SessionRequest find(Arguments arguments) throws RefusedException {
    long number = arguments.number(REQUEST);
    SessionRequest found = arguments.at(REQUEST, () -> requests.find(number));
    if (arguments.names(SESSION) && !arguments.text(SESSION).equals(found.session())) {
      throw arguments.refuse(
          REQUEST,
          Fault.NOT_FOUND,
          "request " + number + " is of session " + found.session(),
          "safeguarded lsrequests");
    }
    return found;
  }

  private Subject subject(Arguments arguments, SessionRequest asked) throws RefusedException {
    SafeguardedSession session =
        arguments.at(REQUEST, () -> safeguards.safeguarded().find(asked.session()));
    return Safeguards.subject(session);
  }

  private static String described(SessionRequest asked) {
    return "request " + asked.number() + " of uid " + asked.uid();
  }

  // ---- approve

  private Verb approve() {
    return new Verb(
        Verb.SAFEGUARDED + "approve",
        "safeguarded approve [session=NAME] request=N",
        "carry out a command that waits for a second person",
        SESSION,
        List.of(session(), number()),
        List.of(REQUEST),
        List.of(
            "EPERM for who asked for it; EACCES for who is neither an approver of the session nor"
                + " root, and did not mount.",
            "It is checked again, as if it were written now by who asked; the reply is that of the"
                + " command. What cannot be carried out any more goes on waiting."),
        List.of("safeguarded approve request=7"),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.BY_MORE,
        Verb.Handler.changing(safeguards.bay(), this::prepareApprove));
  }

  private Plan prepareApprove(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SessionRequest asked = find(arguments);
    KeptCommand kept = read(request, asked);
    safeguards.second().requireMay(request, asked, kept, "approve");
    Requests.Approval approval = requests.approve(asked, request.caller().uid());
    Catalogue.Change also =
        connection -> {
          approval.run(connection);
          request.acceptance().run(connection);
        };
    Caller writer = new Caller(asked.uid(), NO_GROUP, 0);
    String place = "safeguard/" + asked.session() + "/requests";
    Plan plan = blamed(arguments, () -> kept.prepare(writer, place, also));
    return new Plan(
        subject(arguments, asked),
        "carry out " + described(asked) + ": " + plan.effect(),
        () -> {
          try (approval) {
            arguments.require(REQUEST, approval::begin);
            Reply reply = blamed(arguments, plan.action()::run);
            arguments.require(REQUEST, approval::done);
            return reply;
          }
        });
  }

  private static KeptCommand read(Request request, SessionRequest asked) throws RefusedException {
    return blamed(request.arguments(), () -> request.kept().read(asked.command()));
  }

  /** Something that can be refused. */
  @FunctionalInterface
  private interface Refusable<T> {
    T call() throws RefusedException;
  }

  /** What is wrong with a command that waits is no word of the line that decides on it. */
  private static <T> T blamed(Arguments arguments, Refusable<T> call) throws RefusedException {
    try {
      return call.call();
    } catch (RefusedException e) {
      throw new RefusedException(e.error(), arguments.column(REQUEST), e.outcomes());
    }
  }

  // ---- reject and cancel

  private Verb reject() {
    return new Verb(
        Verb.SAFEGUARDED + "reject",
        "safeguarded reject [session=NAME] request=N [comment=TEXT]",
        "end a command that waits for a second person, without carrying it out",
        SESSION,
        List.of(session(), number(), Key.optional(COMMENT, "why, for the events and the audit")),
        List.of(REQUEST),
        List.of("Who may is as for safeguarded approve."),
        List.of("safeguarded reject request=7 comment=\"ask again on Monday\""),
        List.of(ENOENT, EACCES, EPERM),
        Verb.Destroys.BY_MORE,
        Verb.Handler.changing(safeguards.bay(), this::prepareReject));
  }

  private Plan prepareReject(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SessionRequest asked = find(arguments);
    safeguards.second().requireMay(request, asked, read(request, asked), "reject");
    String comment = arguments.has(COMMENT) ? arguments.text(COMMENT) : "";
    int uid = request.caller().uid();
    return new Plan(
        subject(arguments, asked),
        "reject " + described(asked),
        () -> {
          arguments.require(
              REQUEST, () -> requests.reject(asked.number(), uid, comment, request.acceptance()));
          return Reply.text(Subject.NONE, "request " + asked.number() + " is rejected");
        });
  }

  private Verb cancel() {
    return new Verb(
        Verb.SAFEGUARDED + "cancel",
        "safeguarded cancel [session=NAME] request=N",
        "take back what one asked for and nobody approved yet",
        SESSION,
        List.of(session(), number()),
        List.of(REQUEST),
        List.of("EACCES for everybody but who asked: the others reject it."),
        List.of("safeguarded cancel request=7"),
        List.of(ENOENT, EACCES),
        Verb.Destroys.BY_MORE,
        Verb.Handler.changing(safeguards.bay(), this::prepareCancel));
  }

  private Plan prepareCancel(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SessionRequest asked = find(arguments);
    if (request.caller().uid() != asked.uid()) {
      throw arguments.refuse(
          REQUEST,
          Fault.DENIED,
          "uid " + request.caller().uid() + " may not take back " + described(asked),
          "safeguarded reject request=" + asked.number());
    }
    return new Plan(
        subject(arguments, asked),
        "take back " + described(asked),
        () -> {
          arguments.require(REQUEST, () -> requests.cancel(asked.number(), request.acceptance()));
          return Reply.text(Subject.NONE, "request " + asked.number() + " is taken back");
        });
  }
}
