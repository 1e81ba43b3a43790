package org.copybay.copy.smartcopy;

import java.util.Comparator;
import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.smartcopy.CopyRequest.State;
import org.copybay.volumes.StorageException;

/**
 * Which requests have the drives of destination libraries (INV-3 of {@link CopyQueue}). All of it
 * needs the lock COPY_QUEUE.
 *
 * @param requests of the queue
 */
record CopyDrives(Jobs jobs, Tapes tapes, Policies policies, CopyRequests requests) {

  /** That of its policy. */
  int priority(CopyRequest request) {
    CopyPolicy policy = policies.findOrNull(request.policy());
    return policy == null ? 0 : policy.priority();
  }

  /** Whether a drive is free for that policy; one of a smaller priority gives its way. */
  boolean isFree(CopyPolicy policy) throws StorageException {
    TapeLibrary library = tapes.libraryOrNull(policy.destination());
    if (library == null) {
      return true; // the copy says what is wrong
    }
    List<CopyRequest> atWork =
        requests.all().stream().filter(each -> each.state() == State.COPYING).toList();
    long mine = atWork.stream().filter(each -> each.policy().equals(policy.name())).count();
    if (mine >= policy.drives()) {
      return false;
    }
    List<CopyRequest> there =
        atWork.stream()
            .filter(
                each -> {
                  CopyPolicy its = policies.findOrNull(each.policy());
                  return its != null && its.destination().equals(policy.destination());
                })
            .toList();
    if (there.size() < library.row().transfers()) {
      return true;
    }
    CopyRequest least = there.stream().min(Comparator.comparing(this::priority)).orElse(null);
    if (least != null && priority(least) < policy.priority()) {
      String id = least.job();
      Job job = id == null ? null : jobs.find(id);
      if (job != null && !job.state().ended() && !job.cancelling()) {
        giveUp(job, "gives way to policy " + policy.name());
      }
    }
    return false;
  }

  /** Ends a copy, whose request is queued again. */
  void giveUp(Job job, String why) throws StorageException {
    for (CopyRequest each : requests.all()) {
      if (job.id().equals(each.job()) && each.state() == State.COPYING) {
        requests.put(
            each.in(State.COPYING, why)); // first: the end of the job is not its fault (INV-3)
      }
    }
    job.cancel();
  }
}
