package org.copybay.control.tree;

import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;

/** What there is to say about one point in time. */
final class PointPages {
  private static final int BLOCK_BYTES = 4096;

  private PointPages() {}

  static Page status(PointInTime point) {
    return new Page()
        .put("name", point.name())
        .put("created", point.created())
        .put("uuid", point.id())
        .put("volume_count", point.volumes().size())
        .put(
            "volumes",
            String.join(",", point.volumes().stream().map(v -> Words.word(v.name())).toList()))
        .put("size", point.volumes().stream().mapToLong(PointVolume::size).sum());
  }

  /** Ranges as "start count", in blocks of 4096 bytes. */
  static String changed(PointVolume volume) throws StorageException {
    StringBuilder text =
        new StringBuilder("# start count, in blocks of " + BLOCK_BYTES + " bytes\n");
    volume.changes(
        range ->
            text.append(range.offset() / BLOCK_BYTES)
                .append(' ')
                .append(range.length() / BLOCK_BYTES)
                .append('\n'));
    return text.toString();
  }

  /** The same ranges as one JSON object. */
  static String changedJson(PointVolume volume) throws StorageException {
    StringBuilder text = new StringBuilder("{\"block_bytes\":" + BLOCK_BYTES + ",\"ranges\":[");
    int empty = text.length();
    volume.changes(
        range ->
            text.append(text.length() == empty ? "" : ",")
                .append("{\"start\":")
                .append(range.offset() / BLOCK_BYTES)
                .append(",\"count\":")
                .append(range.length() / BLOCK_BYTES)
                .append('}'));
    return text.append("]}\n").toString();
  }
}
