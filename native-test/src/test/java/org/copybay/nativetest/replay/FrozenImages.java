package org.copybay.nativetest.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a command fixes of some volumes that are written: what was written before it, whether synced
 * or not, and nothing that was begun after its answer (P5), and all of them or none (P7).
 */
final class FrozenImages {
  private final List<StampedVolume> volumes;
  private final List<int[]> oldest; // by volume, written before the command
  private volatile List<int[]> newest = List.of(); // volatile: begun before the answer
  private volatile long made = Long.MAX_VALUE; // volatile: the position after the answer

  /** The command is given now. */
  FrozenImages(List<StampedVolume> volumes) {
    this.volumes = volumes;
    this.oldest = volumes.stream().map(StampedVolume::written).toList();
  }

  /** It was answered. */
  void made(long position) {
    newest = volumes.stream().map(StampedVolume::issued).toList();
    made = position;
  }

  /** The position from which on it must survive; the largest there is before the answer. */
  long made() {
    return made;
  }

  /** A directory has an image of each of the volumes. */
  void require(Recovered state, Path directory) {
    for (int i = 0; i < volumes.size(); i++) {
      Path file = directory.resolve(volumes.get(i).name());
      if (Files.exists(file)) {
        state.requireImage(file, volumes.get(i), oldest.get(i), newest.get(i));
      } else {
        state.complain(directory.getFileName() + " lacks volume " + volumes.get(i).name());
      }
    }
  }
}
