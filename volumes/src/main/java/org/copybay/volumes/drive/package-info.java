/**
 * Tape drives: positions, records and filemarks as the Linux tape driver st(4) shows them to
 * programs. What a drive does was read in that driver's source and manual page.
 */
@NullMarked
package org.copybay.volumes.drive;

import org.jspecify.annotations.NullMarked;
