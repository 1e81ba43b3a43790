package org.copybay.volumes.bay;

/**
 * A volume and one open of it.
 *
 * @param open for who asked for it to close
 */
public record OpenedVolume(Volume volume, OpenFile open) {}
