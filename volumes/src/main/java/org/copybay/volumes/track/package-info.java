/** The volume: every write to it is announced here, in one place, before it is made. */
@NullMarked
package org.copybay.volumes.track;

import org.jspecify.annotations.NullMarked;
