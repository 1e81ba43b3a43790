package org.copybay.fs.transport;

/**
 * What a session has done so far; the values are read one after the other, without a lock.
 *
 * @param requests requests taken from the kernel, without forgets and interrupts
 * @param failures requests answered with an error number
 * @param bytesRead bytes in answers to read
 * @param bytesWritten bytes accepted by write
 * @param workers threads of the pool now
 * @param workersPeak the most threads there were at once
 */
public record SessionCounters(
    long requests,
    long failures,
    long bytesRead,
    long bytesWritten,
    int workers,
    int workersPeak) {}
