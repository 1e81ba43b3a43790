package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.report.Outcomes;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 The id of a command is taken by its last step, and only if all before succeeded: a command
 *       that is refused, or that a crash cuts, runs when it is sent again.
 */
/**
 * The steps of a command about pairs: one for each pair, of which one that fails does not keep the
 * others from it, or one for all at one instant. One thread.
 */
final class OpcSteps {
  private final OpcPairs pairs;
  private final Arguments arguments;
  private final String done;
  private final List<List<PairRecord>> steps;

  /**
   * @param done what happened to each pair, as {@link OpcQuery#STARTED}
   */
  private OpcSteps(OpcPairs pairs, Arguments arguments, String done, List<List<PairRecord>> steps) {
    this.pairs = pairs;
    this.arguments = arguments;
    this.done = done;
    this.steps = steps;
  }

  static OpcSteps oneByOne(
      OpcPairs pairs, Arguments arguments, String done, List<PairRecord> wanted) {
    return new OpcSteps(pairs, arguments, done, wanted.stream().map(List::of).toList());
  }

  static OpcSteps atOnce(
      OpcPairs pairs, Arguments arguments, String done, List<PairRecord> wanted) {
    return new OpcSteps(pairs, arguments, done, List.of(wanted));
  }

  /** Finds out what a step would do. */
  @FunctionalInterface
  interface Look {
    /** Throws what speaks against it. */
    String effect(List<PairRecord> step) throws StorageException;
  }

  /** Does a step. */
  @FunctionalInterface
  interface Step {
    /**
     * Does it.
     *
     * @param accepts whether the command is accepted by it, so that its id is noted with it
     */
    void run(List<PairRecord> step, boolean accepts) throws StorageException;
  }

  /** What they would do; what speaks against the only one refuses the command. */
  String effect(Look look) throws RefusedException {
    List<String> each = new ArrayList<>();
    for (List<PairRecord> step : steps) {
      try {
        each.add(look.effect(step));
      } catch (StorageException e) {
        if (steps.size() == 1) {
          throw refused(results(step, e), e);
        }
        each.add("refuse " + step.get(0).path() + ": " + e.getMessage());
      }
    }
    return String.join("; ", each);
  }

  /** Does them, and returns the lines of the reply; where one failed the command is refused. */
  List<String> run(Step what) throws RefusedException {
    List<OpcQuery.Result> results = new ArrayList<>();
    StorageException failure = null;
    for (int i = 0; i < steps.size(); i++) {
      boolean accepts = failure == null && i == steps.size() - 1;
      StorageException error = error(what, steps.get(i), accepts);
      failure = failure == null ? error : failure;
      results.addAll(results(steps.get(i), error));
    }
    if (failure != null) {
      throw refused(results, failure);
    }
    return lines(results);
  }

  private static @Nullable StorageException error(
      Step what, List<PairRecord> step, boolean accepts) {
    try {
      what.run(step, accepts);
      return null;
    } catch (StorageException e) {
      return e;
    }
  }

  private static List<OpcQuery.Result> results(
      List<PairRecord> step, @Nullable StorageException error) {
    return step.stream().map(pair -> new OpcQuery.Result(pair.path(), error)).toList();
  }

  private List<String> lines(List<OpcQuery.Result> results) throws RefusedException {
    OpcQuery query = new OpcQuery(pairs.bay(), pairs.opc());
    return OpcPairs.at(arguments, () -> query.results(results, done, OpcPairs.format(arguments)));
  }

  private RefusedException refused(List<OpcQuery.Result> results, StorageException failure)
      throws RefusedException {
    return new RefusedException(
        steps.size() == 1 ? failure : sentence(results, failure),
        arguments.column(OpcPairs.blamed(arguments)),
        outcomes(results));
  }

  private static StorageException sentence(
      List<OpcQuery.Result> results, StorageException failure) {
    List<OpcQuery.Result> failed =
        results.stream().filter(result -> result.error() != null).toList();
    String count = failed.size() + " of " + results.size() + " pairs failed; ";
    String first = failed.get(0).pair() + ": " + failure.getMessage();
    return new StorageException(failure.fault(), count + first, failure.remedy(), failure);
  }

  /** For people the sentence tells all of one step; programs get the same frame of any number. */
  private @Nullable Outcomes outcomes(List<OpcQuery.Result> results) throws RefusedException {
    boolean people =
        OpcPairs.at(arguments, () -> OpcPairs.format(arguments)) == OpcQuery.Format.TEXT;
    return people && steps.size() == 1 ? null : new Outcomes(lines(results), !people);
  }
}
