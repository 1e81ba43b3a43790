package org.copybay.volumes.check;

import org.copybay.volumes.journal.RecoverMode;

/**
 * How a bay is looked at.
 *
 * @param recover what the end of the last mount is taken for
 * @param readData whether all data of homes and spills is read, so that errors of the disk show
 */
public record CheckOptions(RecoverMode recover, boolean readData) {}
