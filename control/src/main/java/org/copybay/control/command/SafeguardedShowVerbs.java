package org.copybay.control.command;

import static org.copybay.control.command.Safeguards.BACKUP;
import static org.copybay.control.command.Safeguards.FORMAT;
import static org.copybay.control.command.Safeguards.SESSION;
import static org.copybay.control.report.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.Requests;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionRequest;

/** The verbs that tell of safeguarded sessions and their backups. */
final class SafeguardedShowVerbs {
  private static final String LONG = "long";
  private static final String HEADER = "header";
  private static final String DELIMITER = "delimiter";
  private static final String FORMATS = "text|json|xml|delim|stanza";

  private final Safeguards safeguards;
  private final SafeguardedText text;

  SafeguardedShowVerbs(Safeguards safeguards) {
    this.safeguards = safeguards;
    this.text =
        new SafeguardedText(
            safeguards.safeguarded(),
            new SafeguardedFacts(safeguards.bay(), safeguards.safeguarded()));
  }

  List<Verb> verbs() {
    return List.of(lsbackups(), lsrecovered(), showsess(), list(), lsrequests());
  }

  /** The keys that say how a table is printed, behind its own. */
  private static List<Key> keys(Key... own) {
    List<Key> all = new ArrayList<>(List.of(own));
    all.add(Key.word(FORMAT, "text (usual), json, or as csmcli has it: xml, delim, stanza"));
    all.add(Key.word(HEADER, "no: without the names of the columns"));
    all.add(Key.optional(DELIMITER, "between the values of format=delim, usually a comma"));
    return all;
  }

  private static String grammar(String words) {
    return words + " [format=" + FORMATS + "] [header=yes|no] [delimiter=C]";
  }

  private SafeguardedText.Form form(Arguments arguments) throws RefusedException {
    String word = arguments.word(FORMAT, "text", FORMATS.split("\\|", -1));
    boolean header = arguments.yes(HEADER, true);
    String delimiter = arguments.has(DELIMITER) ? arguments.text(DELIMITER) : ",";
    if (delimiter.codePointCount(0, delimiter.length()) != 1) {
      throw RefusedException.badRequest(
          arguments.column(DELIMITER), DELIMITER + "= is one character");
    }
    return new SafeguardedText.Form(word, delimiter, header);
  }

  // ---- backups

  private Verb lsbackups() {
    return new Verb(
        Verb.SAFEGUARDED + "lsbackups",
        grammar("safeguarded lsbackups session=NAME [backup=ID] [long=yes]"),
        "list the backups of a session, oldest first",
        SESSION,
        keys(
            Safeguards.session(),
            Key.optional(BACKUP, "only this one, or latest"),
            Key.word(LONG, "yes: all columns")),
        List.of(SESSION),
        List.of(
            "A reply has at most 64 KiB: of many it lists the newest, and names the file with all,"
                + " .control/safeguard/NAME/backups."),
        List.of("safeguarded lsbackups session=PAYROLL", "safeguarded lsbackups PAYROLL long=yes"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        this::prepareBackups);
  }

  private Plan prepareBackups(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedText.Form form = form(arguments);
    boolean all = arguments.yes(LONG, false);
    SafeguardedSession session = safeguards.find(arguments);
    Long only = arguments.has(BACKUP) ? Long.valueOf(safeguards.backup(arguments, session)) : null;
    return new Plan(
        Safeguards.subject(session),
        "list the backups of session " + session.name(),
        () ->
            arguments.at(
                SESSION,
                () -> {
                  List<Backup> backups =
                      only == null
                          ? safeguards.safeguarded().backupsOf(session)
                          : List.of(safeguards.safeguarded().backup(session, only));
                  return text.backups(session, backups, all, form);
                }));
  }

  private Verb lsrecovered() {
    return new Verb(
        Verb.SAFEGUARDED + "lsrecovered",
        grammar("safeguarded lsrecovered session=NAME"),
        "list the backups that recovery volumes show",
        SESSION,
        keys(Safeguards.session()),
        List.of(SESSION),
        List.of(".control/safeguard/NAME/recoveries tells more, volume by volume."),
        List.of("safeguarded lsrecovered session=PAYROLL"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        this::prepareRecovered);
  }

  private Plan prepareRecovered(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedText.Form form = form(arguments);
    SafeguardedSession session = safeguards.find(arguments);
    return new Plan(
        Safeguards.subject(session),
        "list the recoveries of session " + session.name(),
        () -> arguments.at(SESSION, () -> text.recovered(session, form)));
  }

  // ---- sessions

  private Verb showsess() {
    return new Verb(
        Verb.SAFEGUARDED + "showsess",
        grammar("safeguarded showsess session=NAME"),
        "tell how a session is",
        SESSION,
        keys(Safeguards.session()),
        List.of(SESSION),
        List.of("The files below .control/safeguard/NAME tell the same, and more."),
        List.of("safeguarded showsess session=PAYROLL format=json"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        this::prepareShow);
  }

  private Plan prepareShow(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedText.Form form = form(arguments);
    SafeguardedSession session = safeguards.find(arguments);
    return new Plan(
        Safeguards.subject(session),
        "tell of session " + session.name(),
        () -> arguments.at(SESSION, () -> text.session(session, form)));
  }

  private Verb list() {
    return new Verb(
        Verb.SAFEGUARDED + "list",
        grammar("safeguarded list"),
        "list all safeguarded sessions",
        "",
        keys(),
        List.of(),
        List.of(),
        List.of("safeguarded list"),
        List.of(),
        Verb.Destroys.NEVER,
        this::prepareList);
  }

  private Plan prepareList(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedText.Form form = form(arguments);
    return new Plan(
        Subject.none("sessions"),
        "list the safeguarded sessions",
        () -> arguments.at(FORMAT, () -> text.sessions(form)));
  }

  // ---- requests

  private Verb lsrequests() {
    return new Verb(
        Verb.SAFEGUARDED + "lsrequests",
        grammar("safeguarded lsrequests [session=NAME]"),
        "list the commands that wait for a second person, oldest first",
        SESSION,
        keys(new Key(SESSION, Key.Holds.SESSION, false, "only those of this session")),
        List.of(SESSION),
        List.of(".control/safeguard/NAME/requests tells the same."),
        List.of("safeguarded lsrequests"),
        List.of(ENOENT),
        Verb.Destroys.NEVER,
        this::prepareRequests);
  }

  private Plan prepareRequests(Request request) throws RefusedException {
    Arguments arguments = request.arguments();
    SafeguardedText.Form form = form(arguments);
    Requests requests = safeguards.safeguarded().requests();
    List<SessionRequest> asked =
        arguments.names(SESSION) ? requests.of(safeguards.find(arguments).name()) : requests.all();
    return new Plan(
        Subject.none("requests"),
        "list the commands that wait",
        () -> arguments.at(FORMAT, () -> SafeguardedText.requests(asked, form)));
  }
}
