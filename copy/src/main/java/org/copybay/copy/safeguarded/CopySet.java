package org.copybay.copy.safeguarded;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One volume of a session.
 *
 * @param source id of the volume that is protected (H1)
 * @param recovery id of the volume that shows its backups after a Recover (R1), or null
 */
public record CopySet(UUID source, @Nullable UUID recovery) {}
