/** The verbs of the command line that work through the control files of a mounted bay. */
@NullMarked
package org.copybay.control.cli;

import org.jspecify.annotations.NullMarked;
