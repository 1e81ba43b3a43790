/** The duplicate service: a new volume that appears whole at the end of its job. */
@NullMarked
package org.copybay.copy.duplicate;

import org.jspecify.annotations.NullMarked;
