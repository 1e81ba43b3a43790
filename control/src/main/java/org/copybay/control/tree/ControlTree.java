package org.copybay.control.tree;

import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Owner;
import org.copybay.control.command.SafeguardedFacts;
import org.copybay.control.command.Scope;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.Caller;
import org.copybay.control.report.Errno;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.CopyServices;
import org.copybay.copy.library.MediaPool;
import org.copybay.copy.library.MediaPools;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.event.Events;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control tree of one mounted bay, .control, as data: the mount shows its nodes as files. Any
 * thread may call; nothing here waits but the reads of a streaming file.
 */
public final class ControlTree {
  private static final Logger LOG = LoggerFactory.getLogger(ControlTree.class);

  private final ControlDirectory root;
  private final Refusals refusals;
  private final CopyServices copy;
  private final ErrorLog errors;
  private final AuditLog audit;

  private ControlTree(
      ControlDirectory root,
      Refusals refusals,
      CopyServices copy,
      ErrorLog errors,
      AuditLog audit) {
    this.root = root;
    this.refusals = refusals;
    this.copy = copy;
    this.errors = errors;
    this.audit = audit;
  }

  /** The tree of a bay whose jobs were loaded. */
  public static ControlTree open(Bay bay, CopyServices copy, MountFacts facts, Clock clock)
      throws StorageException {
    ErrorLog errors = new ErrorLog(clock);
    AuditLog audit = new AuditLog(bay.audit());
    Commands commands =
        Commands.open(
            bay,
            copy,
            errors,
            audit,
            clock,
            new Owner(facts.uid(), facts.mounter()),
            Path.of(facts.mountPoint()));
    Refusals refusals = new Refusals(errors);
    FixedEntries entries = new FixedEntries();
    addTexts(entries, errors, new BayPages(bay, copy, errors, facts));
    addLogs(entries, errors, audit);
    addEvents(entries, errors, bay.events());
    Metrics metrics = new Metrics(bay, copy, errors, facts);
    HealthWatch.begin(bay, copy);
    entries
        .add(new CtlFile(Scope.bay(), commands))
        .add(new TextFile("metrics", errors, caller -> metrics.text()))
        .add(new ControlDirectory("commands", new CommandEntries(commands, errors)))
        .add(new ControlDirectory("volumes", new VolumeEntries(bay, commands, errors)))
        .add(new ControlDirectory("points", new PointEntries(bay, errors)))
        .add(new ControlDirectory("shadow", new ShadowEntries(copy.sets(), commands, errors)))
        .add(
            new ControlDirectory(
                "quickopc", new QuickOpcEntries(bay, copy.opc(), commands, errors)))
        .add(
            new ControlDirectory(
                "safeguard",
                new SafeguardEntries(
                    new SafeguardedFacts(bay, copy.safeguarded()), commands, errors)))
        .add(new OpticalEntries(copy.optical(), commands, errors).directory())
        .add(new TapeEntries(copy.tapes(), copy.policies(), commands, errors).directory())
        .add(new ControlDirectory("jobs", new JobEntries(copy.jobs(), commands, errors)));
    return new ControlTree(new ControlDirectory("", entries), refusals, copy, errors, audit);
  }

  private static void addTexts(FixedEntries entries, ErrorLog errors, BayPages pages) {
    entries
        .add(new TextFile("README", errors, caller -> BayPages.readme()))
        .add(new TextFile("version", errors, caller -> pages.version()))
        .add(new TextFile("status", errors, caller -> pages.status().text()))
        .add(new TextFile("status.json", errors, caller -> pages.status().json()))
        .add(new TextFile("health", errors, caller -> pages.health()));
  }

  private static void addLogs(FixedEntries entries, ErrorLog errors, AuditLog audit) {
    entries
        .add(new TextFile("last_error", errors, caller -> errors.lastError(caller.uid())))
        .add(new ErrorLogFile("error_log", errors))
        .add(new TextFile("audit", errors, caller -> audit.text()))
        .add(new TextFile("audit.chain", errors, caller -> audit.chain()));
  }

  private static void addEvents(FixedEntries entries, ErrorLog errors, Events events) {
    entries
        .add(new TextFile("events", errors, caller -> EventPages.text(events.all())))
        .add(new TextFile("events.json", errors, caller -> EventPages.json(events.all())))
        .addUnlisted(new FollowFile("events.follow", events, errors));
  }

  /** .control itself. */
  public ControlDirectory root() {
    return root;
  }

  /**
   * Notes that something other than a written line was refused, so that last_error tells why.
   *
   * @param where the path below the mount, for instance volumes/payroll
   */
  public void report(Caller caller, String where, StorageException error) {
    errors.report(caller, where, error);
  }

  /*
   * Who may: the mount shows quickopc/, safeguard/ and tape/pools/ with mode 0755 and the owner of all ctl files, and the kernel
   * checks it (default_permissions). So the owner of the mount and root come here, and nobody else;
   * the group, which may write a ctl file, makes a group by command.
   */
  /**
   * Makes the directory at that path below .control, where a gesture can: quickopc/NAME is a copy
   * group with one pair of that name, safeguard/NAME a safeguarded session, tape/pools/NAME a media
   * pool. Everything else is refused, and what is refused is noted. EXISTS, READ_ONLY, BAD_REQUEST,
   * NAME_TOO_LONG, FORBIDDEN.
   */
  public void makeDirectory(Caller caller, String path) throws StorageException {
    String group = Refusals.groupOf(path);
    String session = Refusals.sessionOf(path);
    String pool = Refusals.poolOf(path);
    try {
      if (group != null) {
        copy.opc().groups().createGroupWithPair(group);
      } else if (session != null) {
        SafeguardedSession made = copy.safeguarded().setup().create(session, NOTHING);
        LOG.info("session={} made by mkdir", made.name());
      } else if (pool != null) {
        makePool(pool);
      } else {
        throw refusals.answer(Gesture.MKDIR, path);
      }
    } catch (StorageException e) {
      errors.report(caller, path, e);
      throw e;
    }
  }

  private void makePool(String name) throws StorageException {
    MediaPools pools = copy.tapes().pools();
    if (pools.findOrNull(name) != null) {
      throw new StorageException(Fault.EXISTS, "media pool " + name + " exists");
    }
    pools.set(MediaPool.usual(name), NOTHING);
    LOG.info("media pool={} made by mkdir", name);
  }

  /**
   * Notes and returns the answer to a gesture at that path below .control. FORBIDDEN. Who tries to
   * take away what belongs to a safeguarded session stands in the audit log too.
   */
  public StorageException refuse(Caller caller, Gesture gesture, String path) {
    if (Refusals.removesOfSession(gesture, path)) {
      String verb = gesture.name().toLowerCase(Locale.ROOT);
      String words = verb + " " + Words.word(path);
      try {
        audit.refused(caller, path, verb, words, Errno.EPERM.name());
      } catch (StorageException e) {
        LOG.error("audit gesture={} uid={} not recorded: {}", words, caller.uid(), e.getMessage());
      }
    }
    return refusals.refuse(caller, gesture, path);
  }

  /**
   * Notes in the audit log that a gesture is about to destroy bytes: rm of a volume, or a rename
   * over one. What cannot be noted goes on all the same: on a full disk rm is what makes room.
   *
   * @param gesture the gesture in words, for instance "unlink payroll"
   * @return its number, for {@link #auditResult}; 0 when it could not be noted
   */
  public long auditGesture(Caller caller, String where, String gesture) {
    String verb = gesture.substring(0, (gesture + " ").indexOf(' '));
    try {
      return audit.begin(caller, where, verb, gesture);
    } catch (StorageException e) {
      LOG.error("audit gesture={} uid={} not recorded: {}", gesture, caller.uid(), e.getMessage());
      return 0;
    }
  }

  /**
   * Notes the result of a gesture.
   *
   * @param fault why it was refused, or null when it was done
   */
  public void auditResult(long number, @Nullable Fault fault) {
    if (number == 0) {
      return;
    }
    try {
      audit.end(number, fault == null ? "ok" : Errno.of(fault).name());
    } catch (StorageException e) {
      LOG.error("audit number={}: result not recorded: {}", number, e.getMessage());
    }
  }
}
