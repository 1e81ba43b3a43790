/** The one copy engine: jobs with bounded requests in flight, rate, progress and checkpoints. */
@NullMarked
package org.copybay.copy.engine;

import org.jspecify.annotations.NullMarked;
