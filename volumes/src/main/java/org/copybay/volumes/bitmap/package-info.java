/**
 * Write bitmaps: which regions of a volume changed, kept so that no crash makes them name too
 * little (P3), and the intent log that keeps this promise through power loss.
 */
@NullMarked
package org.copybay.volumes.bitmap;

import org.jspecify.annotations.NullMarked;
