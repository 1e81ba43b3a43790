package org.copybay.volumes.drive;

import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * A cartridge as it lies in a drive.
 *
 * @param barcode of it
 * @param cartridge what it holds
 * @param writeRefusal why nothing of it may be changed, in words, or null
 * @param writeOnce whether it is written at its end only
 * @param capacity bytes up to the early warning; {@link TapeDrive#TRAILER_BYTES} more can be
 *     written
 * @param density its code, as mt(1) prints it
 * @param compressed whether records are compressed unless mt says otherwise
 */
public record LoadedTape(
    String barcode,
    Cartridge cartridge,
    @Nullable String writeRefusal,
    boolean writeOnce,
    long capacity,
    int density,
    boolean compressed) {}
