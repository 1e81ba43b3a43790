package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * What each sector of an image may hold: the stamp of one of some writes, to one volume or to
 * another that it shows. Made by one thread, then read by all.
 */
final class Contents {
  private final List<List<Versions>> sectors = new ArrayList<>();

  /** Versions of writes to the volume of that number; 0 stands for zeros. */
  private record Versions(int volume, int oldest, int newest) {
    boolean have(long stamp) {
      int version = Stamp.version(stamp);
      boolean ofVolume = version == 0 || Stamp.volume(stamp) == volume;
      return stamp != Stamp.FOREIGN && ofVolume && version >= oldest && version <= newest;
    }

    @Override
    public String toString() {
      return "version " + oldest + " to " + newest + " of volume=" + volume;
    }
  }

  /** Of so many sectors, which may hold nothing yet. */
  Contents(int sectors) {
    for (int i = 0; i < sectors; i++) {
      this.sectors.add(new ArrayList<>(1));
    }
  }

  /** Each sector holds a version between these two of writes to one volume. */
  static Contents between(StampedVolume volume, int[] oldest, int[] newest) {
    Contents contents = new Contents(oldest.length);
    for (int i = 0; i < oldest.length; i++) {
      contents.add(i, volume.number(), oldest[i], newest[i]);
    }
    return contents;
  }

  void add(int sector, int volume, int oldest, int newest) {
    sectors.get(sector).add(new Versions(volume, oldest, newest));
  }

  /** The sector may hold what it holds in the others. */
  void addAll(int sector, Contents others) {
    sectors.get(sector).addAll(others.sectors.get(sector));
  }

  int count() {
    return sectors.size();
  }

  boolean allow(int sector, long stamp) {
    return sectors.get(sector).stream().anyMatch(each -> each.have(stamp));
  }

  /** For a message. */
  String describe(int sector) {
    return sectors.get(sector).toString();
  }
}
