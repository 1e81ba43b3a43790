/** Who asked, what was refused and why, and who destroyed what. */
@NullMarked
package org.copybay.control.report;

import org.jspecify.annotations.NullMarked;
