/**
 * The transport that serves through libfuse 2, by its binding jnr-fuse: for where {@code dev}
 * cannot start, and to compare {@code dev} with in tests.
 *
 * <p>libfuse speaks of paths and gives a callback for each operation; {@code PathCallbacks} and
 * {@code FileCallbacks} find the node of a path by look-ups ({@code Paths}), and keep the node of
 * an open file until its release ({@code OpenNodes}). libfuse has threads of its own, as many as
 * requests are at work, and they come and go: nothing here belongs to a thread.
 *
 * <p>libfuse 2 cannot tell the kernel to forget. So the kernel keeps nothing: no name, no attribute
 * and no page (direct I/O for every file). That costs speed and shared mappings; the list of what
 * is different is in docs/ARCHITECTURE.md.
 */
@NullMarked
package org.copybay.fs.transport.jnr;

import org.jspecify.annotations.NullMarked;
