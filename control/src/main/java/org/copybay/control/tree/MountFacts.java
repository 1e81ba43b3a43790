package org.copybay.control.tree;

import java.time.Instant;
import java.util.function.Supplier;

/**
 * What the tree shows of the mount that it belongs to.
 *
 * @param mountPoint absolute path of the mount, without symbolic links
 * @param transport name of the transport, dev or jnr, which the mount has from its beginning on
 * @param options the mount options as given
 * @param version version of the program
 * @param uid who mounted, or whom uid= names; besides root the only one who may destroy by command
 * @param mounter who mounted; besides root the only one who may say where the daemon writes
 * @param started when the mount began
 */
public record MountFacts(
    String mountPoint,
    Supplier<String> transport,
    String options,
    String version,
    int uid,
    int mounter,
    Instant started) {}
