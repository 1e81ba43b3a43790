/** Optical media: types and their rules, and the sectors of one side of a cartridge. */
@NullMarked
package org.copybay.volumes.media;

import org.jspecify.annotations.NullMarked;
