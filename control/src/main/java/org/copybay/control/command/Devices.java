package org.copybay.control.command;

import java.util.List;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** What the names of devices in a line of DCL can mean. */
interface Devices {
  /** The names of all volumes. */
  List<String> volumes();

  /** The virtual unit of the shadow set that a volume has a relation to, or null. */
  @Nullable String unitOf(String volume);

  /** Those of a bay. */
  static Devices of(Bay bay) {
    return new Devices() {
      @Override
      public List<String> volumes() {
        return bay.volumes().stream().map(Volume::name).toList();
      }

      @Override
      public @Nullable String unitOf(String volume) {
        Volume found = bay.findOrNull(volume);
        Relation relation = found == null ? null : found.relation();
        return relation == null ? null : relation.set();
      }
    };
  }
}
