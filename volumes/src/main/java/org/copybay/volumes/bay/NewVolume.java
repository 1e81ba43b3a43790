package org.copybay.volumes.bay;

import java.nio.file.Path;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.jspecify.annotations.Nullable;

/**
 * What a volume is made from.
 *
 * @param name file name below volumes/
 * @param size bytes, 1 or more; 0 only for a volume in the making
 * @param directory directory for its bytes, absolute, or null for the bay's own
 * @param cache who keeps live blocks in memory
 * @param owner user, group and permission bits
 */
public record NewVolume(
    String name, long size, @Nullable Path directory, CacheMode cache, Owner owner) {}
