package org.copybay.nativetest.transport;

import static org.copybay.nativetest.transport.SystemCalls.LIBC;

import java.util.Arrays;

/** The descriptors that a script has open, and by what name each file was opened. */
final class OpenFiles {
  private static final int COUNT = 6;

  private final Script.Draws draws;
  private final boolean nameless;
  private final int[] descriptors = new int[COUNT];
  private final String[] names = new String[COUNT];

  /**
   * None.
   *
   * @param nameless whether attributes of files are asked for that lost their name
   */
  OpenFiles(Script.Draws draws, boolean nameless) {
    this.draws = draws;
    this.nameless = nameless;
    Arrays.fill(descriptors, -1);
    Arrays.fill(names, "");
  }

  /** Any place for a descriptor. */
  int draw() {
    return draws.below(COUNT);
  }

  /** A place with an open file, mostly. */
  int drawOpen() {
    int slot = draw();
    for (int i = 0; i < COUNT && descriptors[slot] < 0 && !draws.oneOf(20); i++) {
      slot = (slot + 1) % COUNT;
    }
    return slot;
  }

  int descriptor(int slot) {
    return descriptors[slot];
  }

  /** Whether attributes may be asked for by the descriptor. */
  boolean hasAttributes(int slot) {
    return nameless || !names[slot].isEmpty();
  }

  void put(int slot, int descriptor, String name) {
    descriptors[slot] = descriptor;
    names[slot] = name;
  }

  /** The result of close(2). */
  int close(int slot) {
    int result = LIBC.close(descriptors[slot]);
    put(slot, -1, "");
    return result;
  }

  void closeAll() {
    for (int slot = 0; slot < COUNT; slot++) {
      if (descriptors[slot] >= 0) {
        close(slot);
      }
    }
  }

  boolean isOpen(String name) {
    return Arrays.asList(names).contains(name);
  }

  /** Files of that name have it no more. */
  void lost(String name) {
    renamed(name, "");
  }

  /** Files of that name have another one, and those that had the other one have none. */
  void renamed(String from, String to) {
    if (from.equals(to)) {
      return;
    }
    for (int slot = 0; slot < COUNT; slot++) {
      if (!to.isEmpty() && names[slot].equals(to)) {
        names[slot] = "";
      } else if (names[slot].equals(from)) {
        names[slot] = to;
      }
    }
  }
}
