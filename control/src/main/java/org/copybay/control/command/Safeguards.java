package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.copybay.copy.engine.Job;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.CopySet;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.Situation;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;

/** What the verbs of safeguarded sessions find and check alike. */
record Safeguards(Bay bay, Safeguarded safeguarded, Owner owner) {
  static final String SESSION = "session";
  static final String VOLUME = "volume";
  static final String BACKUP = "backup";
  static final String SET = "set";
  static final String FORMAT = "format";
  static final String LATEST = "latest";

  /** All of these verbs. */
  List<Verb> verbs() {
    List<Verb> all = new ArrayList<>(new SafeguardedSetupVerbs(this).verbs());
    all.addAll(new SafeguardedBackupVerbs(this).verbs());
    all.addAll(new SafeguardedExpiryVerbs(this).verbs());
    all.addAll(new SafeguardedRecoverVerbs(this).verbs());
    all.addAll(new SafeguardedMendVerbs(this).verbs());
    all.add(new SafeguardedVerifyVerb(this).verb());
    all.addAll(new SafeguardedShowVerbs(this).verbs());
    all.addAll(new SafeguardedRequestVerbs(this).verbs());
    all.replaceAll(second()::guard);
    return all;
  }

  /** What says who the second person of a command may be. */
  SecondPerson second() {
    return new SecondPerson(this);
  }

  /** The key that names a session. */
  static Key session() {
    return new Key(SESSION, Key.Holds.SESSION, true, "the safeguarded session");
  }

  /** The key that names a backup. */
  static Key backup() {
    return Key.required(BACKUP, "its number, or latest: the newest that can be recovered");
  }

  /** The key that names a recovery set. */
  static Key set() {
    return Key.optional(SET, "name of the recovery set, usually R1");
  }

  /** The session that a command names. NOT_FOUND. */
  SafeguardedSession find(Arguments arguments) throws RefusedException {
    String name = arguments.text(SESSION);
    return arguments.at(SESSION, () -> safeguarded.find(name));
  }

  /** The session, for who mounted and root. NOT_FOUND, DENIED. */
  SafeguardedSession own(Request request, String what) throws RefusedException {
    SafeguardedSession session = find(request.arguments());
    owner.require(request.caller(), request.arguments(), SESSION, what, null);
    return session;
  }

  /** DENIED to who neither mounted nor owns every volume of a session. */
  void requireOwnVolumes(Request request, SafeguardedSession session, String what)
      throws RefusedException {
    for (CopySet set : session.state().copySets()) {
      Volume volume = bay.findOrNull(set.source());
      int own = volume == null ? owner.uid() : volume.row().owner().uid();
      owner.requireOrOwnerOf(own, request.caller(), request.arguments(), SESSION, what);
    }
  }

  /** The number of the backup that a command names. BAD_REQUEST, NOT_FOUND. */
  long backup(Arguments arguments, SafeguardedSession session) throws RefusedException {
    if (!arguments.text(BACKUP).equalsIgnoreCase(LATEST)) {
      long id = arguments.number(BACKUP);
      return arguments.at(BACKUP, () -> safeguarded.backup(session, id)).id();
    }
    Backup newest = safeguarded.newestRecoverable(session);
    if (newest != null) {
      return newest.id();
    }
    throw arguments.refuse(
        BACKUP,
        Fault.NOT_FOUND,
        "session " + session.name() + " has no backup that can be recovered",
        session.state().backups().isEmpty()
            ? "safeguarded backup session=" + Words.word(session.name())
            : "cat .control/safeguard/"
                + Words.word(session.name())
                + "/backups, and evidence beside it, tell why");
  }

  /** The volumes of a key, each once. NOT_FOUND, BUSY, BAD_REQUEST. */
  List<Volume> volumes(Arguments arguments, String key, String what) throws RefusedException {
    List<Volume> volumes = new ArrayList<>();
    for (String name : arguments.list(key)) {
      Volume volume = arguments.at(key, () -> bay.findMade(name, what));
      if (volumes.contains(volume)) {
        throw RefusedException.badRequest(
            arguments.column(key), "volume " + name + " is named twice");
      }
      volumes.add(volume);
    }
    return volumes;
  }

  /** A recovery set that a command names, else the recovery volumes of the copy sets. */
  static String set(Arguments arguments) throws RefusedException {
    String set = arguments.has(SET) ? arguments.text(SET) : Recovery.R1;
    if (!set.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw RefusedException.badRequest(
          arguments.column(SET),
          "a recovery set has 1 to 64 letters, digits, dots, dashes or underscores, and begins with"
              + " a letter or a digit");
    }
    return set;
  }

  /** Until when a command locks, by for= or lock= and until=; ms since 1970 by the vault clock. */
  long until(Arguments arguments, String span) throws RefusedException {
    if (arguments.has(span) && arguments.has("until")) {
      throw RefusedException.badRequest(
          arguments.column("until"), span + "= and until= are both given, want one of them");
    }
    if (arguments.has("until")) {
      String text = arguments.text("until");
      return arguments.at("until", () -> Spans.instant(text));
    }
    long millis = span(arguments, span);
    if (millis == 0) {
      return 0;
    }
    try {
      return Math.addExact(bay.vaultMillis(), millis);
    } catch (ArithmeticException e) {
      throw RefusedException.badRequest(arguments.column(span), span + "= is too long");
    }
  }

  /** The value of a key as a span of time, in ms. */
  static long span(Arguments arguments, String key) throws RefusedException {
    String text = arguments.text(key);
    return arguments.at(key, () -> Spans.parse(text));
  }

  /** What the conditions of a command about a session are about. */
  static Subject subject(SafeguardedSession session) {
    return new Subject(
        "safeguarded session " + session.name(),
        SafeguardedFacts.word(session.situation(Recovery.R1)),
        Stream.of(Situation.values()).map(SafeguardedFacts::word).toList(),
        Subject.NONE);
  }

  /** Numbers with commas. */
  static String ids(List<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Names of volumes with commas. */
  static String names(List<Volume> volumes) {
    return volumes.stream().map(v -> Words.word(v.name())).collect(Collectors.joining(","));
  }

  /** Names jobs that a command started: one where an id stands, several as jobs=. */
  static Reply reply(List<Job> jobs, String text) {
    if (jobs.size() < 2) {
      String job = jobs.isEmpty() ? null : jobs.get(0).id();
      return new Reply(job, Subject.NONE, text, List.of());
    }
    String all = Reply.JOBS + String.join(",", jobs.stream().map(Job::id).toList());
    return new Reply(null, Subject.NONE, all, List.of(text));
  }

  /** Runs, and blames an error on the session, where nothing else is to blame. */
  static <T> T at(Arguments arguments, Arguments.Fallible<T> call) throws RefusedException {
    return arguments.at(arguments.has(BACKUP) ? BACKUP : SESSION, call);
  }
}
