/** What a tape cartridge holds: records and filemarks, on a file that is a SIMH tape image. */
@NullMarked
package org.copybay.volumes.tape;

import org.jspecify.annotations.NullMarked;
