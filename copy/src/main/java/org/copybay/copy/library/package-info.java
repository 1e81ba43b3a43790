/**
 * Tape libraries: drives, slots, mail slots and the cartridges in them, as a media changer knows
 * them. Words and element numbers are those of mtx(1).
 */
@NullMarked
package org.copybay.copy.library;

import org.jspecify.annotations.NullMarked;
