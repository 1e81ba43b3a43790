package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.command.Sizes;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Space;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeState;
import org.jspecify.annotations.Nullable;

/** What there is to say about the bay and its mount. */
final class BayPages {
  /** The version of this tree as an interface; it changes when a key or a file goes. */
  private static final int PROTOCOL = 1;

  /** Less free space than this is named in health. */
  private static final long SCARCE_BYTES = 64L << 20;

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
      Put a command in single quotes. Each volume and each job has a ctl of its own below volumes/ and jobs/.
      cat jobs/ID/wait shows progress and ends with the job's result; Ctrl-C stops the cat, not the job.
      Every status also comes as status.json with the same keys. Keys and files are only ever added;
      new words may appear as values, so treat an unknown word as unknown. The whole tree: docs/CONTROL.md
      """;

  private final Bay bay;
  private final Jobs jobs;
  private final ErrorLog errors;
  private final MountFacts facts;

  BayPages(Bay bay, Jobs jobs, ErrorLog errors, MountFacts facts) {
    this.bay = bay;
    this.jobs = jobs;
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
    List<Job> all = jobs.all();
    Space space = space();
    return new Page()
        .put("health", health(volumes, space))
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
        .put("jobs_running", count(all, JobState.RUNNING))
        .put("jobs_queued", count(all, JobState.QUEUED))
        .put("jobs_paused", count(all, JobState.PAUSED))
        .put("jobs_interrupted", count(all, JobState.INTERRUPTED))
        .put("jobs_ended", all.stream().filter(job -> job.state().ended()).count())
        .put("space_total_bytes", space == null ? null : space.total())
        .put("space_free_bytes", space == null ? null : space.free())
        .put("space_available_bytes", space == null ? null : space.available())
        .put("cache_bytes", bay.cache().bytes())
        .put("cache_hit_percent", hitPercent())
        .put("errors", errors.count());
  }

  private static long count(List<Volume> volumes, VolumeState state) {
    return volumes.stream().filter(volume -> volume.state() == state).count();
  }

  private static long count(List<Job> all, JobState state) {
    return all.stream().filter(job -> job.state() == state).count();
  }

  private @Nullable Long hitPercent() {
    long hits = bay.cache().hits();
    long all = hits + bay.cache().misses();
    return all == 0 ? null : hits * 100 / all;
  }

  private @Nullable Space space() {
    try {
      return bay.space();
    } catch (StorageException e) {
      return null; // health says so
    }
  }

  /** One line: ok, or what is wrong. */
  String health() {
    return health(bay.volumes(), space()) + "\n";
  }

  private String health(List<Volume> volumes, @Nullable Space space) {
    if (space == null) {
      return "failed: the disk of the bay does not answer";
    }
    List<String> wrong = new ArrayList<>();
    String doubt = bay.catalogue().failure();
    if (doubt != null) {
      wrong.add("catalogue: " + doubt);
    }
    for (Volume volume : volumes) {
      String failure = volume.failure();
      if (failure != null) {
        wrong.add("volume " + volume.name() + ": " + failure);
      }
      for (BitmapRecord bitmap : volume.bitmaps()) {
        if (bitmap.damage() != null) {
          wrong.add("bitmap " + bitmap.name() + " of " + volume.name() + ": " + bitmap.damage());
        }
      }
    }
    if (space.available() < SCARCE_BYTES && !bay.readOnly()) {
      wrong.add("only " + Sizes.human(space.available()) + " free");
    }
    return wrong.isEmpty() ? "ok" : "degraded: " + String.join("; ", wrong);
  }
}
