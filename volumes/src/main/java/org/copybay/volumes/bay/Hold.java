package org.copybay.volumes.bay;

/**
 * Why a volume must not be written, resized, renamed or deleted for a while.
 *
 * @param job id of the job that needs it so
 * @param reason what the job does with it, as in "being checked"
 */
public record Hold(String job, String reason) {}
