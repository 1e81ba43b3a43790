/** A bay that nobody has mounted, looked at without changing a byte of it. */
@NullMarked
package org.copybay.volumes.check;

import org.jspecify.annotations.NullMarked;
