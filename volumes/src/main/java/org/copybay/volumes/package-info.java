/** One address space of volumes, with its layers from the announcement of a write to the file. */
@NullMarked
package org.copybay.volumes;

import org.jspecify.annotations.NullMarked;
