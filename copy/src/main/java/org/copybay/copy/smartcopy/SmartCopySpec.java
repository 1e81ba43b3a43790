package org.copybay.copy.smartcopy;

import org.copybay.copy.library.Protection;
import org.copybay.copy.smartcopy.CopyPolicy.SlotRange;
import org.jspecify.annotations.Nullable;

/**
 * What a smart copy is asked for.
 *
 * @param from barcode of the source
 * @param to barcode of the target, or null: one that fits
 * @param library destination library to look for a target in, or null: any
 * @param slots of that library that it may use
 * @param pool that the copy belongs into, empty for none, or null: that of the source
 * @param clear whether the target may hold something that was never protected
 * @param protection of the copy, or null: that of the source
 * @param verify whether the copy is read again
 * @param eject whether the copy is taken out of its library at the end
 * @param bytesPerSecond limit of its rate, 0 for none
 * @param id name of the job, or null for a number
 * @param line the command as it was written
 * @param uid who asked
 */
public record SmartCopySpec(
    String from,
    @Nullable String to,
    @Nullable String library,
    SlotRange slots,
    @Nullable String pool,
    boolean clear,
    @Nullable Protection protection,
    boolean verify,
    boolean eject,
    long bytesPerSecond,
    @Nullable String id,
    String line,
    int uid) {}
