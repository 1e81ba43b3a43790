package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The legs of a request: what it does on each member. The one of a member that lies in the bay is
 * done by the thread of the request; that on a disk of its own has another thread, which runs
 * beside it, and is waited for only as long as its member may fail: a disk that hangs keeps nobody.
 */
final class Legs {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "shadow-leg");
            thread.setDaemon(true);
            return thread;
          });

  private static final long POLL_MILLIS = 100;

  private Legs() {}

  /** What is done on one member. */
  @FunctionalInterface
  interface Leg {
    void run(Member member) throws StorageException;
  }

  /** What is done on one member with the bytes of the request. */
  @FunctionalInterface
  interface ByteLeg {
    void run(Member member, ByteBuffer bytes) throws StorageException;
  }

  /** A leg that failed. */
  record Failure(Member member, StorageException error) {}

  /**
   * Does it on all members.
   *
   * @param bytes of the request, which is left as it is; a leg with a thread of its own gets a copy
   * @param timeoutMillis how long a disk is waited for
   * @return what failed; where a member did not answer in time, its leg may still be under way
   */
  static List<Failure> run(
      List<Member> members, ByteBuffer bytes, long timeoutMillis, ByteLeg leg) {
    if (!anyAside(members)) {
      return inline(members, bytes, leg);
    }
    ByteBuffer copy = Buffers.take(bytes.remaining());
    copy.put(bytes.duplicate()).flip();
    List<Failure> failed =
        run(
            members,
            Member::aside,
            timeoutMillis,
            member -> leg.run(member, member.aside() ? copy.duplicate() : bytes.duplicate()));
    if (failed.isEmpty()) { // else a leg may still read it
      Buffers.give(copy);
    }
    return failed;
  }

  private static boolean anyAside(List<Member> members) {
    for (Member member : members) {
      if (member.aside()) {
        return true;
      }
    }
    return false;
  }

  private static List<Failure> inline(List<Member> members, ByteBuffer bytes, ByteLeg leg) {
    List<Failure> failed = List.of();
    for (Member member : members) {
      try {
        leg.run(member, bytes.duplicate());
      } catch (StorageException e) {
        failed = failed.isEmpty() ? new ArrayList<>() : failed;
        failed.add(new Failure(member, e));
      }
    }
    return failed;
  }

  /** Does it on all members, each in a thread of its own. */
  static List<Failure> runAside(List<Member> members, long timeoutMillis, Leg leg) {
    return run(members, member -> true, timeoutMillis, leg);
  }

  /** Does it on one member, in a thread of its own when it lies on a disk of its own. */
  static void run(Member member, long timeoutMillis, Leg leg) throws StorageException {
    List<Failure> failed = run(List.of(member), Member::aside, timeoutMillis, leg);
    if (!failed.isEmpty()) {
      throw failed.get(0).error();
    }
  }

  private static List<Failure> run(
      List<Member> members, Predicate<Member> aside, long timeoutMillis, Leg leg) {
    List<Failure> failed = new ArrayList<>(0);
    List<CompletableFuture<Void>> begun = new ArrayList<>(0);
    List<Member> waited = new ArrayList<>(0);
    List<Member> here = new ArrayList<>(members.size());
    for (Member member : members) {
      if (member.hung() && !awaitQuiet(member, timeoutMillis)) {
        failed.add(
            new Failure(member, new StorageException(Fault.AGAIN, "its disk does not answer")));
      } else if (aside.test(member)) {
        waited.add(member);
        member.underWay().incrementAndGet();
        begun.add(CompletableFuture.runAsync(() -> unchecked(member, leg), THREADS));
      } else {
        here.add(member); // once and for all: none is left out that hangs from now on
      }
    }
    for (Member member : here) {
      StorageException error = inline(member, leg);
      if (error != null) {
        failed.add(new Failure(member, error));
      }
    }
    for (int i = 0; i < begun.size(); i++) {
      StorageException error = await(waited.get(i), begun.get(i), timeoutMillis);
      if (error != null) {
        failed.add(new Failure(waited.get(i), error));
      }
    }
    return failed;
  }

  /** Legs that were given up must end first: what they write would come after what follows. */
  private static boolean awaitQuiet(Member member, long timeoutMillis) {
    for (long left = timeoutMillis;
        member.hung() && member.dead() == null && left > 0;
        left -= POLL_MILLIS) {
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        throw new IllegalStateException("a thread of this program is never interrupted", e);
      }
    }
    return !member.hung();
  }

  private static @Nullable StorageException inline(Member member, Leg leg) {
    try {
      leg.run(member);
      return null;
    } catch (StorageException e) {
      return e;
    }
  }

  /** Carries a checked error out of another thread. */
  private static final class Carried extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final StorageException error;

    Carried(StorageException error) {
      super(error);
      this.error = error;
    }
  }

  private static void unchecked(Member member, Leg leg) {
    try {
      leg.run(member);
    } catch (StorageException e) {
      throw new Carried(e);
    } finally {
      member.underWay().decrementAndGet();
    }
  }

  private static @Nullable StorageException await(
      Member member, CompletableFuture<Void> leg, long timeoutMillis) {
    long left = timeoutMillis;
    while (true) {
      try {
        leg.get(Math.min(POLL_MILLIS, Math.max(1, left)), TimeUnit.MILLISECONDS);
        return null;
      } catch (TimeoutException e) {
        left -= POLL_MILLIS;
        String dead = member.dead();
        if (left <= 0 || dead != null) {
          member.setHung();
          return new StorageException(
              Fault.AGAIN, dead == null ? "its disk does not answer" : dead);
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Carried carried) {
          return carried.error;
        }
        return new StorageException(Fault.STORE_FAILED, "internal error: " + e.getCause(), null, e);
      } catch (InterruptedException e) {
        throw new IllegalStateException("a thread of this program is never interrupted", e);
      }
    }
  }
}
