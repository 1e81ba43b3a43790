package org.copybay.volumes.media;

/**
 * How much of a medium may be written.
 *
 * @param end first byte that may not be
 * @param sectors how many sectors may be written in all: those of the volume-full threshold
 */
public record Limit(long end, long sectors) {}
