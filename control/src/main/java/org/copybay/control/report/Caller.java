package org.copybay.control.report;

/**
 * The process behind a request, as the kernel names it.
 *
 * @param uid user id
 * @param gid group id
 * @param pid process id, 0 where the kernel does not tell (another pid namespace, or the daemon)
 */
public record Caller(int uid, int gid, int pid) {}
