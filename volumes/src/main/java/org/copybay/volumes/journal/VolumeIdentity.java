package org.copybay.volumes.journal;

import java.util.UUID;

/**
 * What a file of a volume says of the volume, for whoever finds it without a catalogue.
 *
 * @param id the id of the volume
 * @param name its name when the file was begun
 * @param sizeBytes its size then
 */
public record VolumeIdentity(UUID id, String name, long sizeBytes) {}
