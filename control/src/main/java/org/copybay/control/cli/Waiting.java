package org.copybay.control.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Waits for the end of a job through {@code jobs/ID/wait}. */
final class Waiting {
  /** The first line of a reply that names several jobs, perhaps behind the id of the command. */
  private static final Pattern SEVERAL = Pattern.compile("ok(?: \\S+)? jobs=([A-Za-z0-9._,-]+)");

  private Waiting() {}

  /** What a reply names where jobs stand: ids of jobs, or what no job is called. */
  static List<String> jobs(String reply) {
    String line = reply.strip().lines().findFirst().orElse("");
    Matcher several = SEVERAL.matcher(line);
    if (several.matches()) {
      return List.of(several.group(1).split(",", -1));
    }
    String[] words = line.split(" ", 3);
    return words.length > 1 ? List.of(words[1]) : List.of();
  }

  /** Shows a bar until the job has ended or is interrupted. */
  static void untilEnd(ControlFiles bay, String id) throws StorageException {
    byte[] line = new byte[4096]; // only that one came counts: the numbers are in status.json
    // EAGAIN, of an interrupted job, is a read of 0 bytes for Java.
    try (InputStream news = bay.open("jobs", id, "wait");
        Bar bar = new Bar(id)) {
      while (news.read(line) > 0) {
        Facts job = bay.status("jobs", id);
        if (job.values().get("ended") == null) {
          bar.show(job.word("phase"), job.number("bytes_done"), job.number("bytes_total"));
        }
      }
    } catch (IOException e) {
      // The errno of the job, which its status tells as well; of a dead mount that says so.
      bay.status("jobs", id);
    }
  }

  /** Fails as the job did. */
  static void requireDone(Facts job) throws StorageException {
    String state = job.word("state");
    if (state.equals("done")) {
      return;
    }
    String what = "job " + job.word("id") + " is " + state;
    if (state.equals("interrupted")) {
      throw new StorageException(
          Fault.AGAIN,
          what + ": the next mount goes on with it",
          "copybay umount, and mount again");
    }
    boolean told = job.values().get("errno") != null;
    throw new StorageException(
        Fault.STORE_FAILED,
        told ? what + ": " + job.word("errno") + ": " + job.word("error") : what);
  }
}
