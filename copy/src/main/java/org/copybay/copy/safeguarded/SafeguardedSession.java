package org.copybay.copy.safeguarded;

import org.jspecify.annotations.Nullable;

/** A session. Any thread may call; it changes under the lock of {@link Safeguarded}. */
public final class SafeguardedSession {
  private volatile SessionState state; // volatile: replaced as a whole under the lock

  private volatile @Nullable Situation doing; // volatile: set under the lock, seen by all

  SafeguardedSession(SessionState state) {
    this.state = state;
  }

  /** Its name. */
  public String name() {
    return state.name();
  }

  /** What it is now. */
  public SessionState state() {
    return state;
  }

  void setState(SessionState now) {
    state = now;
  }

  /** Says what it does while a command is carried out; null for nothing any more. */
  void setDoing(@Nullable Situation now) {
    doing = now;
  }

  /** What decides which commands it takes, as far as they are about a recovery set. */
  public Situation situation(String set) {
    Situation now = doing;
    return now == null ? settled(set) : now;
  }

  /** The same when the command that is under way has ended. */
  Situation settled(String set) {
    SessionState is = state;
    Recovery recovery = is.recoveries().get(set);
    if (recovery == null) {
      boolean any = !is.backups().isEmpty() || !is.recoveries().isEmpty();
      return any ? Situation.PROTECTED : Situation.DEFINED;
    }
    if (recovery.whole()) {
      return Situation.COPIED;
    }
    return recovery.background() ? Situation.COPYING : Situation.NOCOPY;
  }
}
