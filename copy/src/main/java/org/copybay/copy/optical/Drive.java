package org.copybay.copy.optical;

import org.jspecify.annotations.Nullable;

/** One drive of a device. All fields are guarded by the lock of the optical storage. */
final class Drive {
  private final int number;
  private @Nullable OpticalVolume loaded;
  private int users; // opens of what is loaded
  private @Nullable String job; // that holds it

  Drive(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  @Nullable OpticalVolume loaded() {
    return loaded;
  }

  int users() {
    return users;
  }

  @Nullable String job() {
    return job;
  }

  /** Whether what is loaded may be taken out. */
  boolean idle() {
    return users == 0 && job == null;
  }

  void load(@Nullable OpticalVolume volume) {
    assert idle() : this;
    loaded = volume;
  }

  void use() {
    users++;
  }

  void unuse() {
    users--;
  }

  void hold(String newJob) {
    assert job == null : job;
    job = newJob;
  }

  void release() {
    job = null;
  }

  /** What it is doing, in words. */
  String describe() {
    OpticalVolume now = loaded;
    String what = now == null ? "is empty" : "has " + now.id();
    if (job != null) {
      return "drive " + number + " " + what + ", held by job " + job;
    }
    return "drive "
        + number
        + " "
        + what
        + (users > 0 && now != null ? ", in use by " + now.firstOpener() : "");
  }
}
