package org.copybay.volumes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a check has found so far, and where it is looking. Of one kind only the first {@link
 * #MOST_OF_A_KIND} are kept, so that a file of garbage needs no memory; the others are counted.
 * Used by one thread.
 */
public final class Findings {
  /** So many findings with the same severity and words. */
  public static final int MOST_OF_A_KIND = 25;

  private final Kept kept;
  private final String place;
  private final String fix;

  /** What all views share. */
  private static final class Kept {
    final List<Finding> list = new ArrayList<>();
    final Map<String, Integer> counts = new HashMap<>();
    long damages;
    long notes;
    long left;
  }

  private Findings(Kept kept, String place, String fix) {
    this.kept = kept;
    this.place = place;
    this.fix = fix;
  }

  /** None yet. */
  public Findings() {
    this(new Kept(), "", "");
  }

  /**
   * The same findings, from a place below.
   *
   * @param below stands before every place that is named from there
   * @param usualFix what to do about damage that has no other fix
   */
  public Findings at(String below, String usualFix) {
    return new Findings(kept, place + below, usualFix);
  }

  /** Adds damage with the usual fix of the place. */
  public void damage(String what, String where, Object wanted, Object got) {
    damage(what, where, wanted, got, fix);
  }

  /** Adds damage. */
  public void damage(String what, String where, Object wanted, Object got, String howToFix) {
    kept.damages++;
    keep(Finding.Severity.DAMAGE, what, where, wanted, got, howToFix);
  }

  /** Adds what does no harm; the fix says what becomes of it. */
  public void note(String what, String where, Object wanted, Object got, String becomes) {
    kept.notes++;
    keep(Finding.Severity.NOTE, what, where, wanted, got, becomes);
  }

  /** Adds what could not be read. */
  public void unreadable(String what, String where, StorageException e) {
    String denied = e.fault() == Fault.DENIED ? "as root: chown it to the owner of the bay" : fix;
    String remedy = e.remedy();
    damage(what, where, "it can be read", e.getMessage(), remedy == null ? denied : remedy);
  }

  private void keep(
      Finding.Severity severity, String what, String where, Object wanted, Object got, String how) {
    if (kept.counts.merge(severity.word() + " " + what, 1, Integer::sum) > MOST_OF_A_KIND) {
      kept.left++;
      return;
    }
    kept.list.add(
        new Finding(severity, what, place + where, wanted.toString(), got.toString(), how));
  }

  /** Those that were kept, in the order in which they were found. */
  public List<Finding> all() {
    return List.copyOf(kept.list);
  }

  /** How many say that the bay is not in order, also those that were not kept. */
  public long damages() {
    return kept.damages;
  }

  /** How many do no harm, also those that were not kept. */
  public long notes() {
    return kept.notes;
  }

  /** How many were counted only. */
  public long left() {
    return kept.left;
  }
}
