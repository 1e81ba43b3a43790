package org.copybay.volumes.drive;

import org.copybay.volumes.tape.Cartridge;

/**
 * A cartridge as it lies in a drive.
 *
 * @param barcode of it
 * @param cartridge what it holds
 * @param rules what of it may be changed
 * @param capacity bytes up to the early warning; {@link TapeDrive#TRAILER_BYTES} more can be
 *     written
 * @param density its code, as mt(1) prints it
 * @param compressed whether records are compressed unless mt says otherwise
 */
public record LoadedTape(
    String barcode,
    Cartridge cartridge,
    TapeRules rules,
    long capacity,
    int density,
    boolean compressed) {}
