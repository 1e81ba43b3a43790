/**
 * Smart copies: a cartridge of a virtual library is copied to one of a destination library, record
 * by record, with a barcode of its own, and either restores the other (Command View VLS and Data
 * Protector, "Smart media copying using VLS").
 */
@NullMarked
package org.copybay.copy.smartcopy;

import org.jspecify.annotations.NullMarked;
