/** The write-through block cache, bounded by bytes, that never holds the only copy of a byte. */
@NullMarked
package org.copybay.volumes.cache;

import org.jspecify.annotations.NullMarked;
