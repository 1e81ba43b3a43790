package org.copybay.fs.transport;

/**
 * The answer to statfs.
 *
 * @param blockSize bytes per block; all counts of blocks are in this unit
 * @param blocks size of the file system
 * @param free blocks not in use
 * @param available blocks that an ordinary user may still take
 * @param files number of files
 * @param filesFree number of files that may still be made
 */
public record Statfs(
    int blockSize, long blocks, long free, long available, long files, long filesFree) {}
