/**
 * QuickOPC (Fujitsu ETERNUS): pairs of volumes, of which one shows what the other one was at an
 * instant, at once; the copy runs behind it, and the next one moves what changed only.
 */
@org.jspecify.annotations.NullMarked
package org.copybay.copy.quickopc;
