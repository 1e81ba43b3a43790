package org.copybay.volumes.interchange;

/**
 * What stood in an image.
 *
 * @param records how many records were told, those that are damaged with them
 * @param marks how many filemarks were told
 * @param damaged how many of the records were damaged
 * @param leftOut how many objects were left out, because a tape knows nothing of their kind:
 *     private and reserved records and markers of SIMH, records without a byte, other files of a
 *     tar
 */
public record TapeTally(long records, long marks, long damaged, long leftOut) {}
