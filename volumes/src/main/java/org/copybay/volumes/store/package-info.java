/** Where the bytes lie: the only package that opens the files of a bay. */
@NullMarked
package org.copybay.volumes.store;

import org.jspecify.annotations.NullMarked;
