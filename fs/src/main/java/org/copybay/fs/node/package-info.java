/** Inodes and handles: what each file of a mount answers to a request. */
@NullMarked
package org.copybay.fs.node;

import org.jspecify.annotations.NullMarked;
