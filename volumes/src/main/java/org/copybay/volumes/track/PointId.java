package org.copybay.volumes.track;

/**
 * Which point it is: a later one may have the same number.
 *
 * @param number of the point
 * @param timeMillis its instant
 */
public record PointId(int number, long timeMillis) {}
