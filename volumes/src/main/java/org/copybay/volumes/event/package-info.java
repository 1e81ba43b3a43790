/** What happened in a bay since it was opened, for whoever looks or listens. */
@NullMarked
package org.copybay.volumes.event;

import org.jspecify.annotations.NullMarked;
