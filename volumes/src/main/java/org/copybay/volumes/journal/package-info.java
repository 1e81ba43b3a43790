/** What changed in the map of a volume, in order, and what of it survives which death. */
@NullMarked
package org.copybay.volumes.journal;

import org.jspecify.annotations.NullMarked;
