package org.copybay.control.tree;

import java.util.List;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.CopyServices;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Space;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeState;

/** What there is to say about the bay and its mount. */
final class BayPages {
  /** The version of this tree as an interface; it changes when a key or a file goes. */
  private static final int PROTOCOL = 1;

  private static final long SECOND_MILLIS = 1000;

  private static final String README =
      """
      Copybay: volumes/ holds disk volumes as files; one line written here makes, copies or changes them.
      Try first:
        cat .control/status
        echo 'create volume test size=1G' > .control/ctl
        echo 'duplicate from=test to=copy id=first' > .control/ctl && cat .control/jobs/first/wait
      Errors: write(2) fails with an errno; cat .control/last_error says why, .control/error_log shows the last 16.
      Help:   cat .control/ctl (all commands), ls .control/commands, cat .control/commands/duplicate
      Reply:  exec 3<>.control/ctl; echo 'check volume=test' >&3; read -r ok id _ <&3; cat .control/jobs/$id/wait
      Put a command in single quotes. Each volume, shadow set and job has a ctl of its own below volumes/, shadow/ and jobs/.
      cat jobs/ID/wait shows a job and ends with its result, cat .control/events.follow shows all that happens.
      Every status also comes as status.json with the same keys. Keys and files are only ever added;
      new words may appear as values, so treat an unknown word as unknown. The whole tree: docs/CONTROL.md
      """;

  private final Bay bay;
  private final CopyServices copy;
  private final ErrorLog errors;
  private final MountFacts facts;

  BayPages(Bay bay, CopyServices copy, ErrorLog errors, MountFacts facts) {
    this.bay = bay;
    this.copy = copy;
    this.errors = errors;
    this.facts = facts;
  }

  static String readme() {
    return README;
  }

  String version() {
    return facts.version() + " proto=" + PROTOCOL + "\n";
  }

  Page status() {
    List<Volume> volumes = bay.volumes();
    List<Job> all = copy.jobs().all();
    Space space = Health.space(bay);
    return new Page()
        .put("health", Health.of(bay, copy, space).line())
        .put("version", facts.version())
        .put("bay", bay.path())
        .put("uuid", bay.uuid())
        .put("format", bay.format())
        .put("read_only", bay.readOnly())
        .put("mount_point", facts.mountPoint())
        .put("transport", facts.transport().get())
        .put("options", facts.options().isEmpty() ? null : facts.options())
        .put("owner", facts.uid())
        .put("started", facts.started())
        .put("volumes", volumes.size())
        .put("volumes_making", count(volumes, VolumeState.MAKING))
        .put("volumes_failed", volumes.stream().filter(v -> v.failure() != null).count())
        .put("volume_bytes", volumes.stream().mapToLong(Volume::size).sum())
        .put("shadow_sets", copy.sets().all().size())
        .put("shadow_sets_mounted", copy.sets().mounted().size())
        .put("quickopc_sessions", copy.opc().sessions().size())
        .put("safeguarded_sessions", copy.safeguarded().sessions().size())
        .put(
            "safeguarded_backups",
            copy.safeguarded().sessions().stream().mapToInt(s -> s.state().backups().size()).sum())
        .put("vault_time", bay.vault().now())
        .put("vault_clock", bay.vault().state().word())
        .put("vault_behind_seconds", bay.vault().state().distanceMillis() / SECOND_MILLIS)
        .put("safeguarded_requests", copy.safeguarded().requests().all().size())
        .put("optical_devices", copy.optical().devices().size())
        .put("optical_cartridges", copy.optical().cartridgeRows().size())
        .put("optical_volumes", copy.optical().volumes().size())
        .put("jobs_running", count(all, JobState.RUNNING))
        .put("jobs_queued", count(all, JobState.QUEUED))
        .put("jobs_paused", count(all, JobState.PAUSED))
        .put("jobs_interrupted", count(all, JobState.INTERRUPTED))
        .put("jobs_ended", all.stream().filter(job -> job.state().ended()).count())
        .put("space_total_bytes", space == null ? null : space.total())
        .put("space_free_bytes", space == null ? null : space.free())
        .put("space_available_bytes", space == null ? null : space.available())
        .put("cache_bytes", bay.cache().bytes())
        .put("cache_hit_percent", bay.cache().lookUps().hitPercent())
        .put("errors", errors.count())
        .put("audit_head", new AuditLog(bay.audit()).head());
  }

  private static long count(List<Volume> volumes, VolumeState state) {
    return volumes.stream().filter(volume -> volume.state() == state).count();
  }

  private static long count(List<Job> all, JobState state) {
    return all.stream().filter(job -> job.state() == state).count();
  }

  /** One line: ok, or what is wrong. */
  String health() {
    return Health.of(bay, copy).line() + "\n";
  }
}
