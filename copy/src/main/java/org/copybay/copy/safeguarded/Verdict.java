package org.copybay.copy.safeguarded;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the last verification found of what a backup holds of a volume.
 *
 * @param time when it was found, by the vault clock, in whole seconds
 * @param damage what is not as it was sealed, and where; null for nothing
 */
public record Verdict(Instant time, @Nullable String damage) {}
