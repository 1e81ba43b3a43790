package org.copybay.volumes.format;

/**
 * A file of a medium.
 *
 * @param path from the root, as in /DIR/FILE
 * @param bytes of its data
 */
public record MediumFile(String path, long bytes) {}
