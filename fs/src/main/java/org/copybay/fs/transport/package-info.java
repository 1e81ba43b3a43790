/**
 * The way from the kernel's FUSE requests to one Java interface and back.
 *
 * <p>{@link org.copybay.fs.transport.FuseHandler} is the file system: it speaks of nodes (64-bit
 * numbers that the kernel learned by a look-up), of handles (64-bit numbers that the handler gave
 * at open) and of byte buffers. It never sees a path. {@link
 * org.copybay.fs.transport.FuseTransport} mounts a handler and gives a {@link
 * org.copybay.fs.transport.FuseSession}, by which the file system tells the kernel to forget what
 * it has cached, and by which it ends.
 *
 * <p><b>Nodes.</b> Every {@link org.copybay.fs.transport.EntryReply} with a node that is not 0
 * counts one look-up; {@link org.copybay.fs.transport.FuseHandler#forget} gives counts back. A node
 * number must stay valid until its count is 0, also when its name is gone. The root is node {@link
 * org.copybay.fs.transport.FuseHandler#ROOT} and is never forgotten.
 *
 * <p><b>Threads.</b> Every method of the handler is called by many threads at once. A call may
 * block: the pool then grows. A thread of the transport must never be interrupted. Whether the
 * program that asks was sent a signal meanwhile, {@link org.copybay.volumes.Requester} tells the
 * thread that serves it, if the transport can know.
 */
@NullMarked
package org.copybay.fs.transport;

import org.jspecify.annotations.NullMarked;
