package org.copybay.volumes.drive;

/**
 * A program that has a drive open.
 *
 * @param pid of it
 * @param writes whether it may write
 * @param nonBlocking whether it opened the drive also without a tape, to ask or to load one
 */
public record DriveOpener(int pid, boolean writes, boolean nonBlocking) {}
