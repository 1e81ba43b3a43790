/** What proves that a sealed point in time holds what it held: the hash of each of its tracks. */
@NullMarked
package org.copybay.volumes.evidence;

import org.jspecify.annotations.NullMarked;
