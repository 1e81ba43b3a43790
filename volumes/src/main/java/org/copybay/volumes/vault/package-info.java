/**
 * The time that locks, retention and schedules count by: it never goes back, and nobody sets it.
 */
@NullMarked
package org.copybay.volumes.vault;

import org.jspecify.annotations.NullMarked;
