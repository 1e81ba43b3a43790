/** The FUSE kernel protocol: the only package that knows the binding. */
@NullMarked
package org.copybay.fs.transport;

import org.jspecify.annotations.NullMarked;
