/** The control tree as data: which files there are, and what a read of each one shows. */
@NullMarked
package org.copybay.control.tree;

import org.jspecify.annotations.NullMarked;
