package org.copybay.copy.optical;

import java.util.UUID;
import java.util.function.Predicate;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hidden write bitmaps by which a later duplicate copies only what changed. */
final class Bases {
  private static final Logger LOG = LoggerFactory.getLogger(Bases.class);
  private static final String PREFIX = "optical/";

  private Bases() {}

  /** The name of a new bitmap of a job for that target. */
  static String name(String job, OpticalVolume target) {
    return PREFIX + job + "/" + target.key();
  }

  /** Whether the bitmap of that name belongs to a duplicate. */
  static boolean owns(String bitmap) {
    return bitmap.startsWith(PREFIX) && bitmap.indexOf('/', PREFIX.length()) > 0;
  }

  /** Begins to record what changes from here on; before its volume is frozen. */
  static void start(Bay bay, Volume volume, String name) throws StorageException {
    bay.bitmaps().startHidden(volume, name, Catalogue.Change.NOTHING);
  }

  /** The bitmap of that name, or null where it is gone or lost. */
  static @Nullable WriteBitmap findOrNull(Bay bay, Volume volume, String name) {
    BitmapRecord record = bay.bitmaps().findOrNull(volume, name);
    if (record == null) {
      return null;
    }
    try {
      return bay.bitmaps().bits(volume, record);
    } catch (StorageException e) {
      LOG.warn("bitmap={} of volume={}: {}", name, volume.name(), e.getMessage());
      return null;
    }
  }

  /** Ends the bitmaps of a base that no row names any more; what fails is left to the mount. */
  static void drop(Optical optical, OpticalVolume target, @Nullable Base base) {
    if (base == null) {
      return;
    }
    Volume source = optical.bay().findOrNull(base.source());
    if (source != null) {
      drop(optical.bay(), source, base.sourceBitmap());
    }
    String own = base.targetBitmap();
    if (own != null) {
      drop(optical.bay(), target.medium().volume(), own);
    }
  }

  static void drop(Bay bay, Volume volume, String name) {
    try {
      bay.bitmaps().deleteHidden(volume, name);
    } catch (StorageException e) {
      LOG.warn("bitmap={} of volume={}: {}", name, volume.name(), e.getMessage());
    }
  }

  /** Ends the bitmaps that no row names, of jobs that have ended. */
  static void dropUnknown(Optical optical, Predicate<String> ended) {
    for (OpticalVolume volume : optical.volumes()) {
      Volume bytes = volume.medium().volume();
      for (BitmapRecord bitmap : bytes.bitmaps()) {
        String name = bitmap.name();
        if (owns(name) && ended.test(job(name)) && !isNamed(optical, bytes.id(), name)) {
          drop(optical.bay(), bytes, name);
        }
      }
    }
  }

  private static String job(String bitmap) {
    return bitmap.substring(PREFIX.length(), bitmap.indexOf('/', PREFIX.length()));
  }

  private static boolean isNamed(Optical optical, UUID volume, String name) {
    for (OpticalVolume each : optical.volumes()) {
      Base base = each.row().base();
      if (base != null
          && ((base.source().equals(volume) && base.sourceBitmap().equals(name))
              || (each.row().bytes().equals(volume) && name.equals(base.targetBitmap())))) {
        return true;
      }
    }
    return false;
  }
}
