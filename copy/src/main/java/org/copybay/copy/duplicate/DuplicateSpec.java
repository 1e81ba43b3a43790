package org.copybay.copy.duplicate;

import org.jspecify.annotations.Nullable;

/**
 * What a duplicate is asked to be.
 *
 * @param from name of the source volume
 * @param to name of the volume that is made
 * @param replace whether it may take the place of a volume of that name
 * @param share whether the copy may share extents with the source where the file system can
 * @param verify whether source and copy are compared before the copy appears
 * @param bytesPerSecond limit of the rate, 0 for none
 * @param id name of the job, or null for a number
 * @param line the command as it was written
 * @param uid who asked, the owner of the copy
 * @param gid the group of the copy
 */
public record DuplicateSpec(
    String from,
    String to,
    boolean replace,
    boolean share,
    boolean verify,
    long bytesPerSecond,
    @Nullable String id,
    String line,
    int uid,
    int gid) {}
