/**
 * The transport that speaks the kernel's FUSE protocol on /dev/fuse, without libfuse.
 *
 * <p>{@link org.copybay.fs.transport.dev.DevTransport} mounts (mount(2) as root, fusermount3
 * otherwise), agrees on features ({@code Handshake}), and starts a {@code WorkerPool}. Each {@code
 * Worker} has a descriptor of its own and one {@code RequestBuffer}; it reads a request, lets its
 * {@code Dispatcher} decode it and call the handler, and writes the answer: two system calls per
 * request, no copy and no allocation for read and write. The {@code Notifier} sends what the kernel
 * must forget. {@link org.copybay.fs.transport.dev.DeadMount} knows the mounts that a dead daemon
 * left behind.
 *
 * <p>Little-endian 64-bit Linux only; byte layouts are those of {@code linux/fuse.h}, protocol 7.31
 * to 7.45.
 */
@NullMarked
package org.copybay.fs.transport.dev;

import org.jspecify.annotations.NullMarked;
