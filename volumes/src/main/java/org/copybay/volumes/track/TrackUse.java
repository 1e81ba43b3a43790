package org.copybay.volumes.track;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;

/**
 * What a {@link TrackDevice} is made for.
 *
 * @param number orders the gates of volumes; no other volume of the bay has it
 * @param volume what the files say of the volume
 * @param pages of maps in memory
 * @param recover what a start takes the death of the one before for
 * @param failed is told why, when a sync that nobody waits for has failed; it holds no lock then
 * @param restarted is told that the content is again what was fenced before; no request is inside
 * @param nowMillis the time by which locks of points end, since 1970
 */
public record TrackUse(
    long number,
    Supplier<VolumeIdentity> volume,
    MapPages pages,
    RecoverMode recover,
    Consumer<String> failed,
    Runnable restarted,
    LongSupplier nowMillis) {}
