/** Who destroyed what: entries in a hash chain, in the catalogue of a bay. */
@NullMarked
package org.copybay.volumes.audit;

import org.jspecify.annotations.NullMarked;
