/**
 * What a medium holds, as far as a duplicate has to know it: the descriptors of ISO 9660 and UDF in
 * which its volume identifier and the time of its creation stand, and which files lie where.
 */
@NullMarked
package org.copybay.volumes.format;

import org.jspecify.annotations.NullMarked;
