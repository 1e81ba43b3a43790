package org.copybay.copy.optical;

import java.util.List;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.jspecify.annotations.Nullable;

/** What a test asks DUPOPT for; everything that it does not say is as usual. */
final class Ask {
  private final String from;
  private final List<String> to;
  private @Nullable String fromDevice;
  private @Nullable String toDevice;
  private List<String> ids = List.of(DuplicateSpec.TO);
  private boolean clear;
  private boolean mediaErrors;
  private boolean unload;
  private Verify verify = Verify.YES;
  private boolean incremental;
  private boolean resume;
  private boolean exclusive;
  private boolean interruptible;
  private long rate;
  private int uid;
  private boolean privileged = true;

  private Ask(String from, List<String> to) {
    this.from = from;
    this.to = to;
  }

  static Ask of(String from, String... to) {
    return new Ask(from, List.of(to));
  }

  Ask in(@Nullable String from, @Nullable String to) {
    fromDevice = from;
    toDevice = to;
    return this;
  }

  Ask ids(String... wanted) {
    ids = List.of(wanted);
    return this;
  }

  Ask clear(boolean yes) {
    clear = yes;
    return this;
  }

  Ask mediaErrors() {
    mediaErrors = true;
    return this;
  }

  Ask unload() {
    unload = true;
    return this;
  }

  Ask verify(Verify what) {
    verify = what;
    return this;
  }

  Ask incremental() {
    incremental = true;
    return this;
  }

  Ask resume() {
    resume = true;
    return this;
  }

  Ask exclusive() {
    exclusive = true;
    return this;
  }

  Ask interruptible() {
    interruptible = true;
    return this;
  }

  Ask rate(long bytesPerSecond) {
    rate = bytesPerSecond;
    return this;
  }

  Ask by(int user) {
    uid = user;
    privileged = false;
    return this;
  }

  DuplicateSpec spec() {
    return new DuplicateSpec(
        from,
        fromDevice,
        to,
        toDevice,
        ids,
        clear,
        mediaErrors,
        true,
        unload,
        unload,
        verify,
        incremental,
        resume,
        exclusive,
        interruptible,
        rate,
        null,
        "optical duplicate the line",
        uid,
        9,
        privileged);
  }
}
