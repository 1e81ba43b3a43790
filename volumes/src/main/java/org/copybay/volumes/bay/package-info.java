/** The bay directory: format version, exclusive lock, catalogue and reserve file. */
@NullMarked
package org.copybay.volumes.bay;

import org.jspecify.annotations.NullMarked;
