package org.copybay.fs.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open handles of a mount by number, 1 and up; numbers are used again. A look-up takes no lock
 * and allocates nothing, because every read and write begins with one.
 *
 * @param <T> what is open
 */
final class HandleTable<T> {
  private static final int FIRST_LENGTH = 64;

  // volatile: replaced when it grows; a slot is written under this and read without: the kernel
  // sends a handle only after it got the reply that was made after the slot was written
  private volatile @Nullable Object[] slots = new Object[FIRST_LENGTH];

  // guarded by this
  private final Deque<Integer> free = new ArrayDeque<>();
  private int used = 1;

  synchronized long add(T open) {
    Integer again = free.poll();
    int handle = again == null ? used++ : again;
    if (handle == slots.length) {
      slots = Arrays.copyOf(slots, 2 * handle);
    }
    @Nullable Object[] now = slots;
    now[handle] = open;
    slots = now; // publishes the slot
    return handle;
  }

  /** What that handle has open, or null. */
  @SuppressWarnings("unchecked")
  @Nullable T get(long handle) {
    @Nullable Object[] now = slots;
    return handle > 0 && handle < now.length ? (T) now[(int) handle] : null;
  }

  /** Takes the handle away. */
  synchronized @Nullable T remove(long handle) {
    T open = get(handle);
    if (open != null) {
      slots[(int) handle] = null;
      free.add((int) handle);
    }
    return open;
  }

  /** Everything that is open. */
  @SuppressWarnings("unchecked")
  synchronized List<T> all() {
    List<T> open = new ArrayList<>();
    for (Object slot : slots) {
      if (slot != null) {
        open.add((T) slot);
      }
    }
    return open;
  }
}
