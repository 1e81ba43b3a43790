/**
 * Tape images that other programs read and write: SIMH, AWSTAPE with its compressed form HET, and
 * tar with one entry for each object. They are read and written object by object, in memory for one
 * record. Nothing here knows how cartridges are stored.
 */
@NullMarked
package org.copybay.volumes.interchange;

import org.jspecify.annotations.NullMarked;
