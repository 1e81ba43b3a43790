package org.copybay.copy.safeguarded;

import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/**
 * How a backup was asked for.
 *
 * @param label what its maker calls it, or empty
 * @param hold name of a hold that it gets, or null
 * @param lockUntilMillis until when it is locked by the vault clock, since 1970; 0 for not; null
 *     for what the session says
 * @param uid who asked
 * @param also belongs into the transaction that makes it be there
 */
public record BackupSpec(
    String label,
    @Nullable String hold,
    @Nullable Long lockUntilMillis,
    int uid,
    Catalogue.Change also) {}
